// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/services.h"

#include "edge/config/access_log.h"
#include "edge/config/auth_services.h"
#include "edge/config/envoy_limits.h"
#include "edge/config/module_filters.h"
#include "edge/config/response_map.h"
#include "edge/config/said.h"
#include "edge/config/tracer.h"
#include "edge/text.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace edge {

namespace {

constexpr const char *TypePrefix = "type.googleapis.com/envoy.";

Value typed(const std::string &type) { return Value::object({{"@type", TypePrefix + type}}); }

std::string seconds(std::int64_t milliseconds)
{
    char text[32];
    std::snprintf(text, sizeof text, "%0.3fs", double(milliseconds) / 1000);
    return text;
}

Value exactPatterns(const std::set<std::string> &names)
{
    Value patterns = Value::array();
    for (const std::string &name : names)
        patterns.push(Value::object({{"exact", name}, {"ignore_case", true}}));
    return Value::object({{"patterns", std::move(patterns)}});
}

class ServiceCompiler
{
public:
    ServiceCompiler(const Resources &resources, ClusterTable &clusters, const ClusterContext &context)
        : m_resources(resources)
        , m_clusters(clusters)
        , m_context(context)
        , m_module(resources.module)
    {
    }

    ServiceOutput compile(bool errorResponses);

private:
    void complain(const ResourceRef &object, std::string path, std::string why, bool dropped)
    {
        m_context.diagnostics.push_back(
            {Diagnostic::Severity::Error, object, std::move(path), std::move(why), dropped});
    }
    void note(const ResourceRef &object, std::string path, std::string what)
    {
        m_context.diagnostics.push_back(
            {Diagnostic::Severity::Notice, object, std::move(path), std::move(what), false});
    }
    void add(std::string name, Value config = {})
    {
        m_output.filters.push_back({"envoy.filters.http." + std::move(name), std::move(config)});
    }
    bool speaksKnownProtocol(const ServiceResource &service);
    UpstreamOptions upstreamOf(const ServiceResource &service, const std::string &field,
                               const std::string &marker, bool grpc) const;
    std::string clusterOf(const ServiceResource &service, const std::string &field, const std::string &marker,
                          bool grpc);

    void tellAuthMismatch(const ServiceResource &service, const ServiceResource &first, bool isLast);
    void addAuth();
    Value authFilter(const Value &spec) const;
    void addRateLimit();
    void addTracing();
    void addLogs();

