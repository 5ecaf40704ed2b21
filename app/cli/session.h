// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a command works with: the connection of the chosen context, made when first asked for, and the analyses on it.
// Blocks on answers; lives on the command's worker thread.  Stopping the token ends whatever it waits for.
#include "app/changes.h"
#include "app/cli/connection_notes.h"
#include "app/cluster_analysis.h"
#include "app/cluster_thread.h"
#include "app/edge_host.h"
#include "app/journal.h"
#include "app/manifest_files.h"

#include <stop_token>

namespace app::cli {

struct DemoAddresses // of the demo cluster that was started for this command, if any
{
    QString kubeconfig, apiServer, edgeHttp, edgeHttps;
    QString prometheus; // its version, or which other it is
    bool hasPrometheus() const
    {
        return !prometheus.isEmpty() && !prometheus.startsWith(QLatin1String("none"));
    }
};

struct SessionOptions
{
    QString kubeconfig, context, nameSpace, edge;
    bool allNamespaces = false;
    int timeoutMs = 30'000;
    bool isTimeoutChosen = false; // by --timeout: then it is the limit of a program for signing in, too
    enum class ExecPolicy { Allow, Ask, Deny }; // what kubeconfigs name to be run; Allow: as kubectl does
    ExecPolicy execPolicy = ExecPolicy::Allow;
    bool isVerbose = false;
    ConnectionNotes::Say say = [](const QString &) {}; // to standard error
    QStringList manifests;                             // -f: analyse these instead of a cluster
    QString compat;                                    // "" as the cluster's edge says; of manifests v4
    bool isCompatChosen = false;                       // by --compat
    QString ambassadorId;                              // "" that of the edge
    std::optional<DemoAddresses> demo;
    std::stop_token stop;
    // Of manifests that name none, and of an edge whose Deployment is not among them.
    QString namespaceOfFiles() const { return nameSpace.isEmpty() ? QStringLiteral("default") : nameSpace; }
    void
    applyTo(models::EdgeInstallation &installation) const; // compat and ambassadorId, where they were given
    // Why -n or --edge names nothing in that cluster; "" they do, none was given, or it may not be known.
    QString misfit(const models::Snapshot &snapshot, const QUrl &server) const;
};

class Session
{
public:
    explicit Session(SessionOptions options);
    ~Session();

    const SessionOptions &options() const { return m_options; }
    std::stop_token stop() const { return m_options.stop; }
    kube::Result<kube::Kubeconfig> kubeconfig() const;
    kube::Result<kube::Connection> connection() const;
    kube::Result<kube::Client *> client();
    ConnectionNotes &notes() { return m_notes; }
    // Fresh at every call.  Proxies: the edge's pods and sidecars are asked for their certificates too, a port-forward each.
    enum class Reading {
        Objects,
        Proxies,
        Certificates, // the proxies', and those by which the API server checks whom it calls
        Observers     // what Prometheus and Grafana have loaded
    };
    kube::Result<std::shared_ptr<const ClusterAnalysis>> analysis(Reading reading = Reading::Objects);
    // That of the manifests which --edge names, or the first, with what the command line says in its place; one of no name where
    // they hold none and none was named: in -n, else in `default`, as an Emissary that is told no namespace.
    kube::Result<models::EdgeInstallation> edgeOfFiles(const models::Snapshot &snapshot) const;
    // Of each edge among manifests by whose rules nothing is judged, and how it would be.
    QStringList compatNotes(const models::Snapshot &snapshot) const;
    kube::Result<Journal> journal() const;
    const ManifestSet &manifests() const { return m_manifests; } // what analysis() read of -f
    EdgeHost &edge();
    // What the last analysis could not look at everywhere, one sentence a namespace; or what it left out of -f.
    const QStringList &narrowed() const { return m_narrowed; }
    // The namespace asked for by -n; "" for all.
    // Of one object that is named: that of -n, else the context's.
    QString nameSpaceOfOne(kube::Client &client) const;
    QString wantedNamespace() const { return m_options.allNamespaces ? QString() : m_options.nameSpace; }

private:
    kube::Result<std::shared_ptr<const ClusterAnalysis>> analysisOfFiles();

    SessionOptions m_options;
    ConnectionNotes m_notes; // before the cluster thread, which speaks to it
    ManifestSet m_manifests;
    std::unique_ptr<ClusterThread> m_cluster;
    std::unique_ptr<EdgeHost> m_edge;
    QStringList m_narrowed;
};

} // namespace app::cli
