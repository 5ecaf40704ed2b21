// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/effectless_fields.h"

#include "edge/text.h"

#include <algorithm>

namespace edge {

namespace {

bool says(const Value &value) // false and what is empty are as good as nothing
{
    if (value.isBool())
        return value.toBool();
    if (value.isString())
        return !value.text().empty();
    return value.isNumber() || !value.members().empty() || !value.items().empty();
}

const Value &fieldOf(const Value &spec, std::string_view path)
{
    const Value *value = &spec;
    while (!path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        value = &(*value)[path.substr(0, dot)];
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return *value;
}

bool matchesHeader(const Value &spec, std::string_view name, std::initializer_list<std::string_view> fields)
{
    return std::any_of(fields.begin(), fields.end(), [&](std::string_view field) {
        const auto &members = spec[field].members();
        return std::any_of(members.begin(), members.end(),
                           [&](const auto &member) { return lowered(member.first) == name; });
    });
}

bool redirects(const EffectFacts &facts) { return facts.redirects; }
bool mirrors(const EffectFacts &facts) { return facts.mirrors; }
bool lacksAuth(const EffectFacts &facts) { return !facts.redirects && !facts.mirrors && !facts.hasAuth; }

bool hasSecondHost(const EffectFacts &facts) // :authority as a header is a host, which these decide
{
    return facts.rules.hostnames && matchesHeader(facts.spec, ":authority", {"headers"})
        && (says(facts.spec["hostname"]) || says(facts.spec["host"]));
}

bool isSchemeForgotten(const EffectFacts &facts)
{
    return facts.isSchemeTold && matchesHeader(facts.spec, "x-forwarded-proto", {"headers"});
}
bool isSchemeRegexForgotten(const EffectFacts &facts)
{
    return facts.isSchemeTold && matchesHeader(facts.spec, "x-forwarded-proto", {"regex_headers"});
}

bool hasServicePath(const EffectFacts &facts)
{
    std::string_view service = facts.spec["service"].text();
    if (const std::size_t scheme = service.find("://"); scheme != std::string_view::npos)
        service.remove_prefix(scheme + 3);
    else if (service.starts_with("//"))
        service.remove_prefix(2);
    const std::size_t end = service.find_first_of("/?#");
    return end != std::string_view::npos && service.substr(end) != "/";
}

struct EffectRule
{
    std::string_view kind;
    std::string_view fields; // below spec, with blanks between
    bool (*isIdle)(const EffectFacts &);
    std::string_view words; // after the field's name
};

constexpr EffectRule effectRules[] = {
    {"Mapping",
     "add_linkerd_headers allow_upgrade auth_context_extensions auto_host_rewrite bypass_auth "
     "circuit_breakers cluster_idle_timeout_ms cluster_max_connection_lifetime_ms cluster_tag "
     "connect_timeout_ms cors dns_type enable_ipv4 enable_ipv6 grpc health_checks host_rewrite "
     "idle_timeout_ms keepalive load_balancer priority regex_rewrite respect_dns_ttl retry_policy "
     "stats_name timeout_ms tls use_websocket weight",
     redirects, " changes nothing: a host_redirect answers by itself and forwards nothing"},
    {"Mapping", "labels", [](const EffectFacts &facts) { return facts.redirects && facts.isLimited; },
     " change nothing: the RateLimitService is not asked for a host_redirect"},
    {"Mapping", "resolver", [](const EffectFacts &facts) { return facts.redirects && !facts.asksConsul; },
     " changes nothing: a host_redirect answers by itself and forwards nothing"},
    {"Mapping", "error_response_overrides bypass_error_response_overrides",
     [](const EffectFacts &facts) {
         return (facts.redirects || facts.mirrors) && facts.rules.errorResponses;
     },
     " changes nothing: neither a host_redirect nor a shadow has answers of a service to map"},
    {"Mapping",
     "add_linkerd_headers add_request_headers add_response_headers allow_upgrade auth_context_extensions "
     "auto_host_rewrite bypass_auth cluster_tag cors host_rewrite idle_timeout_ms priority regex_rewrite "
     "remove_request_headers remove_response_headers retry_policy rewrite timeout_ms use_websocket",
     mirrors,
     " of a shadow changes nothing: it gets a copy of the request as the Mapping that answers sends it"},
    {"Mapping", "labels", [](const EffectFacts &facts) { return facts.mirrors && facts.isLimited; },
     " of a shadow change nothing: the RateLimitService is asked for the Mapping that answers"},
    {"Mapping", "bypass_auth auth_context_extensions", lacksAuth,
     " is for an AuthService, and there is none"},
    {"Mapping", "headers", hasSecondHost,
     ": the :authority of headers changes nothing beside hostname or host"},
    {"Mapping", "headers", isSchemeForgotten,
     ": x-forwarded-proto is not compared under a Listener of securityModel XFP, which decides by it itself"},
    {"Mapping", "regex_headers", isSchemeRegexForgotten,
     ": x-forwarded-proto is not compared under a Listener of securityModel XFP, which decides by it itself"},
    {"Mapping", "prefix_regex",
     [](const EffectFacts &facts) {
         const Value &sensitive = facts.spec["case_sensitive"];
         return sensitive.isBool() && !sensitive.toBool();
     },
     ": case_sensitive: false changes nothing beside it; begin the prefix with (?i)"},
    {"Mapping", "cors.origins", [](const EffectFacts &facts) { return facts.keepsOrigins; },
     " is one origin with a comma in it to Ambassador 1.x, and no page is of that; write a list"},
    {"Mapping", "service", hasServicePath,
     ": only its host and port count, what stands behind them is cut off; use rewrite for a path"},
    {"TCPMapping", "service", hasServicePath,
     ": only its host and port count, what stands behind them is cut off"},
    {"AuthService",
     "path_prefix allowed_request_headers allowed_authorization_headers add_auth_headers add_linkerd_headers",
     [](const EffectFacts &facts) { return facts.spec["proto"].text() == "grpc"; },
     " changes nothing with proto grpc: the service sees the whole request, and says itself what is added"},
    {"TLSContext", "private_key_file",
     [](const EffectFacts &facts) {
         return says(facts.spec["secret"]) && !says(facts.spec["cert_chain_file"]);
     },
     " changes nothing beside secret, whose key is used"},
    {"Host", "requestPolicy.insecure.action",
     [](const EffectFacts &facts) {
         const std::string &action = fieldOf(facts.spec, "requestPolicy.insecure.action").text();
         return action != "Route" && action != "Redirect" && action != "Reject";
     },
     " is none of Redirect, Reject, Route; it acts as Route"},
    {"Host", "selector",
     [](const EffectFacts &facts) {
         return facts.rules.listenerResources && says(facts.spec["mappingSelector"]);
     },
     " changes nothing beside mappingSelector"},
};

} // namespace

void tellEffectless(const ResourceRef &ref, const EffectFacts &facts, std::vector<Diagnostic> &diagnostics)
{
    for (const EffectRule &rule : effectRules) {
        if (rule.kind != ref.kind || !rule.isIdle(facts))
            continue;
        std::string_view fields = rule.fields;
        while (!fields.empty()) {
            const std::string field(fields.substr(0, fields.find(' ')));
            fields.remove_prefix(std::min(field.size() + 1, fields.size()));
            if (says(fieldOf(facts.spec, field)))
                diagnostics.push_back({Diagnostic::Severity::Notice, ref, "spec." + field,
                                       field + std::string(rule.words), false});
        }
    }
}

} // namespace edge
