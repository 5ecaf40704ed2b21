// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/ignored_fields.h"

#include "edge/config/effectless_fields.h"
#include "edge/config/envoy_limits.h"
#include "edge/text.h"

namespace edge {

namespace {

class MappingNotes
{
public:
    MappingNotes(const MappingResource &mapping, const ReaderContext &context)
        : m_mapping(mapping)
        , m_spec(*mapping.spec)
        , m_context(context)
    {
    }

    void tellUnread();
    void tellWords();
    void tellCombinations();
    void tellRedirect();
    void tellKeylessLabels(const Value &labels);
    void tellLabels(const Value &labels);
    void tellLabel(const std::string &path, const Value &specifier);
    void tellUpstream();

private:
    void note(std::string_view field, std::string message)
    {
        m_context.diagnostics.push_back({Diagnostic::Severity::Notice, m_mapping.upstream.ref,
                                         "spec." + std::string(field), std::move(message), false});
    }
    bool says(std::string_view field) const // false is as good as nothing
    {
        const Value &value = m_spec[field];
        return value.isBool() ? value.toBool() : value.isString() ? !value.text().empty() : !value.isNull();
    }
    void needs(std::string_view field, std::string_view wanted)
    {
        if (says(field))
            note(field, std::string(field) + " changes nothing without " + std::string(wanted));
    }

