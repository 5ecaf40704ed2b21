// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/shared_clusters.h"

namespace edge {

namespace {

constexpr std::string_view Words = "it shares its cluster with ";

std::string flagText(bool value) { return value ? "true" : "false"; }
std::string text(const std::optional<std::int64_t> &value)
{
    return value ? std::to_string(*value) : "not set";
}

std::string tlsText(const Cluster &cluster)
{
    if (!cluster.tls)
        return "clear text";
    return cluster.tlsContext.empty() ? "TLS without a client certificate"
                                      : "TLSContext " + cluster.tlsContext;
}

std::string discoveryText(const Cluster &cluster)
{
    switch (cluster.discovery) {
    case Cluster::Discovery::LogicalDns: return "logical_dns";
    case Cluster::Discovery::Endpoints: return "endpoints of " + cluster.edsName;
    case Cluster::Discovery::StrictDns: break;
    }
    return "strict_dns";
}

std::string keepaliveText(const Cluster &cluster)
{
    if (!cluster.keepalive)
        return "not set";
    return "time " + text(cluster.keepalive->time) + ", interval " + text(cluster.keepalive->interval)
        + ", probes " + text(cluster.keepalive->probes);
}

class Comparison
{
public:
    Comparison(const Cluster &asked, const Cluster &used, std::vector<Diagnostic> &diagnostics)
        : m_asked(asked)
        , m_used(used)
        , m_diagnostics(diagnostics)
    {
    }

    void field(std::string_view name, const std::string &asked, const std::string &used)
    {
        if (asked == used)
            return;
        const ResourceRef &first = m_used.source;
        m_diagnostics.push_back({Diagnostic::Severity::Notice, m_asked.source, "spec." + std::string(name),
                                 std::string(Words) + first.kind + " " + first.nameSpace + "/" + first.name
                                     + ", which comes first and decides " + std::string(name) + ": " + used
                                     + ", not " + asked,
                                 false});
    }

private:
    const Cluster &m_asked, &m_used;
    std::vector<Diagnostic> &m_diagnostics;
};

} // namespace

void tellLostFields(const Cluster &asked, const Cluster &used, std::vector<Diagnostic> &diagnostics)
{
    if (asked.source == used.source || asked.source.kind.empty() || used.source.kind.empty())
        return;
    Comparison compare(asked, used, diagnostics);
    const bool isSameService = asked.host == used.host && asked.port == used.port;
    if (!isSameService) // names that differ in signs alone, such as a.b and a_b
        compare.field("service", asked.host + ":" + std::to_string(asked.port),
                      used.host + ":" + std::to_string(used.port));
    else if (asked.statName != used.statName)
        compare.field("stats_name", asked.statName, used.statName);
    if (asked.tls != used.tls || asked.tlsContext != used.tlsContext)
        compare.field("tls", tlsText(asked), tlsText(used));
    if (asked.discovery != used.discovery || (isSameService && asked.edsName != used.edsName)) {
        const bool isDns = asked.discovery != Cluster::Discovery::Endpoints
            && used.discovery != Cluster::Discovery::Endpoints;
        compare.field(isDns ? "dns_type" : "resolver", discoveryText(asked), discoveryText(used));
    }
    if (asked.connectTimeoutMs != used.connectTimeoutMs)
        compare.field("connect_timeout_ms", std::to_string(asked.connectTimeoutMs),
                      std::to_string(used.connectTimeoutMs));
    if (asked.idleTimeoutMs != used.idleTimeoutMs)
        compare.field("cluster_idle_timeout_ms", text(asked.idleTimeoutMs), text(used.idleTimeoutMs));
    if (asked.maxConnectionMs != used.maxConnectionMs)
        compare.field("cluster_max_connection_lifetime_ms", text(asked.maxConnectionMs),
                      text(used.maxConnectionMs));
    if (asked.http2 != used.http2)
        compare.field("grpc", flagText(asked.http2), flagText(used.http2));
    if (asked.ipv4 != used.ipv4)
        compare.field("enable_ipv4", flagText(asked.ipv4), flagText(used.ipv4));
    if (asked.ipv6 != used.ipv6)
        compare.field("enable_ipv6", flagText(asked.ipv6), flagText(used.ipv6));
    if (asked.respectDnsTtl != used.respectDnsTtl)
        compare.field("respect_dns_ttl", flagText(asked.respectDnsTtl), flagText(used.respectDnsTtl));
    if (asked.keepalive != used.keepalive)
        compare.field("keepalive", keepaliveText(asked), keepaliveText(used));
    if (!(asked.healthChecks == used.healthChecks))
        compare.field("health_checks", toJson(asked.healthChecks), toJson(used.healthChecks));
}

bool isOfLostField(const Diagnostic &diagnostic)
{
    return diagnostic.severity == Diagnostic::Severity::Notice
        && std::string_view(diagnostic.message).substr(0, Words.size()) == Words;
}

} // namespace edge
