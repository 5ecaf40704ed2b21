// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/clusters.h"

#include "edge/config/address_lists.h"
#include "edge/config/envoy_limits.h"
#include "edge/config/go_types.h"
#include "edge/config/numbers.h"
#include "edge/config/said.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr std::size_t LongestName = 60;
constexpr std::size_t ShortStem = 40;
constexpr std::size_t HashDigits = 16;

std::string plainName(std::string name)
{
    const auto isContinued = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    std::erase_if(name, isContinued); // a character is one underscore, whatever its bytes
    for (char &c : name) {
        const bool keeps =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!keeps)
            c = '_';
    }
    return name;
}

std::string upper(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    return text;
}

std::string hashOf(const std::string &name)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(name.data(), name.size(), digest.data(), &size, EVP_sha1(), nullptr);
    std::string hex;
    for (std::size_t i = 0; i < HashDigits / 2; ++i)
        hex.append(1, digits[digest[i] >> 4]).append(1, digits[digest[i] & 15]);
    return hex;
}

std::string breakerNames(const Value &breakers)
{
    static constexpr std::pair<char, std::string_view> parts[] = {
        {'c', "max_connections"}, {'p', "max_pending_requests"}, {'r', "max_requests"}, {'t', "max_retries"}};
    std::string names;
    for (const Value &breaker : breakers.items()) {
        const std::string &priority = breaker["priority"].text();
        names += std::string("_cb") + (priority.empty() ? 'n' : char(priority.front() | 0x20));
        for (const auto &[letter, field] : parts) {
            if (const auto number = wholeNumber(breaker[field]))
                names += letter + std::to_string(*number);
        }
    }
    return names;
}

std::string balancerName(const Value &balancer)
{
    if (!balancer.isObject())
        return {};
    std::string name = "_er-" + balancer["policy"].text();
    if (balancer["header"].isString())
        return name + "-hdr-" + balancer["header"].text();
    if (balancer["cookie"].isObject())
        return name + "-cookie-" + balancer["cookie"]["name"].text();
    return name + (balancer["source_ip"].isNull() ? "" : "-srcip");
}

Value checkHeaders(const Value &given, std::string_view kind)
{
    Value list = Value::array();
    for (const auto &[name, content] : given.members()) {
        Value header =
            Value::object({{"key", name}, {"value", content.isObject() ? content["value"] : content}});
        list.push(Value::object(
            {{std::string(kind), std::move(header)},
             {"append",
              content.isObject() && content["append"].isBool() ? content["append"] : Value(true)}}));
    }
    return list;
}

// One health check as Envoy writes it.
// isOfGo: the watcher's types have had it.
Value healthCheck(const Value &given, bool isOfGo)
{
    const auto or_ = [&](const Value &value, const char *fallback) {
        const auto made = isOfGo && value.isString() ? goDuration(value.text()) : std::nullopt;
        return value.isNull() ? Value(fallback) : made ? Value(*made) : value;
    };
    Value check = Value::object();
    check.set("timeout", or_(given["timeout"], "3s"));
    check.set("interval", or_(given["interval"], "5s"));
    check.set("healthy_threshold",
              given["healthy_threshold"].isNull() ? Value(1) : given["healthy_threshold"]);
    check.set("unhealthy_threshold",
              given["unhealthy_threshold"].isNull() ? Value(2) : given["unhealthy_threshold"]);
    const Value &http = given["health_check"]["http"];
    const Value &grpc = given["health_check"]["grpc"];
    if (grpc.isObject()) {
        Value &into =
            check.set("grpc_health_check", Value::object({{"service_name", grpc["upstream_name"]}}));
        if (!grpc["authority"].isNull())
            into.set("authority", grpc["authority"]);
    } else if (http.isObject()) {
        Value &into = check.set("http_health_check", Value::object({{"path", http["path"]}}));
        if (!http["hostname"].isNull())
            into.set("host", http["hostname"]);
        if (http["add_request_headers"].isObject())
            into.set("request_headers_to_add", checkHeaders(http["add_request_headers"], "header"));
        if (!http["remove_request_headers"].isNull())
            into.set("request_headers_to_remove", http["remove_request_headers"]);
        if (http["expected_statuses"].isArray()) {
            Value ranges = Value::array();
            for (const Value &range : http["expected_statuses"].items()) // Envoy's end is open
                ranges.push(
                    Value::object({{"start", range["min"]}, {"end", Value(range["max"].toInteger() + 1)}}));
            into.set("expected_statuses", std::move(ranges));
        }
    }
    return check;
}

