// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// All that was known of a cluster at one instant, as typed values: what every analysis reads.  Immutable;
// share by pointer.
#include "edge/shared_list.h"
#include "kube/object.h"
#include "kube/result.h"
#include "models/resources/ca_bundle.h"
#include "models/resources/edge_installation.h"
#include "models/resources/endpoint_slice.h"
#include "models/resources/gateway_routes.h"
#include "models/resources/grafana_state.h"
#include "models/resources/issued_certificate.h"
#include "models/resources/istio_gateway.h"
#include "models/resources/istio_security.h"
#include "models/resources/istio_traffic.h"
#include "models/resources/network_policy.h"
#include "models/resources/own_certificate.h"
#include "models/resources/platform.h"
#include "models/resources/prometheus_state.h"
#include "models/resources/proxy_certificates.h"
#include "models/resources/scrape_monitor.h"
#include "models/resources/service_entry.h"
#include "models/resources/telemetry_settings.h"
#include "models/resources/tls_secret.h"
#include "models/resources/workload.h"

#include <QSet>

#include <memory>
#include <vector>

namespace models {

struct SnapshotInput
{
    QDateTime takenAt;
    QHash<QString, QList<kube::Object>>
        objects; // by plural: "mappings", "pods" …; a missing key: that kind was not read
    QHash<QString, kube::Error> unavailable; // by plural: forbidden, CRD absent …
    QHash<QString, QString> onlyIn; // by plural: the one namespace that was read, where all may not be
    QSet<QString>
        inPart; // plurals of which objects holds some; unavailable says what of the others is not known
    QList<ProxyCertificates> edgeProxies; // of pods that were asked; no API object says it
    QList<ProxyCertificates> meshProxies; // of sidecars, one of each workload, as far as they were asked
    LoadedPrometheus loadedPrometheus;    // of the one that the guide's ConfigMap configures
    LoadedGrafana loadedGrafana;
    QList<OwnCertificate> ownCertificates;   // of the connection
    std::optional<qint64> clockAheadSeconds; // the API server's clock less this machine's; absent: not known
};

// Pods and Services of one namespace, and where they are found by what they are asked for.  Snapshots of one
// SnapshotMaker share it as long as the namespace has the same objects in the same order: whoever kept what it made of
// them may go on with it.
struct NamespaceContents
{
    std::vector<std::shared_ptr<const Pod>> pods;
    std::vector<std::shared_ptr<const Service>> services;
    QHash<QPair<QString, QString>, QList<const Pod *>> podsByLabel; // key, value
    QHash<QString, const Service *> serviceByName;
    QHash<const Pod *, QList<const Service *>> servicesOfPod; // that select it, in the order of the list
};

struct Snapshot
{
    QDateTime takenAt;
    // What an edge's configuration is made of: everything of getambassador.io, Services (annotations, resolvers), Ingresses and
    // their classes, Endpoints where they were read, and Secrets (that they exist; keys were never kept).
    edge::SharedList<edge::Value> ambassadorObjects;
    QList<Namespace> namespaces;
    edge::SharedList<Pod> pods;
    edge::SharedList<Service> services;
    QList<Deployment> deployments; // and DaemonSets of edges
    QList<Deployment> otherOwners; // StatefulSets and DaemonSets of no edge
    QList<PeerAuthentication>
        peerAuthentications; // oldest first: of those with the same scope, the first counts
    QList<AuthenticationPolicy> authenticationPolicies; // of Istio up to 1.4, oldest first
    QList<AuthorizationPolicy> authorizationPolicies;
    QList<DestinationRule>
        destinationRules; // as Istio takes them: for some clients alone first, then the older
    QList<SidecarScope> sidecars;
    QList<WorkloadEntry> workloadEntries;
    QList<WorkloadEntry> workloadGroups; // what the template of each makes
    QList<ServiceEntry> serviceEntries;
    QList<IstioGateway> istioGateways;
    QList<EndpointSlice> endpointSlices;         // of Services that select no pods
    QList<ServiceHook> serviceHooks;             // of webhook configurations, CRDs and APIServices
    QList<CaBundle> caBundles;                   // of the same
    QList<IssuedCertificate> issuedCertificates; // by cert-manager
    // Of Istio's objects and Services (MT-025).  Objects that count for nothing for it are not in the lists above.
    QList<Finding> fieldFaults;
    QList<CronJob> cronJobs;
    QList<Job> jobs;
    QList<Ingress> ingresses;
    QList<IngressClass> ingressClasses;
    QList<GatewayClass> gatewayClasses;
    QList<Gateway> gateways; // of Kubernetes' Gateway API; Istio's own kind of that name is not among them
    QList<GatewayRoute> gatewayRoutes;
    QList<NetworkPolicy> networkPolicies;
    QList<ScrapeMonitor> scrapeMonitors;
    QList<TelemetrySettings> telemetries;
    QList<TlsSecret> secrets;
    QHash<QString, QString> configMaps; // "istio-system/prometheus/prometheus.yml" → text
    QHash<QString, QDateTime>
        tracingChanged; // TracingServices, by namespace/name: the newest write that is known of
    // Of Mappings that were written within the last hour, by namespace/name: when, in seconds since 1970.  What a pod was seen to
    // have before says nothing of them.
    QHash<QString, qint64> mappingChanged;
    QHash<QString, kube::Error> unavailable;
    QHash<QString, QString> onlyIn; // by plural: the one namespace that was read
    QList<EdgeInstallation> edges;
    QList<ProxyCertificates> edgeProxies; // what edge pods have loaded, as far as they were asked
    QList<ProxyCertificates> meshProxies; // what sidecars have loaded, one pod of each workload
    LoadedPrometheus loadedPrometheus;
    LoadedGrafana loadedGrafana;
    QList<OwnCertificate> ownCertificates;
    std::optional<qint64> clockAheadSeconds;
    MeshConfig mesh;
    QMap<QString, MeshConfig> meshes; // by revision, "default" among them
    QString istioRootNamespace = QStringLiteral("istio-system");
    bool knows(
        const QString &plural) const; // that kind was read, in all namespaces: what is not there is not there
    bool knowsIn(const QString &plural, const QString &nameSpace) const; // at least there
    bool isAbsent(
        const QString &plural) const; // the API server does not have that kind, so there are no objects of it
    QString whyUnknown(const QString &plural) const; // one sentence, "" if it was read
    // The modes of mutual TLS are those of MeshPolicy and Policies: there are no PeerAuthentications.
    bool isOldMesh() const;
    QString slicesPlural() const;    // of the kind that says who answers for a Service without a selector
    QString modesPlural() const;     // of the kind that decides them, or that is missing for it
    bool knowsModes() const;         // by whichever kinds this mesh has
    QString whyModesUnknown() const; // one sentence, "" if they are
    QSet<QString> kindsRead;

