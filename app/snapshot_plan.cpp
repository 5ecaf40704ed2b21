// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/snapshot_plan.h"

#include "edge/config/compile.h"
#include "edge/value.h"
#include "models/resources/edge_installation.h"

#include <algorithm>
#include <array>
#include <span>

using namespace Qt::StringLiterals;

namespace app {

namespace {

struct Wanted
{
    const char *group, *plural, *kind;
    bool namespaced;
    std::array<const char *, 3> versions; // the best first
};

constexpr Wanted Mesh[] = {
    {"", "namespaces", "Namespace", false, {"v1"}},
    {"", "services", "Service", true, {"v1"}},
    {"", "pods", "Pod", true, {"v1"}},
    {"apps", "deployments", "Deployment", true, {"v1"}},
    {"apps", "daemonsets", "DaemonSet", true, {"v1"}}, // an edge may be one
    {"", "configmaps", "ConfigMap", true, {"v1"}},
    {"", "secrets", "Secret", true, {"v1"}},
    {"security.istio.io", "peerauthentications", "PeerAuthentication", true, {"v1beta1", "v1"}},
};
// Gone with Istio 1.6: only looked for where they are served.
constexpr Wanted OldMesh[] = {
    {"authentication.istio.io", "meshpolicies", "MeshPolicy", false, {"v1alpha1"}},
    {"authentication.istio.io", "policies", "Policy", true, {"v1alpha1"}},
};
constexpr Wanted Platform[] = {
    {"networking.istio.io",
     "destinationrules",
     "DestinationRule",
     true,
     {"v1beta1", "v1alpha3", "v1"}}, // v1alpha3: Istio up to 1.4
    {"security.istio.io", "authorizationpolicies", "AuthorizationPolicy", true, {"v1beta1", "v1"}},
    {"networking.istio.io", "sidecars", "Sidecar", true, {"v1beta1", "v1alpha3", "v1"}},
    {"networking.istio.io", "workloadentries", "WorkloadEntry", true, {"v1beta1", "v1alpha3", "v1"}},
    {"admissionregistration.k8s.io",
     "mutatingwebhookconfigurations",
     "MutatingWebhookConfiguration",
     false,
     {"v1", "v1beta1"}},
    {"admissionregistration.k8s.io",
     "validatingwebhookconfigurations",
     "ValidatingWebhookConfiguration",
     false,
     {"v1", "v1beta1"}},
    {"apiregistration.k8s.io", "apiservices", "APIService", false, {"v1", "v1beta1"}},
    {"apps", "statefulsets", "StatefulSet", true, {"v1"}},
    {"batch", "cronjobs", "CronJob", true, {"v1", "v1beta1"}}, // v1: Kubernetes 1.21
    {"batch", "jobs", "Job", true, {"v1"}},
    {"networking.k8s.io", "networkpolicies", "NetworkPolicy", true, {"v1"}},
};
// Of others than Kubernetes, or not in each of Istio's versions: only looked for where they are served.
constexpr Wanted Others[] = {
    {"cert-manager.io", "certificates", "Certificate", true, {"v1"}},
    {"networking.istio.io",
     "workloadgroups",
     "WorkloadGroup",
     true,
     {"v1beta1", "v1alpha3", "v1"}}, // Istio 1.8
    {"networking.istio.io", "serviceentries", "ServiceEntry", true, {"v1beta1", "v1alpha3", "v1"}},
    {"discovery.k8s.io", "endpointslices", "EndpointSlice", true, {"v1", "v1beta1"}}, // Kubernetes 1.17
    {"telemetry.istio.io", "telemetries", "Telemetry", true, {"v1alpha1", "v1"}},     // Istio 1.11
    {"gateway.networking.k8s.io", "gatewayclasses", "GatewayClass", false, {"v1", "v1beta1", "v1alpha2"}},
    {"gateway.networking.k8s.io", "gateways", "Gateway", true, {"v1", "v1beta1", "v1alpha2"}},
    {"gateway.networking.k8s.io", "httproutes", "HTTPRoute", true, {"v1", "v1beta1", "v1alpha2"}},
    {"gateway.networking.k8s.io", "grpcroutes", "GRPCRoute", true, {"v1", "v1alpha2"}},
    {"gateway.networking.k8s.io", "tcproutes", "TCPRoute", true, {"v1alpha2"}},
    {"gateway.networking.k8s.io", "tlsroutes", "TLSRoute", true, {"v1", "v1alpha2", "v1alpha3"}},
    {"networking.istio.io", "gateways", "Gateway", true, {"v1beta1", "v1alpha3", "v1"}}, // Istio's own
    {"monitoring.coreos.com", "servicemonitors", "ServiceMonitor", true, {"v1"}},
    {"monitoring.coreos.com", "podmonitors", "PodMonitor", true, {"v1"}},
};
// Who answers for a Service without a selector, where there are no slices: Kubernetes before 1.17.
constexpr Wanted Endpoints = {"", "endpoints", "Endpoints", true, {"v1"}};
constexpr Wanted Definitions = {"apiextensions.k8s.io",
                                "customresourcedefinitions",
                                "CustomResourceDefinition",
                                false,
                                {"v1", "v1beta1"}}; // v1: Kubernetes 1.16

constexpr char Ambassador[] = "getambassador.io";
constexpr std::array<const char *, 3> NewestFirst{"v3alpha1", "v2", "v1"}, FirstLine{"v2", "v3alpha1", "v1"};
struct AmbassadorKind
{
    const char *plural, *kind;
};
// All that an edge's configuration is compiled from.
constexpr AmbassadorKind AmbassadorKinds[] = {{"mappings", "Mapping"},
                                              {"hosts", "Host"},
                                              {"tlscontexts", "TLSContext"},
                                              {"modules", "Module"},
                                              {"tcpmappings", "TCPMapping"},
                                              {"authservices", "AuthService"},
                                              {"ratelimitservices", "RateLimitService"},
                                              {"logservices", "LogService"},
                                              {"tracingservices", "TracingService"},
                                              {"kubernetesendpointresolvers", "KubernetesEndpointResolver"},
                                              {"kubernetesserviceresolvers", "KubernetesServiceResolver"},
                                              {"consulresolvers", "ConsulResolver"}};
// What Edge Stack does beside; findings tell of it (RT-017).  The open edition has few of them, so they are looked for
// only where they are served.
constexpr AmbassadorKind EdgeStackKinds[] = {
    {"filters", "Filter"},       {"filterpolicies", "FilterPolicy"},          {"ratelimits", "RateLimit"},
    {"devportals", "DevPortal"}, {"projectcontrollers", "ProjectController"}, // until 1.14
    {"projects", "Project"},     {"projectrevisions", "ProjectRevision"}};
constexpr Wanted EdgeIngress[] = {
    {"networking.k8s.io", "ingresses", "Ingress", true, {"v1", "v1beta1"}},            // v1: Kubernetes 1.19
    {"networking.k8s.io", "ingressclasses", "IngressClass", false, {"v1", "v1beta1"}}, // Kubernetes 1.18
};

Wanted ofAmbassador(const AmbassadorKind &kind, bool isFirstGeneration)
{
    return {Ambassador, kind.plural, kind.kind, true, isFirstGeneration ? FirstLine : NewestFirst};
}

const kube::ApiResource *served(const kube::ApiCatalog *catalog, const Wanted &wanted)
{
    if (!catalog)
        return nullptr;
    QStringList versions;
    for (const char *version : wanted.versions) {
        if (version)
            versions.append(QString::fromLatin1(version));
    }
    const QString group = QString::fromLatin1(wanted.group), plural = QString::fromLatin1(wanted.plural);
    const kube::ApiResource *best = catalog->find(group, plural, versions);
    return best ? best : catalog->find(group, plural); // newer than this program: the object says what it is
}

kube::ResourceType typeOf(const kube::ApiCatalog *catalog, const Wanted &wanted)
{
    if (const kube::ApiResource *resource = served(catalog, wanted))
        return resource->type;
    return {QString::fromLatin1(wanted.group), QString::fromLatin1(wanted.versions[0]),
            QString::fromLatin1(wanted.plural), QString::fromLatin1(wanted.kind), wanted.namespaced};
}

bool isServed(const kube::ApiCatalog *catalog, const Wanted &wanted)
{
    return !catalog || served(catalog, wanted);
}

bool isFirstGeneration(const QString &image)
{
    return models::isEdgeImage(image)
        && edge::compatFromVersion(models::imageTag(image).toStdString()) == edge::Compat::V1;
}

bool anyImage(const kube::Object &deployment, bool (*isMeant)(const QString &))
{
    const auto object = edge::parseJson(deployment.json.toStdString());
    const edge::Value containers =
        object ? object->at({"spec", "template", "spec", "containers"}) : edge::Value();
    return std::any_of(containers.items().begin(), containers.items().end(),
                       [&](const edge::Value &container) {
                           return isMeant(QString::fromStdString(container["image"].text()));
                       });
}

} // namespace

bool readsFirstGeneration(const QList<kube::Object> &deployments)
{
    return std::any_of(deployments.cbegin(), deployments.cend(), [](const kube::Object &deployment) {
        return anyImage(deployment, isFirstGeneration);
    });
}

bool hasEdge(const kube::Object &deployment) { return anyImage(deployment, models::isEdgeImage); }

QList<kube::ResourceType> oldMeshTypes()
{
    QList<kube::ResourceType> types;
    for (const Wanted &wanted : OldMesh)
        types.append(typeOf(nullptr, wanted));
    return types;
}

QList<kube::ResourceType> meshTypes(const kube::ApiCatalog *catalog)
{
    QList<kube::ResourceType> types;
    for (const Wanted &wanted : Mesh)
        types.append(typeOf(catalog, wanted));
    for (const Wanted &wanted : OldMesh) {
        if (catalog && served(catalog, wanted))
            types.append(typeOf(catalog, wanted));
    }
    return types;
}

QList<kube::ResourceType> ambassadorTypes(const kube::ApiCatalog *catalog, bool isFirstGeneration)
{
    QList<kube::ResourceType> types;
    for (const AmbassadorKind &kind : AmbassadorKinds) {
        const Wanted wanted = ofAmbassador(kind, isFirstGeneration);
        if (isServed(catalog, wanted))
            types.append(typeOf(catalog, wanted));
    }
    for (const AmbassadorKind &kind : EdgeStackKinds) {
        const Wanted wanted = ofAmbassador(kind, isFirstGeneration);
        if (catalog && served(catalog, wanted))
            types.append(typeOf(catalog, wanted));
    }
    // Came with v3alpha1: an edge of the 1.x line reads none.
    const Wanted listeners = ofAmbassador({"listeners", "Listener"}, isFirstGeneration);
    if (!isFirstGeneration && isServed(catalog, listeners))
        types.append(typeOf(catalog, listeners));
    for (const Wanted &wanted : EdgeIngress) {
        if (!types.isEmpty() && isServed(catalog, wanted))
            types.append(typeOf(catalog, wanted));
    }
    return types;
}

QList<kube::ResourceType> platformTypes(const kube::ApiCatalog *catalog)
{
    QList<kube::ResourceType> types;
    for (const Wanted &wanted : Platform)
        types.append(typeOf(catalog, wanted));
    types.append(typeOf(catalog, EdgeIngress[0])); // also where no edge is
    for (const Wanted &wanted : Others) {
        if (isServed(catalog, wanted))
            types.append(typeOf(catalog, wanted));
    }
    if (catalog && !catalog->find(u"discovery.k8s.io"_s, u"endpointslices"_s))
        types.append(typeOf(catalog, Endpoints));
    return types;
}

QStringList unservedPlatform(const kube::ApiCatalog *catalog)
{
    QStringList plurals;
    for (const Wanted &wanted : Others) {
        if (!isServed(catalog, wanted))
            plurals.append(QString::fromLatin1(wanted.plural));
    }
    return plurals;
}

kube::ResourceType definitionsType(const kube::ApiCatalog *catalog) { return typeOf(catalog, Definitions); }

std::optional<kube::ResourceType> typeOfKind(const kube::ApiCatalog *catalog, const QString &kind,
                                             bool isFirstGeneration)
{
    for (const kube::ResourceType &type : meshTypes(catalog) + ambassadorTypes(catalog, isFirstGeneration)
             + platformTypes(catalog) + QList{definitionsType(catalog)}) {
        if (type.kind == kind)
            return type;
    }
    return {};
}

const kube::ApiResource &asWeRead(const kube::ApiCatalog &catalog, const kube::ApiResource &named)
{
    const auto isNamed = [&type = named.type](const Wanted &wanted) {
        return type.group == QLatin1String(wanted.group) && type.plural == QLatin1String(wanted.plural);
    };
    if (named.type.group == QLatin1String(Ambassador)) // all of its kinds have the same versions
        return *served(&catalog,
                       {Ambassador, named.type.plural.toLatin1().constData(), "", true, NewestFirst});
    for (const auto &table : {std::span<const Wanted>(Mesh), std::span<const Wanted>(OldMesh),
                              std::span<const Wanted>(Platform), std::span<const Wanted>(Others),
                              std::span<const Wanted>(EdgeIngress), std::span(&Definitions, 1)}) {
        const auto wanted = std::find_if(table.begin(), table.end(), isNamed);
        if (wanted != table.end())
            return *served(&catalog, *wanted);
    }
    return named;
}

QStringList groupsRead()
{
    QStringList groups{QString::fromLatin1(Ambassador), QString::fromLatin1(Definitions.group),
                       QString::fromLatin1(OldMesh[0].group)};
    for (const Wanted &wanted : Mesh)
        groups.append(QString::fromLatin1(wanted.group));
    for (const Wanted &wanted : Platform)
        groups.append(QString::fromLatin1(wanted.group));
    for (const Wanted &wanted : Others)
        groups.append(QString::fromLatin1(wanted.group));
    groups.append(QString::fromLatin1(EdgeIngress[0].group));
    groups.removeDuplicates();
    return groups;
}

} // namespace app
