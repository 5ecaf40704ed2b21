// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/resource_kinds.h"

#include "edge/text.h"

#include <algorithm>

namespace demo {

namespace {

enum Traits : unsigned { None = 0, Cluster = 1, Status = 2, Generation = 4, All = 8, Review = 16 };

struct Row
{
    const char *group, *version, *plural, *kind, *shortNames;
    unsigned traits;
};

constexpr char Admission[] = "admissionregistration.k8s.io";
constexpr char Authorization[] = "authorization.k8s.io";
constexpr char Rbac[] = "rbac.authorization.k8s.io";
constexpr char Networking[] = "networking.k8s.io";
constexpr char Flow[] = "flowcontrol.apiserver.k8s.io";

constexpr Row Rows[] = {
    {"", "v1", "bindings", "Binding", "", Review},
    {"", "v1", "configmaps", "ConfigMap", "cm", None},
    {"", "v1", "endpoints", "Endpoints", "ep", None},
    {"", "v1", "events", "Event", "ev", None},
    {"", "v1", "limitranges", "LimitRange", "limits", None},
    {"", "v1", "namespaces", "Namespace", "ns", Cluster | Status},
    {"", "v1", "nodes", "Node", "no", Cluster | Status},
    {"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", "pvc", Status},
    {"", "v1", "persistentvolumes", "PersistentVolume", "pv", Cluster | Status},
    {"", "v1", "pods", "Pod", "po", Status | Generation | All},
    {"", "v1", "replicationcontrollers", "ReplicationController", "rc", Status | Generation | All},
    {"", "v1", "resourcequotas", "ResourceQuota", "quota", Status},
    {"", "v1", "secrets", "Secret", "", None},
    {"", "v1", "serviceaccounts", "ServiceAccount", "sa", None},
    {"", "v1", "services", "Service", "svc", Status | All},
    {"apiregistration.k8s.io", "v1", "apiservices", "APIService", "", Cluster | Status},
    {"apps", "v1", "controllerrevisions", "ControllerRevision", "", None},
    {"apps", "v1", "daemonsets", "DaemonSet", "ds", Status | Generation | All},
    {"apps", "v1", "deployments", "Deployment", "deploy", Status | Generation | All},
    {"apps", "v1", "replicasets", "ReplicaSet", "rs", Status | Generation | All},
    {"apps", "v1", "statefulsets", "StatefulSet", "sts", Status | Generation | All},
    {"events.k8s.io", "v1", "events", "Event", "ev", None},
    {"authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", "", Cluster | Review},
    {"authentication.k8s.io", "v1", "tokenreviews", "TokenReview", "", Cluster | Review},
    {Authorization, "v1", "localsubjectaccessreviews", "LocalSubjectAccessReview", "", Review},
    {Authorization, "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", "", Cluster | Review},
    {Authorization, "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", "", Cluster | Review},
    {Authorization, "v1", "subjectaccessreviews", "SubjectAccessReview", "", Cluster | Review},
    {"autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa", Status | All},
    {"batch", "v1", "cronjobs", "CronJob", "cj", Status | Generation | All},
    {"batch", "v1", "jobs", "Job", "", Status | Generation | All},
    {Networking, "v1", "ingressclasses", "IngressClass", "", Cluster | Generation},
    {Networking, "v1", "ingresses", "Ingress", "ing", Status | Generation},
    {Networking, "v1", "networkpolicies", "NetworkPolicy", "netpol", Generation},
    {"policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", "pdb", Status | Generation},
    {Rbac, "v1", "clusterrolebindings", "ClusterRoleBinding", "", Cluster},
    {Rbac, "v1", "clusterroles", "ClusterRole", "", Cluster},
    {Rbac, "v1", "rolebindings", "RoleBinding", "", None},
    {Rbac, "v1", "roles", "Role", "", None},
    {"storage.k8s.io", "v1", "storageclasses", "StorageClass", "sc", Cluster},
    {Admission, "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", "",
     Cluster | Generation},
    {Admission, "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", "",
     Cluster | Generation},
    {"apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", "crd,crds",
     Cluster | Status | Generation},
    {"scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", "pc", Cluster | Generation},
    {"coordination.k8s.io", "v1", "leases", "Lease", "", None},
    {"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", "", Generation},
    {Flow, "v1", "flowschemas", "FlowSchema", "", Cluster | Status | Generation},
    {Flow, "v1", "prioritylevelconfigurations", "PriorityLevelConfiguration", "",
     Cluster | Status | Generation},
};

std::vector<std::string> words(std::string_view list)
{
    std::vector<std::string> found;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        found.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return found;
}

} // namespace

bool isBuiltInKind(std::string_view apiVersion, std::string_view kind)
{
    return std::any_of(std::begin(Rows), std::end(Rows), [&](const Row &row) {
        const std::string group = *row.group ? std::string(row.group) + "/" : std::string();
        return kind == row.kind && apiVersion == group + row.version;
    });
}

std::vector<ResourceKind> builtInKinds()
{
    std::vector<ResourceKind> kinds;
    for (const Row &row : Rows) {
        ResourceKind kind;
        kind.group = row.group;
        kind.versions = {row.version};
        kind.plural = row.plural;
        kind.kind = row.kind;
        kind.singular = edge::lowered(row.kind);
        kind.shortNames = words(row.shortNames);
        kind.namespaced = !(row.traits & Cluster);
        kind.hasStatus = row.traits & Status;
        kind.hasGeneration = row.traits & Generation;
        kind.isReview = row.traits & Review;
        if (row.traits & All)
            kind.categories = {"all"};
        kinds.push_back(std::move(kind));
    }
    return kinds;
}

} // namespace demo