    const Resources &m_resources;
    ClusterTable &m_clusters;
    const ClusterContext &m_context;
    const ModuleResource &m_module;
    ServiceOutput m_output;
};

ServiceOutput ServiceCompiler::compile(bool errorResponses)
{
    m_output.filters = moduleFilters(m_module, m_context.rules);
    if (m_context.rules.authBeforeCors)
        addAuth();
    add("cors");
    if (!m_context.rules.authBeforeCors)
        addAuth();
    addRateLimit();
    if (errorResponses)
        add("response_map", responseMap(m_module["error_response_overrides"]));
    addTracing();
    Value router;
    const bool tracing = !m_output.tracing.isNull();
    const bool suppress = m_context.rules.newClusterFields && parsesTrue(m_module["suppress_envoy_headers"]);
    if (tracing || suppress) {
        router = typed("extensions.filters.http.router.v3.Router");
        if (tracing)
            router.set("start_child_span", true);
        if (suppress)
            router.set("suppress_envoy_headers", true);
    }
    add("router", std::move(router));
    addLogs();
    m_output.accessLogs.push_back(moduleAccessLog(m_module, m_context.rules));
    return std::move(m_output);
}

bool ServiceCompiler::speaksKnownProtocol(const ServiceResource &service)
{
    const std::string why = unknownProtocol(service, m_context.rules);
    if (!why.empty())
        complain(service.ref, "spec.protocol_version", why, true);
    return why.empty();
}

UpstreamOptions ServiceCompiler::upstreamOf(const ServiceResource &service, const std::string &field,
                                            const std::string &marker, bool grpc) const
{
    const Value &spec = *service.spec;
    UpstreamOptions upstream;
    upstream.ref = service.ref;
    upstream.nameSpace = service.ref.nameSpace;
    upstream.marker = marker;
    if (const auto resolver = m_resources.resolvers.find(m_module["resolver"].text());
        resolver != m_resources.resolvers.end())
        upstream.resolver = resolver->second;
    upstream.grpc = grpc;
    if (m_context.rules.serviceStatNames && marker != "logging")
        upstream.statName = spec["stats_name"].text();
    upstream.tls.context = spec["tls"].isString() ? spec["tls"].text() : "";
    upstream.tls.withoutCertificate = spec["tls"].toBool();
    upstream.service = spec[field].text(); // never qualified by a namespace
    return upstream;
}

std::string ServiceCompiler::clusterOf(const ServiceResource &service, const std::string &field,
                                       const std::string &marker, bool grpc)
{
    return m_clusters.clusterFor(upstreamOf(service, field, marker, grpc));
}

// Its address and those before cannot be one cluster's.  The edge forgets them then and begins anew with the next; where there
// is none it fails.
void ServiceCompiler::tellAuthMismatch(const ServiceResource &service, const ServiceResource &first,
                                       bool isLast)
{
    complain(first.ref, first.place + "auth_service",
             (*first.spec)["auth_service"].text() + " cannot be asked beside "
                 + (*service.spec)["auth_service"].text() + " of AuthService " + service.ref.nameSpace + "/"
                 + service.ref.name + ": TLS or the protocol to it differ"
                 + (isLast                                 ? std::string(EdgeFails)
                        : m_context.rules.authErrorsRefuse ? "; every request is answered by 500"
                                                           : "; none of these is asked"),
             true);
}

void ServiceCompiler::addAuth()
{
    MergedAuth merged = mergedAuth(m_resources.authServices, m_module, m_context);
    for (const ServiceResource *service : merged.asked) {
        UpstreamOptions upstream =
            upstreamOf(*service, "auth_service", "extauth", (*service->spec)["proto"].text() == "grpc");
        upstream.nameSpace = merged.nameSpace;
        if (m_context.rules.serviceStatNames)
            upstream.statName = merged.spec["stats_name"].text();
        if (merged.ownBreakers && service == merged.asked.front())
            note(service->ref, service->place + "circuit_breakers",
                 "the edge says of circuit_breakers of an AuthService that they are unvalidated, and uses "
                 "them");
        upstream.breakersUnchecked = merged.ownBreakers;
        upstream.circuitBreakers = &merged.spec["circuit_breakers"];
        if (m_output.authCluster.empty()) {
            m_output.authCluster = m_clusters.clusterFor(upstream);
        } else if (!m_clusters.addEndpoint(m_output.authCluster, upstream)) {
            m_clusters.drop(std::exchange(m_output.authCluster, {}));
            tellAuthMismatch(*service, *merged.asked.front(), service == merged.asked.back());
            merged.wrong = merged.wrong || m_context.rules.authErrorsRefuse;
        }
    }
    m_output.auth = !merged.asked.empty();
    const bool refuses = merged.wrong || m_output.authCluster.empty();
    if (m_output.auth && !refuses && !merged.isOff)
        add("ext_authz", authFilter(merged.spec));
    if (!m_output.auth || !refuses)
        return;
    // Of the answer's words only the status and the type are the compilers' own.
    Value refusing = typed("extensions.filters.http.lua.v3.Lua");
    refusing.set(
        "inline_code",
        R"lua(local spared = {["/ambassador/v0/check_alive"] = true, ["/ambassador/v0/check_ready"] = true}
function envoy_on_request(handle)
  if spared[handle:headers():get(":path")] then return end
  handle:respond({[":status"] = "500", ["content-type"] = "application/json"},
    '{"message": "the AuthService is not configured well", "status_code": 500}\n')
end
)lua");
    m_output.brokenAuth = merged.asked.front()->ref;
    add("lua", std::move(refusing));
}

// The edge makes the AuthService's address of the prefix of its paths, where its host would stand, and tells Linkerd so.
struct AuthAddress
{
    std::string uri, authority;
};

AuthAddress authAddress(std::string_view pathPrefix, bool tls)
{
    if (pathPrefix.starts_with('/'))
        pathPrefix.remove_prefix(1);
    const std::string_view place = pathPrefix.substr(0, pathPrefix.find_first_of("/?#"));
    const std::string_view host = place.substr(0, place.find(':'));
    const std::string_view port = place.size() > host.size() + 1 ? place.substr(host.size() + 1) : "";
    return {(tls ? "https://" : "http://") + std::string(pathPrefix),
            (host.empty() ? "None" : lowered(std::string(host))) + ":"
                + (!port.empty() ? std::string(port)
                       : tls     ? "443"
                                 : "80")};
}

Value ServiceCompiler::authFilter(const Value &spec) const
{
    const std::string &cluster = m_output.authCluster;
    const AuthAddress address = authAddress(spec["path_prefix"].text(), m_clusters.startsTls(cluster));
    Value config = typed("extensions.filters.http.ext_authz.v3.ExtAuthz");
    if (spec["failure_mode_allow"].toBool())
        config.set("failure_mode_allow", true);
    if (spec["proto"].text() == "grpc") {
        config.set("grpc_service",
                   Value::object({{"envoy_grpc", Value::object({{"cluster_name", cluster}})},
                                  {"timeout", seconds(spec["timeout_ms"].toInteger(5000))}}));
        config.set("transport_api_version", spec["protocol_version"].text() == "v3" ? "V3" : "V2");
    } else {
        std::set<std::string> request{"authorization",       "cookie",           "from",
                                      "proxy-authorization", "user-agent",       "x-forwarded-for",
                                      "x-forwarded-host",    "x-forwarded-proto"};
        for (const std::string &name : textsOf(spec["allowed_request_headers"]))
            request.insert(lowered(name));
        std::set<std::string> response{"authorization", "location", "proxy-authenticate", "set-cookie",
                                       "www-authenticate"};
        for (const std::string &name : textsOf(spec["allowed_authorization_headers"]))
            response.insert(lowered(name));
        Value add = Value::array();
        for (const auto &[name, value] : spec["add_auth_headers"].members())
            add.push(Value::object({{"key", name}, {"value", value}}));
        if (spec["add_linkerd_headers"].toBool())
            add.push(Value::object({{"key", "l5d-dst-override"}, {"value", address.authority}}));
        Value http = Value::object();
        http.set("server_uri",
                 Value::object({{"uri", address.uri},
                                {"cluster", cluster},
                                {"timeout", seconds(spec["timeout_ms"].toInteger(5000))}}));
        http.set("path_prefix", spec["path_prefix"]);
        http.set(
            "authorization_request",
            Value::object({{"allowed_headers", exactPatterns(request)}, {"headers_to_add", std::move(add)}}));
        http.set("authorization_response",
                 Value::object({{"allowed_upstream_headers", exactPatterns(response)},
                                {"allowed_client_headers", exactPatterns(response)}}));
        config.set("http_service", std::move(http));
    }
    if (const Value &body = spec["include_body"]; body.isObject())
        config.set("with_request_body",
                   Value::object({{"max_request_bytes", body["max_bytes"]},
                                  {"allow_partial_message", body["allow_partial"]}}));
    else if (spec["allow_request_body"].toBool())
        config.set("with_request_body",
                   Value::object({{"max_request_bytes", 4096}, {"allow_partial_message", true}}));
    config.set("clear_route_cache", true);
    if (spec["status_on_error"]["code"].isNumber())
        config.set("status_on_error", Value::object({{"code", spec["status_on_error"]["code"]}}));
    return config;
}

void ServiceCompiler::addRateLimit()
{
    const auto &services = m_resources.rateLimitServices;
    for (const ServiceResource &service : services) {
        if (services.size() > 1) {
            complain(service.ref, "",
                     "only one RateLimitService is supported and there are " + std::to_string(services.size())
                         + ": none is used",
                     true);
            continue;
        }
        const Value &spec = *service.spec;
        if (spec["service"].text().empty()) {
            complain(service.ref, "spec.service", "service is required; this RateLimitService is not used",
                     true);
            continue;
        }
        if (!speaksKnownProtocol(service))
            continue;
        m_output.rateLimitDomain = limitedDomain(spec, m_module);
        const std::string cluster = clusterOf(service, "service", "", true);
        Value config = typed("extensions.filters.http.ratelimit.v3.RateLimit");
        config.set("domain", m_output.rateLimitDomain);
        config.set("request_type", "both");
        config.set("timeout", seconds(spec["timeout_ms"].toInteger(20)));
        Value how =
            Value::object({{"transport_api_version", spec["protocol_version"].text() == "v3" ? "V3" : "V2"}});
        how.set("grpc_service", Value::object({{"envoy_grpc", Value::object({{"cluster_name", cluster}})}}));
        config.set("rate_limit_service", std::move(how));
        if (m_context.rules.rateLimitFailures && spec["failure_mode_deny"].toBool())
            config.set("failure_mode_deny", true);
        if (m_context.rules.rateLimitFailures
            && spec["grpc"]["rate_limited_as_resource_exhausted"]
                   .toBool()) // of an annotation: no schema knows it
            config.set("rate_limited_as_resource_exhausted", true);
        if (spec["grpc"].find("use_resource_exhausted_code"))
            note(service.ref, "spec.grpc.use_resource_exhausted_code",
                 "use_resource_exhausted_code is not read by the edge (it looks for "
                 "rate_limited_as_resource_exhausted, which the schema drops) and changes nothing");
        add("ratelimit", std::move(config));
    }
}

void ServiceCompiler::addTracing()
{
    const auto &services = m_resources.tracingServices;
    if (services.size() > 1) {
        complain(services.front().ref, "",
                 "exactly one TracingService is supported and there are " + std::to_string(services.size())
                     + ": none is used",
                 true);
        return;
    }
    if (services.empty())
        return;
    const ServiceResource &service = services.front();
    const Value &spec = *service.spec;
    const std::string &driver = spec["driver"].text();
    const bool grpc = driver == "lightstep" || driver == "opentelemetry";
    if (driver == "lightstep" && !m_context.rules.lightstep) {
        complain(service.ref, "spec.driver",
                 "driver lightstep is gone since 3.4; this TracingService is not used", true);
        return;
    }
    if (driver == "opentelemetry" && m_context.rules.lightstep) {
        complain(service.ref, "spec.driver",
                 "driver opentelemetry came with 3.4: this generation of the edge knows lightstep, zipkin "
                 "and datadog; "
                 "this TracingService is not used",
                 true);
        return;
    }
    if (driver == "zipkin" && !m_context.rules.collectorJsonV1
        && spec["config"]["collector_endpoint_version"].text() == "HTTP_JSON_V1") {
        complain(
            service.ref, "spec.config.collector_endpoint_version",
            "HTTP_JSON_V1 is gone since 3.x; write HTTP_JSON or HTTP_PROTO; this TracingService is not used",
            true);
        return;
    }
    for (const std::string &name : untoldToTracer(spec))
        note(service.ref, "spec.config." + name, "driver " + driver + " is not told of it");
    m_output.tracer = tracerOf(spec, clusterOf(service, "service", "tracing", grpc));
    Value tracing = Value::object();
    if (!m_context.rules.listenerResources) {
        if (spec["tag_headers"].isArray())
            tracing.set("request_headers_for_tags", spec["tag_headers"]);
    } else {
        Value tags = Value::array();
        for (const Value &tag : spec["custom_tags"].items())
            tags.push(tag);
        if (m_context.rules.tagHeaders && tags.items().empty()) {
            for (const std::string &name : textsOf(spec["tag_headers"]))
                tags.push(
                    Value::object({{"tag", name}, {"request_header", Value::object({{"name", name}})}}));
        }
        if (!m_context.rules.tagHeaders && !spec["tag_headers"].isNull())
            note(service.ref, "spec.tag_headers",
                 "tag_headers of a v3alpha1 TracingService change nothing; use custom_tags");
        if (!tags.items().empty())
            tracing.set("custom_tags", std::move(tags));
    }
    for (const std::string_view kind : {"client", "random", "overall"}) {
        if (spec["sampling"][kind].isNumber())
            tracing.set(std::string(kind) + "_sampling", Value::object({{"value", spec["sampling"][kind]}}));
    }
    m_output.tracing = std::move(tracing);
}

// The compilers give every LogService one name, and keep the first of a name.
void ServiceCompiler::addLogs()
{
    const ResourceRef *used = nullptr;
    for (const ServiceResource &service : m_resources.logServices) {
        const Value &spec = *service.spec;
        const std::string fails(EdgeFails);
        if (spec["service"].text().empty()) {
            complain(service.ref, "spec.service",
                     "a LogService needs a service"
                         + (m_context.rules.serviceProtocolV2 ? fails : "; this one is not used"),
                     true);
            continue;
        }
        if (!speaksKnownProtocol(service))
            continue;
        if (spec["driver_config"].isNull()) {
            complain(service.ref, "spec.driver_config",
                     "a LogService needs a driver_config, {} if there is nothing to say" + fails, true);
            continue;
        }
        if (const std::string why = whyNoHeadersAreLogged(spec); !why.empty()) {
            complain(service.ref, "spec.driver_config.additional_log_headers",
                     why + (m_context.rules.serviceProtocolV2 ? fails : "; this LogService is not used"),
                     true);
            continue;
        }
        if (used) {
            complain(service.ref, "",
                     "one LogService is used, and that is " + used->nameSpace + "/" + used->name
                         + ": this one is not; delete one of them",
                     true);
            continue;
        }
        used = &service.ref;
        for (const FieldRemark &value : refusedFields("LogService", spec, m_context.options.compat))
            complain(service.ref, value.path, value.message, false);
        if (!spec["stats_name"].isNull())
            note(service.ref, "spec.stats_name",
                 "stats_name of a LogService is not read and changes nothing");
        const std::string cluster = clusterOf(service, "service", "logging", spec["grpc"].toBool());
        m_output.accessLogs.push_back(serviceAccessLog(spec, cluster, m_context.rules));
    }
}

} // namespace

ServiceOutput compileServices(const Resources &resources, ClusterTable &clusters,
                              const ClusterContext &context, bool errorResponses)
{
    return ServiceCompiler(resources, clusters, context).compile(errorResponses);
}

std::string limitedDomain(const Value &rateLimitService, const ModuleResource &module)
{
    for (const std::string *domain :
         {&rateLimitService["domain"].text(), &module["default_label_domain"].text()}) {
        if (!domain->empty())
            return *domain;
    }
    return "ambassador";
}

} // namespace edge
