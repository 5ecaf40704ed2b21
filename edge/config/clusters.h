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

class ClusterTable
{
public:
    explicit ClusterTable(const ClusterContext &context)
        : m_context(context)
    {
    }

    // Full name of the cluster; the first that asks for a name decides what it is.
    std::string clusterFor(const UpstreamOptions &upstream);
    void addEndpoint(const std::string &cluster, const std::string &service); // beside its own host
    // Names over 60 characters are shortened; full name → short name.
    std::map<std::string, std::string> shortNames() const;
    const std::map<std::string, Cluster> &clusters() const { return m_clusters; }
    // host:port as the cluster dials it, for headers.
    std::string authorityOf(const std::string &cluster) const;

private:
    struct Target;
    Target targetOf(const UpstreamOptions &upstream);
    std::string fullName(const UpstreamOptions &upstream, const Target &target) const;
    Cluster make(const UpstreamOptions &upstream, const Target &target);
    void setOptions(Cluster &cluster, const UpstreamOptions &upstream) const;
    void setDiscovery(Cluster &cluster, const UpstreamOptions &upstream);
    bool endpointsAreOff() const;
    bool usesResolver(const UpstreamOptions &upstream) const;
    void setEndpoints(Cluster &cluster, const UpstreamOptions &upstream);
    const Value &option(const UpstreamOptions &upstream, std::string_view name) const;
    void complain(const UpstreamOptions &upstream, std::string path, std::string why);

    const ClusterContext m_context;
    std::map<std::string, Cluster> m_clusters; // by full name
};

} // namespace edge
