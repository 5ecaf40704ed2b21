// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// All that was known of a cluster at one instant, as typed values: what every analysis reads.  Immutable; share by pointer.
#include "edge/config/compile.h"
#include "kube/object.h"
#include "kube/result.h"
#include "models/resources/istio_security.h"
#include "models/resources/tls_secret.h"
#include "models/resources/workload.h"

#include <QSet>

#include <memory>
#include <vector>

namespace models {

// One Ambassador installation, found by its container image (not by labels or names).
struct EdgeInstallation
{
    QString nameSpace, name; // of the Deployment
    QString version;         // image tag
    QString ambassadorId = QStringLiteral("default");
    QString ambassadorNamespace;
    QString serviceAccount;
    bool singleNamespace = false;
    bool edgeStack = false;
    QString istioSecretDir;  // AMBASSADOR_ISTIO_SECRET_DIR, "" unset
    bool hasIstioCertificate = false; // sidecar container writes and the edge reads the same directory
    int readyPods = 0, pods = 0;
    edge::Compat compat = edge::Compat::V4;
    QString key() const { return nameSpace + QLatin1Char('/') + name; }
};

struct SnapshotInput
{
    QDateTime takenAt;
    QHash<QString, QList<kube::Object>> objects;  // by plural: "mappings", "pods" …; a missing key: that kind was not read
    QHash<QString, kube::Error> unavailable;      // by plural: forbidden, CRD absent …
};

struct Snapshot
{
    QDateTime takenAt;
    std::vector<edge::Value> ambassadorObjects;   // everything of getambassador.io, and Services (annotations, resolvers)
    QList<Namespace> namespaces;
    QList<Pod> pods;
    QList<Service> services;
    QList<Deployment> deployments;
    QList<PeerAuthentication> peerAuthentications;
    QList<TlsSecret> secrets;
    QHash<QString, QString> configMaps;           // "istio-system/prometheus/prometheus.yml" → text
    QHash<QString, kube::Error> unavailable;
    QList<EdgeInstallation> edges;
    QString istioRootNamespace = QStringLiteral("istio-system");
    bool knows(const QString &plural) const;      // that kind was read
    QSet<QString> kindsRead;

    const Service *service(const QString &nameSpace, const QString &name) const;
    QList<const Pod *> podsOf(const Service &service) const;
    const EdgeInstallation *edge(const QString &key) const; // "": the first one that has Mappings, else the first
};

std::shared_ptr<const Snapshot> makeSnapshot(const SnapshotInput &input);

} // namespace models
