// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Upstream clusters of Mappings, with TLS origination (facts emissary-routing.md §1.8, ambassador-1.11.md 26–29), and TLSContexts
// with the secrets that they really get.
#include "edge/config/resources.h"

namespace edge {

struct ResolvedContext
{
    TlsContext context;  // secret as NAME.NAMESPACE
    bool usable = false; // it has a certificate; an unusable one with hosts still claims them (1.11: port 8443 without TLS)
    std::vector<std::string> hosts;
    int redirectCleartextFrom = 0;
};
// Contexts that found nothing are left out, with a diagnostic, unless they have alpn_protocols or redirect_cleartext_from.
std::map<std::string, ResolvedContext> resolveContexts(Resources &resources, const std::set<std::string> &knownSecrets);

class ClusterTable
{
public:
    ClusterTable(const std::map<std::string, ResolvedContext> &contexts, std::string ambassadorNamespace, bool ambassadorNamespaceForServices);

    std::string clusterFor(const MappingResource &mapping, std::vector<Diagnostic> &diagnostics); // its full name
    std::string own(const std::string &host, std::uint16_t port); // of the edge itself
    // Names over 60 characters become the first 40 and a number; full name → short name.
    std::map<std::string, std::string> shortNames() const;
    const std::map<std::string, Cluster> &clusters() const { return m_clusters; }

private:
    const std::map<std::string, ResolvedContext> &m_contexts;
    std::string m_ambassadorNamespace;
    bool m_ambassadorNamespaceForServices;
    std::map<std::string, Cluster> m_clusters; // by full name
};

} // namespace edge
