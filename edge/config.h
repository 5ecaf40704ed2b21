// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the edge can be told, as plain values: the compiled form of the getambassador.io resources of one
// installation. Field names and the order of things are Envoy's (listener → filter chain → virtual host →
// route → cluster), so that an export to real Envoy is a rewriting and nothing else.
#include "edge/shared_list.h"
#include "edge/value.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace edge {

struct ResourceRef // which object said so
{
    std::string kind;
    std::string name;
    std::string nameSpace;
    bool operator==(const ResourceRef &) const = default;
};

struct PathMatch
{
    enum class Kind { Prefix, Exact, Regex };
    Kind kind = Kind::Prefix;
    std::string value = "/";
    bool caseSensitive = true;
    bool operator==(const PathMatch &) const = default;
};

struct ValueMatch
{
    enum class Kind { Exact, Prefix, Suffix, Regex, Present };
    Kind kind = Kind::Exact;
    std::string name; // of the header (":authority", ":method" included) or query parameter
    std::string value;
    bool operator==(const ValueMatch &) const = default;
};

struct HeaderToAdd
{
    std::string name;
    std::string value; // with Envoy's %COMMANDS%
    bool append = true;
    bool operator==(const HeaderToAdd &) const = default;
};

struct RegexRewrite
{
    std::string pattern;
    std::string substitution;
    bool operator==(const RegexRewrite &) const = default;
};

struct Redirect
{
    bool httpsRedirect = false;
    std::string host;
    std::string path;
    std::string prefixRewrite;
    std::optional<RegexRewrite> regexRewrite;
    int status = 301;
    bool operator==(const Redirect &) const = default;
};

struct RetryPolicy
{
    std::string retryOn;
    int numRetries = 1;
    std::optional<int> perTryTimeoutMs;
    bool hasNumRetries = false;     // the number was said
    std::string perTryTimeout = {}; // as written: "0.5s"
    bool operator==(const RetryPolicy &) const = default;
};

struct CorsPolicy
{
    std::vector<std::string> origins;
    std::string methods, headers, exposedHeaders, maxAge;
    std::optional<bool> credentials;
    bool operator==(const CorsPolicy &) const = default;
};

struct HashPolicy // what keeps one client at one endpoint
{
    enum class Kind { Cookie, Header, SourceIp };
    Kind kind = Kind::SourceIp;
    std::string name;                     // of the cookie or header
    std::optional<std::string> path, ttl; // of the cookie: Envoy makes one when ttl is given
    bool operator==(const HashPolicy &) const = default;
};

struct RateLimit // one descriptor: its actions as Envoy writes them
{
    int stage = 0;
    std::vector<Value> actions;
    bool operator==(const RateLimit &) const = default;
};

struct Route
{
    PathMatch path;
    std::vector<ValueMatch> headers;
    std::vector<ValueMatch> queryParameters;
    // Of 100, cumulative within the group (canary); below 0 or beyond 32 bits, which Envoy refuses, where the weights
    // are.
    std::optional<std::int64_t> runtimeNumerator;

    std::optional<Redirect> redirect; // else: forward to cluster
    std::string cluster;
    std::optional<std::string> prefixRewrite; // absent: the path stays
    std::optional<RegexRewrite> regexRewrite;
    std::string hostRewrite;
    bool autoHostRewrite = false;
    int timeoutMs = 3000; // 0: none
    std::optional<int> idleTimeoutMs;
    std::vector<HeaderToAdd> requestHeadersToAdd, responseHeadersToAdd;
    std::vector<std::string> requestHeadersToRemove, responseHeadersToRemove;
    std::optional<RetryPolicy> retryPolicy;
    std::optional<CorsPolicy> cors;
    std::string priority;
    std::vector<std::string> upgrades;  // "websocket"
    std::string mirrorCluster;          // shadow; "" none
    std::int64_t mirrorNumerator = 100; // of 100, the same
    std::vector<HashPolicy> hashPolicies;
    std::vector<RateLimit> rateLimits;
    bool authDisabled = false;                      // the AuthService is not asked
    std::map<std::string, std::string> authContext; // told to the AuthService
    Value errorResponses; // response_map of this route, as Envoy writes it; null none