// Emissary names those of an AuthService by their number, as nothing has looked at them.
std::string unnamedBreakers(std::size_t count)
{
    std::string names;
    for (std::size_t i = 0; i < count; ++i)
        names += "_cbu" + std::to_string(i);
    return names;
}

const Value &breakersOf(const UpstreamOptions &upstream)
{
    static const Value none;
    return upstream.circuitBreakers ? *upstream.circuitBreakers : none;
}

} // namespace

struct ClusterTable::Target
{
    ServiceName service;
    const ResolvedContext *context = nullptr;
    bool tls = false;
};

void ClusterTable::complain(const UpstreamOptions &upstream, std::string path, std::string why)
{
    m_complaints->push_back(
        {Diagnostic::Severity::Error, upstream.ref, std::move(path), std::move(why), false});
}

const Value &ClusterTable::option(const UpstreamOptions &upstream, std::string_view name) const
{
    const Value *own = upstream.spec ? upstream.spec->find(name) : nullptr;
    return own && !own->isNull() ? *own : m_context.module[name];
}

ClusterTable::Target ClusterTable::targetOf(const UpstreamOptions &upstream)
{
    Target target;
    target.service = parseTarget(upstream.service, serviceReading(m_context.rules));
    if (upstream.ignoresScheme && !target.service.scheme.empty()) {
        complain(upstream, "spec.service",
                 "the scheme of " + upstream.service + " is ignored: this is no HTTP");
        target.service.scheme.clear();
    }
    const std::string &name = upstream.tls.context;
    target.context = name.empty() ? nullptr : m_context.tls.usable(name);
    target.tls = target.context || upstream.tls.withoutCertificate || target.service.scheme == "https";
    return target;
}

std::string ClusterTable::fullName(const UpstreamOptions &upstream, const Target &target) const
{
    std::string name = "cluster_" + (upstream.marker.empty() ? "" : upstream.marker + "_") + upstream.service;
    if (target.tls)
        name += "_otls";
    const std::string &scheme = target.service.scheme;
    if (target.tls && scheme != "http" && scheme != "https") // an unknown one is as good as none
        name += "_" + (target.context ? upstream.tls.context : std::string("no-cert-upstream"));
    if (target.tls && !upstream.hostRewrite.empty())
        name += "_hr-" + upstream.hostRewrite;
    name += "_" + upstream.nameSpace
        + (upstream.breakersUnchecked ? unnamedBreakers(breakersOf(upstream).items().size())
                                      : breakerNames(breakersOf(upstream)));
    name += balancerName(balancerOf(upstream));
    return plainName(name);
}

