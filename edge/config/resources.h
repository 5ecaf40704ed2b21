// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// getambassador.io objects as typed values.  Reading never fails: a field of the wrong type reads as absent and leaves a Diagnostic;
// only an object without its required fields is dropped (facts ambassador-1.11.md, "Input").
#include "edge/config.h"
#include "edge/value.h"

#include <set>

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

struct MappingResource
{
    ResourceRef ref;
    std::string prefix, service;
    bool prefixRegex = false, prefixExact = false;
    std::optional<bool> caseSensitive;
    std::string host; // "" none
    bool hostRegex = false;
    std::vector<FieldMatch> headers, queryParameters; // with :authority and :method at the end of headers
    std::optional<int> weight;
    int precedence = 0;
    TlsChoice tls;
    std::optional<std::string> rewrite; // absent: "/"
    std::optional<RegexRewrite> regexRewrite;
    std::optional<int> timeoutMs, idleTimeoutMs, connectTimeoutMs;
    std::string hostRewrite;
    bool autoHostRewrite = false;
    bool hostRedirect = false;
    Redirect redirect; // its paths and code, if hostRedirect
    bool shadow = false;
    bool grpc = false;
    std::string priority;
    std::vector<HeaderToAdd> requestHeadersToAdd, responseHeadersToAdd;
    std::vector<std::string> requestHeadersToRemove, responseHeadersToRemove;
    std::optional<RetryPolicy> retryPolicy;
    std::optional<CorsPolicy> cors;
    std::vector<std::string> upgrades;
};

struct TlsContextResource
{
    TlsContext context;
    std::vector<std::string> hosts;
    std::string secret, caSecret; // as written
    std::optional<bool> secretNamespacing;
    int redirectCleartextFrom = 0;
};

enum class InsecureAction { Route, Redirect, Reject };

struct HostResource
{
    ResourceRef ref;
    std::string hostname;
    std::string tlsSecret;   // "" none
    std::string tlsContext;  // name of an existing context; "" none
    InsecureAction insecureAction = InsecureAction::Redirect;
    std::optional<int> additionalPort;
};

struct ModuleResource // of name "ambassador"
{
    std::optional<int> servicePort;
    bool forwardedProtoRedirect = false;
    bool ambassadorNamespaceForServices = false;
    bool secretNamespacing = true;
    std::optional<RetryPolicy> retryPolicy;
    std::optional<CorsPolicy> cors;
};

struct Resources // in Emissary's order: by name.namespace, as plain strings
{
    std::vector<MappingResource> mappings;
    std::vector<TlsContextResource> tlsContexts;
    std::vector<HostResource> hosts;
    ModuleResource module;
    std::set<std::string> secrets; // NAME.NAMESPACE of those with certificate and key
    std::set<std::string> caSecrets;
    std::vector<Diagnostic> diagnostics;
};

struct ResourceFilter
{
    std::string ambassadorId, ambassadorNamespace;
    bool singleNamespace = false;
    bool readsV3alpha1 = false; // the 1.x line does not fetch it
};
// Objects, and the objects in getambassador.io/config annotations of Services.
Resources readResources(std::span<const Value> objects, const ResourceFilter &filter);

} // namespace edge
