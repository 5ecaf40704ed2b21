// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the edge can be told, as plain values: the compiled form of the getambassador.io resources of one installation.
// Field names and the order of things are Envoy's (listener → filter chain → virtual host → route → cluster), so that
// an export to real Envoy is a rewriting and nothing else.
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
    std::string name;  // of the header (":authority", ":method" included) or query parameter
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
    bool operator==(const RetryPolicy &) const = default;
};

struct CorsPolicy
{
    std::vector<std::string> origins;
    std::string methods, headers, exposedHeaders, maxAge;
    std::optional<bool> credentials;
    bool operator==(const CorsPolicy &) const = default;
};

struct Route
{
    PathMatch path;
    std::vector<ValueMatch> headers;
    std::vector<ValueMatch> queryParameters;
    std::optional<unsigned> runtimeNumerator; // of 100, cumulative within the group (canary)

    std::optional<Redirect> redirect;         // else: forward to cluster
    std::string cluster;
    std::optional<std::string> prefixRewrite; // absent: the path stays
    std::optional<RegexRewrite> regexRewrite;
    std::string hostRewrite;
    bool autoHostRewrite = false;
    int timeoutMs = 3000;                     // 0: none
    std::optional<int> idleTimeoutMs;
    std::vector<HeaderToAdd> requestHeadersToAdd, responseHeadersToAdd;
    std::vector<std::string> requestHeadersToRemove, responseHeadersToRemove;
    std::optional<RetryPolicy> retryPolicy;
    std::optional<CorsPolicy> cors;
    std::string priority;
    std::vector<std::string> upgrades;        // "websocket"
    std::string mirrorCluster;                // shadow; "" none
    unsigned mirrorNumerator = 100;

    ResourceRef mapping;                      // who made this route; kind "" for the edge's own
    std::string groupId;
    bool operator==(const Route &) const = default;
};

struct VirtualHost
{
    std::string name;
    std::vector<std::string> domains;
    std::vector<Route> routes; // in match order
    ResourceRef host;          // the Host or TLSContext behind it; kind "" for a default one
    bool operator==(const VirtualHost &) const = default;
};

struct FilterChain
{
    bool tls = false;                     // transport_protocol tls
    std::vector<std::string> serverNames; // SNI; empty: any
    std::string tlsContext;               // key into Config::tlsContexts; "" when not tls
    std::vector<VirtualHost> virtualHosts;
    bool operator==(const FilterChain &) const = default;
};

struct Listener
{
    std::string name;
    std::string address = "0.0.0.0";
    std::uint16_t port = 8080;
    std::vector<FilterChain> chains;
    ResourceRef listener; // kind "" where there is no Listener (compat v1)
    bool operator==(const Listener &) const = default;
};

// Keys and certificates by reference to a secret: the material itself travels in SecretStore, never in the configuration.
struct TlsContext
{
    std::string name;
    ResourceRef source;
    std::string secret;   // NAME.NAMESPACE of the certificate; "" none
    std::string caSecret; // NAME.NAMESPACE of trusted CAs; "" none: the peer is not verified
    bool certRequired = false;
    std::string alpnProtocols; // "h2,http/1.1", "istio"; "" none
    std::string minTlsVersion, maxTlsVersion; // v1.0 … v1.3; "" default
    std::vector<std::string> cipherSuites, ecdhCurves;
    std::string sni; // upstream only
    bool operator==(const TlsContext &) const = default;
};

struct Cluster
{
    std::string name;
    std::string host; // DNS name as dialled: quote, quote.default, 10.96.0.7
    std::uint16_t port = 80;
    bool tls = false;
    std::string tlsContext; // key into Config::tlsContexts; "" with tls: no client certificate
    int connectTimeoutMs = 3000;
    std::string lbPolicy = "ROUND_ROBIN";
    bool http2 = false;
    ResourceRef source; // first Mapping that asked for it
    bool operator==(const Cluster &) const = default;
};

struct Diagnostic // what the compiler has to say about an object
{
    enum class Severity { Notice, Error };
    Severity severity = Severity::Error;
    ResourceRef object;
    std::string path;    // spec.tls
    std::string message;
    bool dropped = false; // the object takes no part in the configuration
    bool operator==(const Diagnostic &) const = default;
};

struct Config
{
    std::vector<Listener> listeners;
    std::map<std::string, Cluster> clusters;
    std::map<std::string, TlsContext> tlsContexts;
    std::vector<Diagnostic> diagnostics;
    bool operator==(const Config &) const = default;
};

} // namespace edge