    ResourceRef mapping; // who made this route; kind "" for the edge's own
    std::string groupId;
    bool operator==(const Route &) const = default;
};

struct VirtualHost
{
    std::string name;
    std::vector<std::string> domains;
    SharedList<Route> routes; // in match order
    ResourceRef host;         // the Host or TLSContext behind it; kind "" for a default one
    bool operator==(const VirtualHost &) const = default;
};

struct WeightedCluster
{
    std::string cluster;
    std::int64_t weight = 100; // Envoy takes no less than 1 and no more than 32 bits
    bool operator==(const WeightedCluster &) const = default;
};

struct FilterChain // virtualHosts, or tcpClusters
{
    std::string name;
    bool tls = false;                     // transport_protocol tls
    std::vector<std::string> serverNames; // SNI; empty: any
    std::string tlsContext;               // key into Config::tlsContexts; "" when not tls
    std::vector<VirtualHost> virtualHosts;
    std::vector<WeightedCluster> tcpClusters;
    ResourceRef source; // the TCPMapping behind tcpClusters
    bool operator==(const FilterChain &) const = default;
};

struct HttpOptions // of Envoy's HTTP connection manager
{
    std::string statPrefix = "ingress_http";
    std::string serverName = "envoy";
    bool useRemoteAddress = true;
    int trustedHops = 0; // xff_num_trusted_hops
    bool acceptHttp10 = false, properCase = false, preserveExternalRequestId = false;
    bool mergeSlashes = false, rejectEscapedSlashes = false, stripMatchingHostPort = false;
    bool http3 = false; // of a UDP listener, and of the TCP one beside it, which tells clients of it
    // As Envoy 1.40 and not those before: each line of a header is compared alone, ..; in a path is .., QUERY is a method.
    bool isNewestEnvoy = false;
    std::optional<int> maxConcurrentStreams; // of HTTP/2
    std::optional<bool> allowChunkedLength, generateRequestId;
    std::optional<int> idleTimeoutMs, maxRequestHeadersKb;
    std::string headersWithUnderscores;  // REJECT_REQUEST, DROP_HEADER; "" allow
    std::string forwardClientCert;       // SANITIZE_SET …; "" Envoy's default
    Value clientCertDetails;             // set_current_client_cert_details
    std::vector<std::string> headerCase; // header_case_overrides
    Value tracing;                       // null: off
    Value tracer;                        // the provider of tracing; null: none that an Envoy of today knows
    bool operator==(const HttpOptions &) const = default;
};

struct Listener
{
    std::string name;
    std::string address = "0.0.0.0";
    std::uint16_t port = 8080;
    bool udp = false;
    bool proxyProtocol = false, tlsInspector = false;
    bool tlsBeforeProxy = false;    // order of the two
    std::optional<int> bufferLimit; // per connection, bytes
    std::vector<FilterChain> chains;
    HttpOptions http;
    ResourceRef listener; // kind "" where there is no Listener (compat v1)
    bool operator==(const Listener &) const = default;
};

// Keys and certificates by reference to a secret: the material itself travels in SecretStore, never in the
// configuration.
struct TlsContext
{
    std::string name;
    ResourceRef source;
    std::string secret;   // NAME.NAMESPACE of the certificate; "" none
    std::string caSecret; // NAME.NAMESPACE of trusted CAs; "" none: the peer is not verified
    bool ownRoot = false; // caSecret is secret, of which the root beside the certificate is trusted
    bool certRequired = false;
    std::string alpnProtocols;                // "h2,http/1.1", "istio"; "" none
    std::string minTlsVersion, maxTlsVersion; // v1.0 … v1.3; "" default
    std::vector<std::string> cipherSuites, ecdhCurves;
    std::string sni;                                // upstream only
    std::string certFile, keyFile, caFile, crlFile; // paths on the edge's own disk, where no secret is named
    std::string crlSecret;
    bool operator==(const TlsContext &) const = default;
};

struct CircuitBreaker
{
    std::string priority = "DEFAULT";
    std::optional<std::int64_t> maxConnections, maxPendingRequests, maxRequests, maxRetries;
    bool operator==(const CircuitBreaker &) const = default;
};

struct Keepalive
{
    std::optional<std::int64_t> time, interval, probes;
    bool operator==(const Keepalive &) const = default;
};