std::string ClusterTable::clusterFor(const UpstreamOptions &upstream)
{
    const Target target = targetOf(upstream);
    const std::string &context = upstream.tls.context;
    if (!context.empty() && !target.context)
        complain(upstream, "spec.tls",
                 "TLSContext " + context
                     + (m_context.tls.find(context) ? " cannot be used" : " is not defined")
                     + "; TLS is not originated with it");
    if ((target.context || upstream.tls.withoutCertificate) && target.service.scheme == "http")
        complain(upstream, "spec.tls",
                 (target.context ? "TLSContext " + context : std::string("tls: true"))
                     + " is used although service " + upstream.service + " says http");
    const std::string &scheme = target.service.scheme;
    if (!scheme.empty() && scheme != "http" && scheme != "https")
        complain(upstream, "spec.service",
                 "service " + upstream.service + " has unknown scheme " + scheme + "; http is assumed");
    if (!upstream.isServiceTold && (target.service.host.empty() || !target.service.problem.empty()))
        complain(upstream, "spec.service",
                 "service " + upstream.service + " cannot be used: "
                     + (target.service.problem.empty() ? "it has no hostname" : target.service.problem)
                     + outcomeOf(target.service));
    tellEndpointsOff(upstream, target.service.host);
    std::string name = fullName(upstream, target);
    if (const auto found = m_clusters.find(name); found != m_clusters.end()) {
        keepOther(found->second, upstream, target);
    } else {
        MadeCluster made;
        m_complaints = &made.diagnostics;
        m_askedService.clear();
        made.cluster = make(upstream, target);
        made.service = m_askedService;
        m_complaints = &m_context.diagnostics;
        made.cluster.name = name;
        m_clusters.emplace(name, std::move(made));
    }
    return name;
}

void ClusterTable::keepOther(MadeCluster &made, const UpstreamOptions &upstream, const Target &target)
{
    if (upstream.ref == made.cluster.source)
        return;
    std::vector<Diagnostic> said; // with the cluster that is used, if it is true of that
    m_complaints = &said;
    Cluster other = make(upstream, target);
    m_complaints = &m_context.diagnostics;
    other.name = made.cluster.name;
    ResourceRef source = std::exchange(other.source, made.cluster.source);
    const bool isEqual = other == made.cluster;
    other.source = std::move(source);
    if (!isEqual)
        made.others.push_back(std::move(other));
}

Cluster ClusterTable::make(const UpstreamOptions &upstream, const Target &target)
{
    Cluster cluster;
    cluster.tls = target.tls;
    cluster.tlsContext = target.context ? upstream.tls.context : "";
    cluster.host = target.service.host.empty() ? "unknown" : target.service.host;
    cluster.port = target.service.port != 0 ? target.service.port : target.tls ? 443 : 80;
    cluster.http2 = upstream.grpc;
    cluster.source = upstream.ref;
    const std::size_t mark = upstream.service.find("://");
    const std::string address =
        mark == std::string::npos ? upstream.service : upstream.service.substr(mark + 3);
    if (m_context.rules.newClusterFields)
        cluster.statName = !upstream.statName.empty() ? upstream.statName : plainName(address);
    setOptions(cluster, upstream);
    setDiscovery(cluster, upstream);
    return cluster;
}

void ClusterTable::setOptions(Cluster &cluster, const UpstreamOptions &upstream) const
{
    static const Value nothing;
    const Value &spec = upstream.spec ? *upstream.spec : nothing;
    cluster.connectTimeoutMs = saturated(spec["connect_timeout_ms"].toInteger(3000));
    const auto milliseconds = [&](std::string_view field) { // 0 is as good as nothing said
        const std::int64_t own = spec[field].toInteger();
        const std::int64_t used = own != 0 ? own : m_context.module[field].toInteger();
        return used != 0 ? std::optional(int(used)) : std::nullopt;
    };
    cluster.idleTimeoutMs = milliseconds("cluster_idle_timeout_ms");
    if (m_context.rules.newClusterFields)
        cluster.maxConnectionMs = milliseconds("cluster_max_connection_lifetime_ms");
    const Value &ipv4 = option(upstream, "enable_ipv4"); // of a Module any value
    cluster.ipv4 = ipv4.isNull() || isTruthy(ipv4);
    cluster.ipv6 = isTruthy(option(upstream, "enable_ipv6"));
    for (const Value &given : breakersOf(upstream).items()) {
        CircuitBreaker breaker;
        breaker.priority = given["priority"].isNull() ? "DEFAULT" : upper(given["priority"].text());
        breaker.maxConnections = wholeNumber(given["max_connections"]);
        breaker.maxPendingRequests = wholeNumber(given["max_pending_requests"]);
        breaker.maxRequests = wholeNumber(given["max_requests"]);
        breaker.maxRetries = wholeNumber(given["max_retries"]);
        cluster.circuitBreakers.push_back(breaker);
    }
    const bool hasOwn = !spec["keepalive"].isNull();
    if (const Value &keepalive = option(upstream, "keepalive");
        keepalive.isObject() && (hasOwn || !m_context.module.isWrong))
        cluster.keepalive =
            Keepalive{hasOwn && !upstream.keepaliveTime ? std::nullopt : wholeNumber(keepalive["time"]),
                      wholeNumber(keepalive["interval"]), wholeNumber(keepalive["probes"])};
    if (const Value &balancer = balancerOf(upstream); balancer.isObject())
        cluster.lbPolicy = upper(balancer["policy"].text());
}