    const MappingResource &m_mapping;
    const Value &m_spec;
    const ReaderContext &m_context;
};

void MappingNotes::tellUnread()
{
    for (const std::string_view ignored : {"envoy_override", "modules", "docs"}) {
        if (m_spec.find(ignored) && (ignored != "docs" || !m_context.options.edgeStack))
            note(ignored, std::string(ignored) + " is not read by the edge and changes nothing");
    }
    if (m_spec["keepalive"].find("idle_time"))
        note("keepalive.idle_time",
             "idle_time is not read by the edge (it looks for 'time') and changes nothing");
    if (!m_context.rules.errorResponses && says("bypass_error_response_overrides"))
        note("bypass_error_response_overrides",
             "there are no error_response_overrides since Emissary 4, so there is nothing to bypass");
}

void MappingNotes::tellWords()
{
    for (const std::string &origin : m_mapping.cors ? m_mapping.cors->origins : std::vector<std::string>()) {
        if (origin.empty() || origin.front() == ' ' || origin.back() == ' ')
            note("cors.origins",
                 "no browser sends the origin '" + origin + "': an origin is written without blanks");
    }
    const std::string &type = m_spec["dns_type"].text();
    if (m_context.rules.newClusterFields && !type.empty() && lowered(type) != "strict_dns"
        && lowered(type) != "logical_dns")
        note("dns_type", "dns_type " + type + " is none of strict_dns, logical_dns; strict_dns is used");
}

void MappingNotes::tellCombinations()
{
    if (!m_mapping.hostRedirect) {
        for (const std::string_view field :
             {"path_redirect", "prefix_redirect", "regex_redirect", "redirect_response_code"})
            needs(field, "host_redirect: true");
    } else {
        tellRedirect();
    }
    if (!says("method"))
        needs("method_regex", "method");
    if (!says("host"))
        needs("host_regex", "host");
    if (m_mapping.prefixRegex && m_mapping.prefixExact)
        note("prefix_exact", "prefix_regex and prefix_exact are both given: prefix_regex is used");
    if (m_context.rules.hostnames && says("host") && says("hostname"))
        note("host", "host and hostname are both given: hostname is used, host is ignored");
    if (!m_mapping.hostRedirect && !m_mapping.shadow && !m_spec["host_rewrite"].isNull()
        && !m_spec["auto_host_rewrite"].isNull())
        note("auto_host_rewrite",
             "auto_host_rewrite, even false, and host_rewrite exclude each other"
                 + std::string(EnvoyRefuses));
}

// Of a host_redirect its group learns nothing but whether letters count.
void MappingNotes::tellRedirect()
{
    if (says("rewrite"))
        note("rewrite", "a host_redirect rewrites nothing; use path_redirect or prefix_redirect");
    for (const std::string_view field : {"query_parameters", "regex_query_parameters"}) {
        if (!m_spec[field].members().empty())
            note(field,
                 "a host_redirect answers whatever the query is; " + std::string(field) + " changes nothing");
    }
    for (const std::string_view field : {"add_request_headers", "add_response_headers"}) {
        if (!m_spec[field].members().empty())
            note(field, std::string(field) + " changes nothing: a host_redirect has no rules for headers");
    }
    for (const std::string_view field : {"remove_request_headers", "remove_response_headers"}) {
        if (says(field))
            note(field, std::string(field) + " changes nothing: a host_redirect has no rules for headers");
    }
}

// 1.x leaves out a label that has no single key; of a wrong one all of its group.
void MappingNotes::tellKeylessLabels(const Value &labels)
{
    for (const auto &[domain, groups] : labels.members()) {
        for (const Value &group : groups.items()) {
            for (const auto &[name, specifiers] : group.members()) {
                for (const Value &specifier : specifiers.items()) {
                    if (!specifier.isString() && specifier.members().size() != 1)
                        note("labels." + domain + "." + name,
                             toJson(specifier) + " is neither a text nor of one key and limits nothing");
                }
            }
        }
    }
}

// Of each label: what no edge reads of it, and of the form of v3alpha1 what 1.x makes, which looks for {NAME: {header: …}}.
void MappingNotes::tellLabels(const Value &labels)
{
    for (const auto &[domain, groups] : labels.members()) {
        for (const Value &group : groups.items()) {
            for (const auto &[name, specifiers] : group.members()) {
                for (const Value &specifier : specifiers.items())
                    tellLabel("labels." + domain + "." + name, specifier);
            }
        }
    }
}

void MappingNotes::tellLabel(const std::string &path, const Value &specifier)
{
    for (const auto &[key, content] : specifier.members()) {
        if (!content["omit_if_not_present"].isNull())
            note(path,
                 "omit_if_not_present is read by no edge: without the header the label's whole group limits "
                 "nothing");
        if (!m_context.rules.newClusterFields && content.isObject() && content["header"].text().empty())
            m_context.diagnostics.push_back(
                {Diagnostic::Severity::Error, m_mapping.upstream.ref, "spec." + path,
                 key
                     + " is taken for the label of a header without a name: 1.x knows no labels as v3alpha1 "
                       "has them"
                     + std::string(EnvoyRefuses),
                 false});
    }
}

// What depends on other objects: the resolver, the RateLimitService.
void MappingNotes::tellUpstream()
{
    const bool probes = m_context.rules.newClusterFields && !m_spec["health_checks"].items().empty();
    if (m_context.rules.newClusterFields && !m_context.rules.healthChecks && m_spec.find("health_checks"))
        note("health_checks", "health_checks came with 3.x; nothing is probed");
    else if (probes && m_mapping.upstream.resolver.kind == Resolver::Kind::Service)
        note("health_checks",
             "health_checks work with an endpoint resolver only; nothing is probed with "
                 + m_mapping.upstream.resolver.name);
    const Value &labels = m_spec["labels"];
    if (!m_context.rules.newClusterFields)
        tellKeylessLabels(labels);
    tellLabels(labels);
    if (labels.members().empty() || m_context.options.edgeStack) // which brings a RateLimitService of its own
        return;
    if (m_context.rateLimitDomain.empty())
        note("labels", "labels are for a RateLimitService, and there is none");
    else if (labels[m_context.rateLimitDomain].isNull())
        note("labels",
             "the RateLimitService limits domain " + m_context.rateLimitDomain + "; labels of "
                 + labels.members().front().first + " change nothing");
}

} // namespace

void tellIgnoredFields(const MappingResource &mapping, const ReaderContext &context)
{
    MappingNotes notes(mapping, context);
    notes.tellUnread();
    notes.tellWords();
    notes.tellCombinations();
    notes.tellUpstream();
    EffectFacts facts{*mapping.spec, context.rules};
    facts.redirects = mapping.hostRedirect;
    facts.mirrors = mapping.shadow;
    facts.hasAuth = context.hasAuth;
    facts.isLimited = !context.rateLimitDomain.empty() || context.options.edgeStack;
    facts.asksConsul = mapping.upstream.resolver.kind == Resolver::Kind::Consul;
    facts.keepsOrigins = mapping.cors && mapping.cors->origins.size() == 1
        && mapping.cors->origins.front().find(',') != std::string::npos;
    facts.isSchemeTold = context.isSchemeTold;
    tellEffectless(mapping.upstream.ref, facts, context.diagnostics);
}

void tellIgnoredFields(const HostResource &host, const Value &spec, const CompileOptions &options,
                       const Rules &rules, std::vector<Diagnostic> &diagnostics)
{
    const auto note = [&](const std::string &path, const std::string &message) {
        diagnostics.push_back({Diagnostic::Severity::Notice, host.ref, path, message, false});
    };
    if (rules.listenerResources && host.additionalPort)
        note("spec.requestPolicy.insecure.additionalPort",
             "additionalPort changes nothing since 2.0: a Listener opens a port");
    const std::string &secretNamespace = spec["tlsSecret"]["namespace"].text();
    if (!rules.hostSecretNamespace && !secretNamespace.empty() && secretNamespace != host.ref.nameSpace)
        note("spec.tlsSecret.namespace",
             "namespace of tlsSecret is read since 2.4; until then " + host.tlsSecret
                 + " is looked for in the Host's own namespace");
    const Value &provider = spec["acmeProvider"]; // without an authority it is Let's Encrypt
    const bool isAcmeOff = lowered(provider["authority"].text()) == "none";
    if (!options.edgeStack && !provider.members().empty() && !isAcmeOff)
        note("spec.acmeProvider",
             "certificates are fetched by ACME in Ambassador Edge Stack only; here the Secret must be there "
             "already");
    if (isAcmeOff) {
        for (const std::string field : {"email", "registration"}) {
            if (!provider[field].isNull())
                note("spec.acmeProvider." + field,
                     field + " changes nothing: with authority none nothing is fetched by ACME");
        }
    }
    if (!spec["tls"]["private_key_file"].isNull())
        note("spec.tls.private_key_file",
             "private_key_file of a Host changes nothing: its key is tlsSecret's");
    if (!options.edgeStack && !spec["previewUrl"].isNull())
        note("spec.previewUrl", "previewUrl changes nothing: preview URLs were a function of Edge Stack");
    tellEffectless(host.ref, {spec, rules}, diagnostics);
    if (!rules.listenerResources) {
        if (!spec["selector"].members().empty())
            note("spec.selector", "selector changes nothing in 1.x: every Host takes every Mapping");
        return;
    }
    for (const std::string field : {"selector", "mappingSelector"}) {
        if (!spec[field]["matchExpressions"].isNull())
            note("spec." + field + ".matchExpressions",
                 "matchExpressions are not looked at, only matchLabels; without those the Host takes every "
                 "Mapping");
    }
}

} // namespace edge