    const Service *service(const QString &nameSpace, const QString &name) const;
    QList<const Pod *> podsOf(const Service &service) const;
    QList<const Service *> servicesOf(const Pod &pod) const; // of this snapshot's pods
    // key "": the first one of this id, without one or where none has it the first that has Mappings, else the first.
    const EdgeInstallation *edge(const QString &key, const QString &ambassadorId = {}) const;
    const Namespace *nameSpace(const QString &name) const;
    const Deployment *deployment(const QString &nameSpace, const QString &name) const;
    const Deployment *ownerOf(const Pod &pod) const; // of a kind that was read; nullptr: another, or gone
    // Whether a pod of this template would be given a sidecar: its own word, a label before an annotation, else its namespace's.
    bool injects(const QString &nameSpace, const Labels &podLabels, const Labels &podAnnotations) const;
    ObjectRef workload(const QString &nameSpace,
                       const QString &name) const; // of its pods; without any: a Deployment
    const TlsSecret *secret(const QString &nameSpace, const QString &name) const;
    QList<const PeerAuthentication *> policiesIn(const QString &nameSpace) const;        // oldest first
    std::shared_ptr<const NamespaceContents> contentsOf(const QString &nameSpace) const; // never null

    // Filled by makeSnapshot: places of things by what they are asked for.
    struct Index
    {
        QHash<QString, std::shared_ptr<const NamespaceContents>> namespaces;
        QHash<QString, QList<qsizetype>> policies;              // by namespace
        QHash<const Service *, QList<const Pod *>> podsBySlice; // of those that select none themselves
        QHash<const Pod *, QList<const Service *>> servicesBySlice;
    };
    Index index;
};

std::shared_ptr<const Snapshot> makeSnapshot(const SnapshotInput &input);
// Where a snapshot is put together by hand.  before: an index whose namespaces are taken where they are still the same.
void buildIndex(Snapshot &snapshot, const Snapshot::Index &before = {});

} // namespace models