void ClusterTable::setDiscovery(Cluster &cluster, const UpstreamOptions &upstream)
{
    const bool endpoints = upstream.resolver.kind == Resolver::Kind::Endpoints;
    if (m_context.rules.newClusterFields && upstream.spec) {
        if (upper((*upstream.spec)["dns_type"].text()) == "LOGICAL_DNS")
            cluster.discovery = Cluster::Discovery::LogicalDns;
        cluster.respectDnsTtl = (*upstream.spec)["respect_dns_ttl"].toBool(); // whatever the Module says
    }
    if (upstream.resolver.kind == Resolver::Kind::Service || isIpAddress(cluster.host))
        return;
    if (m_context.rules.endpointsInCluster) {
        if (endpoints)
            setEndpoints(cluster, upstream);
        return;
    }
    cluster.discovery = Cluster::Discovery::Endpoints;
    if (endpoints) {
        const ServiceScope scope{
            upstream.nameSpace,
            m_context.options.ambassadorNamespace,
            true,
            isTruthy(m_context.module["use_ambassador_namespace_for_service_resolution"]),
            {}};
        const EndpointName name = endpointName(cluster.host, scope); // also of a service that cannot be read
        cluster.edsName = "k8s/" + name.nameSpace + "/" + name.service + "/" + std::to_string(cluster.port);
    } else {
        cluster.edsName = "consul/" + upstream.resolver.datacenter + "/" + cluster.host;
    }
    if (m_context.rules.healthChecks && upstream.spec && (*upstream.spec)["health_checks"].isArray()) {
        cluster.healthChecks = Value::array();
        for (const Value &check : (*upstream.spec)["health_checks"].items())
            cluster.healthChecks.push(healthCheck(check, m_context.options.admitted));
    }
}

// To each that asks, whoever made the cluster.
void ClusterTable::tellEndpointsOff(const UpstreamOptions &upstream, const std::string &host)
{
    static constexpr const char *off = "endpoint routing is switched off (AMBASSADOR_DISABLE_ENDPOINTS); ";
    if (!endpointsAreOff())
        return;
    if (m_context.rules.endpointsInCluster) {
        if (upstream.resolver.kind == Resolver::Kind::Endpoints && !isIpAddress(host))
            complain(upstream, "spec.resolver", off + upstream.service + " is looked up by DNS");
    } else if (option(upstream, "load_balancer").isObject()) {
        complain(upstream, "spec.load_balancer", off + ("load_balancer is not used for " + upstream.service));
    }
}

bool ClusterTable::endpointsAreOff() const
{
    const auto off = m_context.options.environment.find("AMBASSADOR_DISABLE_ENDPOINTS");
    return off != m_context.options.environment.end() && !off->second.empty();
}

// Its own, which only an endpoint resolver's Mapping can have, or the Module's, which counts for every resolver.
const Value &ClusterTable::balancerOf(const UpstreamOptions &upstream) const
{
    static constexpr std::array<std::string_view, 4> known{"round_robin", "least_request", "ring_hash",
                                                           "maglev"};
    static const Value none;
    const Value &balancer = option(upstream, "load_balancer");
    const bool usable = std::find(known.begin(), known.end(), balancer["policy"].text()) != known.end();
    return usable && !endpointsAreOff() ? balancer : none;
}

