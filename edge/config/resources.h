// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// getambassador.io objects as typed values.  Reading never fails: a field of the wrong type reads as absent.
#include "edge/config/objects.h"
#include "edge/config/service_name.h"

#include <cstdint>

namespace edge {

struct FieldMatch // of a header or query parameter, as the Mapping says it
{
    std::string name;
    std::optional<std::string> value; // absent: presence
    bool regex = false;
    bool operator==(const FieldMatch &) const = default;
};

struct TlsChoice // Mapping's tls: a context's name, or TLS without a client certificate
{
    std::string context;
    bool withoutCertificate = false;
};

struct Resolver
{
    enum class Kind { Service, Endpoints, Consul };
    Kind kind = Kind::Service;
    std::string name, datacenter;
};

// What a cluster needs to know of a Mapping, TCPMapping or service; fields absent here are the Module's.
struct UpstreamOptions
{
    ResourceRef ref;
    std::string nameSpace;
    std::string service;        // qualified (service_name.h)
    bool isServiceTold = false; // that nothing can be reached there
    std::string marker;         // cluster_tag, "shadow", "extauth" …
    TlsChoice tls;
    std::string hostRewrite, statName;
    const Value *spec = nullptr;            // load_balancer, keepalive, health_checks, timeouts, dns_type,
                                            // enable_ipv4 …; nullptr: all as the Module says
    const Value *circuitBreakers = nullptr; // its own, else the Module's; nullptr none
    bool breakersUnchecked = false;         // an AuthService's own
    Resolver resolver;
    bool grpc = false;
    bool ignoresScheme = false; // 1.x: a TCPMapping's service
    bool keepaliveTime =
        true; // keepalive.time counts: the CRDs have idle_time, which the compiler does not read
};

struct MappingResource
{
    UpstreamOptions upstream;
    std::string name; // unique; NAME.NAMESPACE if another namespace has it too
    const Value *spec = nullptr;
    const Value *labels = nullptr; // of the metadata
    std::string prefix;
    bool prefixRegex = false, prefixExact = false;
    std::optional<bool> caseSensitive;
    std::string host; // "" none
    bool hostRegex = false;
    std::vector<FieldMatch> headers, queryParameters; // with :authority and :method at the end of headers
    std::optional<std::int64_t> weight;
    std::int64_t precedence = 0;
    bool hostRedirect = false, shadow = false;
    Redirect redirect;                  // its paths and code, if hostRedirect
    std::optional<std::string> rewrite; // absent: "/"
    std::optional<RegexRewrite> regexRewrite;
    std::optional<RetryPolicy> retryPolicy;
    std::optional<CorsPolicy> cors;
    bool own = false; // one of the edge's probes
    bool emptyMasks =
        false; // an empty map or list hides the Module's defaults (else the watcher has dropped it)

    const Value &field(std::string_view key) const { return (*spec)[key]; }
};

struct TcpMappingResource
{
    UpstreamOptions upstream;
    std::string name;
    std::string host, address; // "" any
    int port = 0;
    std::optional<std::int64_t> weight;
    const Value *spec = nullptr;
};

struct TlsContextResource
{
    TlsContext context;
    std::vector<std::string> hosts;
    std::string secret, caSecret, crlSecret; // as written
    std::string hostSecret;                  // NAME.NAMESPACE, from a Host's tlsSecret; stands for secret
    std::optional<bool> secretNamespacing;
    int redirectCleartextFrom = 0;
    bool saysCertRequired = false; // cert_required, be it true or false
    bool ofModule = false;
};

enum class InsecureAction { Route, Redirect, Reject };

struct HostResource
{
    ResourceRef ref;
    std::string name;                          // unique; NAME.NAMESPACE if another namespace has it too
    std::string hostname;                      // "*" by default
    std::string tlsSecret, tlsSecretNamespace; // "" none
    std::string tlsSecretWritten;              // as a TLSContext would name it: NAME or NAME.NAMESPACE
    std::string tlsContext;                    // name of an existing context; "" none
    const Value *tls = nullptr;                // inline
    InsecureAction insecureAction = InsecureAction::Redirect;
    bool saysInsecure = false; // the action
    std::optional<int> additionalPort;
    const Value *labels = nullptr;
    const Value *selector = nullptr; // matchLabels of the Mappings it takes; nullptr: none said
    bool acme = false;               // a certificate authority is named
    std::string acmeSecret;          // of the account's key; "" none
    bool isOfIngress = false;
};

struct ListenerResource
{
    ResourceRef ref;
    std::string name; // unique; NAME.NAMESPACE if another namespace has it too
    const Value *spec = nullptr;
};

struct ServiceResource // AuthService, RateLimitService, TracingService, LogService
{
    ResourceRef ref;
    const Value *spec = nullptr;
    std::string place =
        "spec."; // where that stands: "spec.config." of a Module authentication, an AuthService of old
};

struct ModuleResource // of name "ambassador"
{
    ResourceRef ref;
    bool present = false;
    Value config = Value::object();
    bool secretNamespacing = true;  // as the compiler takes it
    bool watcherNamespacing = true; // as the part that hands secrets over takes it
    std::optional<RetryPolicy> retryPolicy;
    std::optional<CorsPolicy> cors;
    bool isWrong = false; // an error is said of a setting: its keepalive counts for nobody
    const Value &operator[](std::string_view name) const { return config[name]; }
    // Module defaults.httpmapping.NAME, then defaults.NAME; null if neither.
    const Value &mappingDefault(std::string_view name) const;
};

struct Resources // all but the Mappings, in Emissary's order: by name.namespace, as plain strings
{
    ModuleResource module;
    std::vector<TcpMappingResource> tcpMappings;
    std::vector<TlsContextResource> tlsContexts;
    std::vector<HostResource> hosts;
    std::vector<ListenerResource> listeners;
    std::vector<ServiceResource> authServices, rateLimitServices, tracingServices, logServices;
    std::map<std::string, Resolver> resolvers;
    std::vector<Diagnostic> diagnostics;
};

Resources readResources(Input &input, const CompileOptions &options, const Rules &rules);

int regexMaxSize(const ModuleResource &module); // the RE2 program that Envoy takes at most

std::vector<std::string> textsOf(const Value &value); // a list, or one text
std::optional<int> integerOf(const Value &value);
// As Python's int() reads it: 5, 5.7 (without its fraction), "5", "-5"; absent: anything else.
std::optional<std::int64_t> wholeNumber(const Value &value);

} // namespace edge