struct UpstreamAddress
{
    std::string host;
    std::uint16_t port = 80;
    bool operator==(const UpstreamAddress &) const = default;
};

struct Cluster
{
    enum class Discovery { StrictDns, LogicalDns, Endpoints }; // Endpoints: edsName tells which
    std::string name;
    std::string host; // DNS name as dialled: quote, quote.default, 10.96.0.7
    std::uint16_t port = 80;
    bool tls = false;
    std::string tlsContext; // key into Config::tlsContexts; "" with tls: no client certificate
    int connectTimeoutMs = 3000;
    std::string lbPolicy = "ROUND_ROBIN";
    bool http2 = false;
    Discovery discovery = Discovery::StrictDns;
    std::string edsName;                    // k8s/NAMESPACE/SERVICE/PORT, consul/DATACENTER/SERVICE
    std::vector<UpstreamAddress> endpoints; // where host and port are not the only one
    std::string statName;
    bool ipv4 = true, ipv6 = false;
    bool respectDnsTtl = false;
    std::vector<CircuitBreaker> circuitBreakers;
    std::optional<Keepalive> keepalive;
    std::optional<int> idleTimeoutMs, maxConnectionMs;
    Value healthChecks; // as Envoy writes them; null none
    ResourceRef source; // first Mapping that asked for it
    // What its counters and %UPSTREAM_CLUSTER% call it: Envoy's alt_stat_name, else its name.
    const std::string &observedName() const { return statName.empty() ? name : statName; }
    bool operator==(const Cluster &) const = default;
};

struct Diagnostic // what the compiler has to say about an object
{
    enum class Severity { Notice, Error };
    Severity severity = Severity::Error;
    ResourceRef object;
    std::string path; // spec.tls
    std::string message;
    bool dropped = false; // the object takes no part in the configuration
    bool operator==(const Diagnostic &) const = default;
};

struct ObjectSource // where an object stands
{
    ResourceRef
        holder; // whose annotation it stands in, or the Ingress that it is made of; kind "": it is one of its own
    bool isMade = false; // of an Ingress
    bool operator==(const ObjectSource &) const = default;
};

// Another of its kind, name and namespace has taken its place: it is as good as not there.
struct ReplacedObject
{
    ResourceRef object;
    ObjectSource source, by;
    bool operator==(const ReplacedObject &) const = default;
};

// Mappings that answer the same requests and share them by weight, in match order.
struct GroupInfo
{
    struct Member
    {
        ResourceRef mapping;
        std::optional<std::int64_t> weight; // as written
        std::optional<std::int64_t>
            share; // cumulative, of 100; absent where the weights could not be shared out (1.x)
        std::string service, cluster;
        bool operator==(const Member &) const = default;
    };
    std::string id; // SHA-1
    std::string name;
    bool tcp = false;
    int port = 0; // of a TCPMapping
    std::string host;
    std::string prefix;
    std::int64_t precedence = 0;
    std::vector<Value> order; // what groups are sorted by
    std::vector<ValueMatch> headers, queryParameters;
    std::string redirect; // name of the host_redirect Mapping; "" none
    std::vector<std::string> shadows;
    std::vector<Member> members;
    bool operator==(const GroupInfo &) const = default;
};

struct HttpFilter
{
    std::string name;
    Value config; // typed_config as Envoy reads it; null none
    bool operator==(const HttpFilter &) const = default;
};

struct Config
{
    std::vector<Listener> listeners;
    SharedList<GroupInfo> groups;
    std::vector<HttpFilter> httpFilters; // of every HTTP listener, in order
    // The AuthService for whose faults every request but those of the edge's own probes is answered by 500; kind "": none.
    ResourceRef brokenAuth;
    std::vector<Value> accessLogs; // as Envoy writes them
    int regexMaxSize = 200;        // RE2 program size that is refused above
    bool stdRegex = false;         // regex_type unsafe (1.x, 2.x): std::regex in Envoy; we match by RE2
    SharedMap<Cluster> clusters;
    std::map<std::string, TlsContext> tlsContexts;
    std::vector<Diagnostic> diagnostics;
    std::vector<ReplacedObject> replaced;
    bool operator==(const Config &) const = default;
};

} // namespace edge