// 1.x: the addresses of the Endpoints object that stand behind the Service's port.
void ClusterTable::setEndpoints(Cluster &cluster, const UpstreamOptions &upstream)
{
    if (endpointsAreOff() || !m_context.options.endpointsRead)
        return;
    const ServiceScope scope{upstream.nameSpace,
                             m_context.options.ambassadorNamespace,
                             true,
                             isTruthy(m_context.module["use_ambassador_namespace_for_service_resolution"]),
                             {}};
    const EndpointName name = endpointName(upstream.service, scope);
    m_askedService = name.service + "." + name.nameSpace;
    const auto found = m_context.input.services.find(m_askedService);
    if (found != m_context.input.services.end() && found->second.spec && found->second.endpoints) {
        for (const Value &port : (*found->second.spec)["ports"].items()) {
            if (port["port"].toInteger() != cluster.port)
                continue;
            for (const Value &subset : (*found->second.endpoints)["subsets"].items()) {
                for (const Value &target : subset["ports"].items()) {
                    const bool same =
                        subset["ports"].items().size() == 1 || target["name"].text() == port["name"].text();
                    for (const Value &address : same ? subset["addresses"].items() : Value::Array())
                        cluster.endpoints.push_back(
                            {address["ip"].text(), std::uint16_t(target["port"].toInteger())});
                }
            }
        }
    }
    if (cluster.endpoints.empty())
        complain(upstream, "spec.service",
                 "no endpoints found for " + upstream.service + ", port " + std::to_string(cluster.port)
                     + "; it is looked up by DNS");
}

bool ClusterTable::addEndpoint(const std::string &name, const UpstreamOptions &upstream)
{
    const auto found = m_clusters.find(name);
    if (found == m_clusters.end())
        return false;
    Cluster &cluster = found->second.cluster;
    const Target target = targetOf(upstream);
    if (target.tls != cluster.tls || (target.context ? upstream.tls.context : "") != cluster.tlsContext
        || upstream.grpc != cluster.http2)
        return false;
    if (cluster.endpoints.empty())
        cluster.endpoints.push_back({cluster.host, cluster.port});
    const std::string &host = target.service.host;
    cluster.endpoints.push_back(
        {host.empty() ? "unknown" : host,
         target.service.port != 0 ? target.service.port : std::uint16_t(cluster.tls ? 443 : 80)});
    return true;
}

bool ClusterTable::startsTls(const std::string &cluster) const
{
    const auto found = m_clusters.find(cluster);
    return found != m_clusters.end() && found->second.cluster.tls;
}

std::string ClusterTable::authorityOf(const UpstreamOptions &upstream) const
{
    const ServiceName service = parseTarget(upstream.service, serviceReading(m_context.rules));
    const int port = service.port != 0 ? service.port : service.scheme == "https" ? 443 : 80;
    return (service.host.empty() ? "None" : service.host) + ":"
        + std::to_string(port); // Python's word for nothing
}

bool isLongClusterName(std::string_view name) { return name.size() > LongestName; }

std::map<std::string, std::string> shortClusterNames(const std::vector<std::string_view> &names,
                                                     const Rules &rules)
{
    std::map<std::string, std::string> shortened;
    std::map<std::string, int> used;            // of the first characters
    for (const std::string_view name : names) { // in the order in which the numbers are given
        if (!isLongClusterName(name))
            continue;
        const std::string full(name);
        std::string stem = full.substr(0, ShortStem);
        if (rules.hashedLongNames)
            stem += "-" + hashOf(full);
        const int number = used[stem]++;
        shortened.emplace(full, stem + "-" + std::to_string(number));
    }
    return shortened;
}

} // namespace edge
