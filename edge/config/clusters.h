// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Upstream clusters of Mappings and services, with TLS origination (facts emissary-routing.md §1.8,
// ambassador-1.11.md 26–29).
#include "edge/config/tls_contexts.h"

namespace edge {

struct ClusterContext
{
    const Input &input;
    const ModuleResource &module;
    const ContextTable &tls;
    const CompileOptions &options;
    const Rules &rules;
    std::vector<Diagnostic> &diagnostics;
};

struct MadeCluster
{
    Cluster cluster;
    std::vector<Cluster>
        others; // what those that came later would have made of it, where that is another one
    std::vector<Diagnostic> diagnostics; // said once, by the table whose cluster is used
    std::string service; // NAME.NAMESPACE of the Service whose endpoints were looked at; "" none
};

// The clusters that some Mappings or services ask for.
class ClusterTable
{
public:
    explicit ClusterTable(const ClusterContext &context)
        : m_context(context)
        , m_complaints(&context.diagnostics)
    {
    }

    // Full name of the cluster; the first that asks for a name decides what it is.
    std::string clusterFor(const UpstreamOptions &upstream);
    // Beside its own host.  false: it is not reached as that is (TLS, HTTP/2), so it is left out.
    bool addEndpoint(const std::string &cluster, const UpstreamOptions &upstream);
    void drop(const std::string &cluster) { m_clusters.erase(cluster); }
    std::map<std::string, MadeCluster> take() { return std::move(m_clusters); } // by full name
    bool startsTls(const std::string &cluster) const; // false of one that is not there
    // host:port as Linkerd is told: by the service's own words, whatever TLSContext there is.
    std::string authorityOf(const UpstreamOptions &upstream) const;

private:
    struct Target;
    Target targetOf(const UpstreamOptions &upstream);
    std::string fullName(const UpstreamOptions &upstream, const Target &target) const;
    Cluster make(const UpstreamOptions &upstream, const Target &target);
    void keepOther(MadeCluster &made, const UpstreamOptions &upstream, const Target &target);
    void setOptions(Cluster &cluster, const UpstreamOptions &upstream) const;
    void setDiscovery(Cluster &cluster, const UpstreamOptions &upstream);
    bool endpointsAreOff() const;
    void tellEndpointsOff(const UpstreamOptions &upstream, const std::string &host);
    const Value &balancerOf(const UpstreamOptions &upstream) const; // null none
    void setEndpoints(Cluster &cluster, const UpstreamOptions &upstream);
    const Value &option(const UpstreamOptions &upstream, std::string_view name) const;
    void complain(const UpstreamOptions &upstream, std::string path, std::string why);

    const ClusterContext m_context;
    std::map<std::string, MadeCluster> m_clusters; // by full name
    std::vector<Diagnostic> *m_complaints;         // where complain() puts them
    std::string m_askedService;                    // by the cluster that is being made
};

// Names over 60 characters are shortened; full name → short name.  names: sorted, each once.
std::map<std::string, std::string> shortClusterNames(const std::vector<std::string_view> &names,
                                                     const Rules &rules);
bool isLongClusterName(std::string_view name);

} // namespace edge
