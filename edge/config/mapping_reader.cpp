// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/mapping_reader.h"

#include "edge/config/effectless_fields.h"
#include "edge/config/envoy_limits.h"
#include "edge/config/ignored_fields.h"
#include "edge/config/mapping_policies.h"
#include "edge/config/never_matched.h"
#include "edge/config/numbers.h"
#include "edge/config/odd_hostnames.h"
#include "edge/config/response_map.h"
#include "edge/config/upstream_reader.h"
#include "edge/text.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace edge {

namespace {

// In whole percent, half to even; an annotation may say 33.5.
std::optional<std::int64_t> weightOf(const Value &value)
{
    if (!value.isNumber())
        return {};
    return value.toInteger(wholeOf(std::nearbyint(value.toDouble())));
}

class MappingReader : UpstreamReader
{
public:
    using UpstreamReader::UpstreamReader;
    std::optional<MappingResource> read();

private:
    bool checkConditions();
    bool readMatch();
    bool readHost();
    void addMatches(std::vector<FieldMatch> &matches, const Value &exact, const Value &regex) const;
    bool readRetryAndCors();
    void readRewrite();
    void readRedirect();
    bool checkUnsupported();
    bool checkErrorResponses();
    void tellEmptyHeaders();
    std::string fieldOf(const std::string &header) const;
    bool checkRegexes();
    bool isGiven(std::string_view field) const;
    bool isHostname() const { return m_context.rules.hostnames && !m_spec["hostname"].text().empty(); }

    MappingResource m_mapping;
};

std::optional<MappingResource> MappingReader::read()
{
    m_mapping.name = m_object.name;
    m_mapping.spec = &m_spec;
    m_mapping.labels = m_object.labels;
    m_mapping.emptyMasks =
        m_context.rules.convertsToV3alpha1 || m_object.annotation || !m_context.options.admitted;
    m_mapping.prefix = m_spec["prefix"].text();
    m_mapping.prefixRegex = m_spec["prefix_regex"].toBool();
    m_mapping.prefixExact = m_spec["prefix_exact"].toBool();
    if (m_spec["case_sensitive"].isBool())
        m_mapping.caseSensitive = m_spec["case_sensitive"].toBool();
    m_mapping.precedence = m_spec["precedence"].toInteger();
    m_mapping.weight = weightOf(m_spec["weight"]);
    m_mapping.shadow = m_spec["shadow"].toBool();
    m_mapping.hostRedirect = m_spec["host_redirect"].toBool();
    if (m_mapping.shadow && m_mapping.hostRedirect) {
        m_mapping.hostRedirect = false;
        post(Diagnostic::Severity::Error, "spec.host_redirect",
             "shadow and host_redirect exclude each other; host_redirect is ignored", false);
    }
    readRewrite();
    readRedirect();
    tellMissing("prefix");
    // What is told beside whatever else is wrong:
    readUpstream(m_mapping.upstream, true);
    const bool isSupported = checkUnsupported();
    // In Emissary's order: the first that is wrong is told, and the rest no more.
    if (!readMatch() || !checkResolver(m_mapping.upstream, resolverName(), true)
        || !checkBreakers(m_mapping.upstream) || !readRetryAndCors())
        return {};
    const bool answersWell = checkErrorResponses(); // which keeps nobody from looking on
    if (!checkBalancer() || !isSupported || !answersWell || !checkRegexes())
        return {};
    if (m_mapping.shadow)
        m_mapping.upstream.marker = "shadow";
    tellIgnoredFields(m_mapping, m_context);
    tellLimits(m_mapping.upstream);
    tellNeverMatched(m_mapping, m_context);
    if (!m_mapping.hostRegex)
        tellOddHostname(m_object.ref, isHostname() ? "spec.hostname" : "spec.host", m_mapping.host,
                        m_context.rules.hostnames ? Stars::AtOneEnd : Stars::Letters, m_context.diagnostics);
    if (!m_context.rules.convertsToV3alpha1 && m_object.annotation && m_spec["priority"].isString()
        && m_spec["priority"].text().empty()) // of an object it is lost before
        post(Diagnostic::Severity::Error, "spec.priority", "it is empty" + std::string(EnvoyRefuses), false);
    if (m_context.rules.convertsToV3alpha1 && isHandedOver()) // 1.x keeps what an added header says as it is
        tellEmptyHeaders();
    return std::move(m_mapping);
}

void MappingReader::addMatches(std::vector<FieldMatch> &matches, const Value &exact, const Value &regex) const
{
    std::vector<FieldMatch> added[2];
    for (const auto &[name, value] : exact.members())
        added[0].push_back(
            {name, value.isString() || value.isNumber() ? std::optional(value.text()) : std::nullopt, false});
    for (const auto &[name, value] : regex.members())
        added[1].push_back({name, value.text(), true});
    for (std::vector<FieldMatch> &list : added) {
        if (isHandedOver())
            std::sort(list.begin(), list.end(),
                      [](const FieldMatch &a, const FieldMatch &b) { return a.name < b.name; });
        std::move(list.begin(), list.end(), std::back_inserter(matches));
    }
}

// true asks for a header that is there; 1.x passes false, and its compiler fails on it.
bool MappingReader::checkConditions()
{
    for (const std::string field : {"headers", "query_parameters"}) {
        for (const auto &[name, value] : m_spec[field].members()) {
            const std::string path = "spec." + field + "." + name;
            if (value.isBool() && !value.toBool())
                return refuse(path, "false is no condition" + std::string(EdgeFails));
            if (!value.isNull() && !value.isString() && !value.isBool())
                return refuse(path, toJson(value) + " is neither a text nor true; the Mapping is not used");
        }
    }
    return true;
}

bool MappingReader::readMatch()
{
    if (m_context.rules.presenceMatches && !checkConditions())
        return false;
    std::vector<FieldMatch> all;
    std::string hostHeader; // as it is written
    addMatches(all, m_spec["headers"], m_spec["regex_headers"]);
    for (FieldMatch &match : all) {
        if (match.regex || !m_context.rules.hostnames || lowered(match.name) != ":authority")
            m_mapping.headers.push_back(std::move(match));
        else if (match.value) { // said as a header, but it is a host (1.x: one more condition)
            m_mapping.host = *match.value;
            hostHeader = match.name;
        }
    }
    if (m_context.rules.hostnames && m_mapping.host.find('*') != std::string::npos)
        return refuse("spec.headers." + hostHeader,
                      ":authority '" + m_mapping.host
                          + "' is compared as it stands, and its * can match nothing; use hostname");
    if (!readHost())
        return false;
    if (!m_mapping.host.empty())
        m_mapping.headers.push_back({":authority", m_mapping.host, m_mapping.hostRegex});
    if (isThere(m_spec["method"]))
        m_mapping.headers.push_back({":method", m_spec["method"].text(), m_spec["method_regex"].toBool()});
    addMatches(m_mapping.queryParameters, m_spec["query_parameters"], m_spec["regex_query_parameters"]);
    return true;
}

bool MappingReader::readHost()
{
    const std::string &host = m_spec["host"].text();
    if (!host.empty()) {
        m_mapping.host = host;
        m_mapping.hostRegex = m_spec["host_regex"].toBool();
        if (m_context.rules.hostnames && !m_mapping.hostRegex && host.find('*') != std::string::npos)
            return refuse("spec.host",
                          "host '" + host
                              + "' is compared as it stands, and its * can match nothing; use hostname");
    }
    if (isHostname()) {
        m_mapping.host = m_spec["hostname"].text();
        m_mapping.hostRegex = false;
    }
    return true;
}

bool MappingReader::checkUnsupported()
{
    if (m_spec["outlier_detection"].isNull())
        return true;
    const bool drops = m_context.rules.errorDropsMapping;
    post(Diagnostic::Severity::Error, "spec.outlier_detection", "outlier_detection is not supported", drops);
    return !drops;
}

bool MappingReader::checkErrorResponses()
{
    const Value &overrides = m_spec["error_response_overrides"];
    const std::string path = "spec.error_response_overrides";
    if (m_context.rules.errorResponses) {
        if (const auto fault = responseFault(overrides, m_context.rules))
            return refuse(path + fault->path, fault->message + "; the edge leaves the Mapping out");
        for (const ResponseFault &file : responseFiles(overrides, m_context.rules))
            post(Diagnostic::Severity::Notice, path + file.path,
                 file.message + ", or it leaves the Mapping out", false);
    }
    return m_context.rules.errorResponses || overrides.isNull()
        || refuse("spec.error_response_overrides",
                  "error_response_overrides are gone since Emissary 4, and a Mapping that has them is "
                  "not used at all; remove the field");
}

void MappingReader::tellEmptyHeaders()
{
    for (const std::string field : {"add_request_headers", "add_response_headers"}) {
        for (const auto &[name, header] : m_spec[field].members()) {
            if (header.isObject() && header["value"].text().empty())
                post(Diagnostic::Severity::Error, "spec." + field + "." + name + ".value",
                     "it is empty" + std::string(EdgeFails), false);
        }
    }
}

// Where a regex for a header stands; host and method become conditions on headers, too.
std::string MappingReader::fieldOf(const std::string &header) const
{
    const bool isWritten = m_spec["regex_headers"].find(header);
    return !isWritten && header == ":authority" ? "spec.host"
        : !isWritten && header == ":method"     ? "spec.method"
                                                : "spec.regex_headers." + header;
}

// Emissary hands over whatever is written, and Envoy refuses its whole configuration for one bad regex.  With such a Mapping
// nothing could be predicted, served or exported, so it is left out, which is said: the policy for every regex, wherever
// it stands.
bool MappingReader::checkRegexes()
{
    std::vector<std::pair<std::string, std::string>> patterns; // field, pattern
    if (m_mapping.prefixRegex)
        patterns.emplace_back("spec.prefix", m_mapping.prefix);
    if (m_mapping.regexRewrite)
        patterns.emplace_back("spec.regex_rewrite.pattern", m_mapping.regexRewrite->pattern);
    if (m_mapping.redirect.regexRewrite)
        patterns.emplace_back("spec.regex_redirect.pattern", m_mapping.redirect.regexRewrite->pattern);
    for (const FieldMatch &match : m_mapping.headers) {
        if (match.regex)
            patterns.emplace_back(fieldOf(match.name), match.value.value_or(""));
    }
    for (const FieldMatch &match : m_mapping.queryParameters) {
        if (match.regex)
            patterns.emplace_back("spec.regex_query_parameters." + match.name, match.value.value_or(""));
    }
    RE2::Options quiet;
    quiet.set_log_errors(false);
    const int largest = regexMaxSize(m_context.module);
    for (const auto &[field, pattern] : patterns) {
        const RE2 regex(pattern, quiet);
        const std::string fault = pattern.empty() ? "is empty, which is none to Envoy"
            : !regex.ok()                         ? "is refused by RE2 (" + regex.error() + ")"
            : regex.ProgramSize() > largest ? "is too large for Envoy (" + std::to_string(regex.ProgramSize())
                + " in RE2; the Module's regex_max_size allows " + std::to_string(largest) + ")"
                                            : std::string();
        if (!fault.empty())
            return refuse(field,
                          "the regex " + pattern + " " + fault
                              + "; Envoy would take no configuration at all, so this Mapping is left out");
    }
    return true;
}

bool MappingReader::readRetryAndCors()
{
    if (const Value &retry = m_spec["retry_policy"]; retry.isObject()) {
        m_mapping.retryPolicy = readRetryPolicy(retry);
        if (!isKnownRetry(*m_mapping.retryPolicy))
            return refuse("spec.retry_policy.retry_on",
                          "'" + retry["retry_on"].text()
                              + "' is none of 5xx, gateway-error, connect-failure, retriable-4xx, "
                                "refused-stream, retriable-status-codes");
    }
    if (m_spec["cors"].isObject())
        m_mapping.cors = readCors(m_spec["cors"], m_context.rules.splitsOrigins || m_object.annotation);
    return true;
}

// A field that is there counts even if it is empty, unless the watcher has dropped it.
bool MappingReader::isGiven(std::string_view field) const
{
    const Value &value = m_spec[field];
    if (value.isString())
        return isThere(value);
    return !value.isNull() && (m_mapping.emptyMasks || !value.members().empty());
}

void MappingReader::readRewrite()
{
    if (m_spec["rewrite"].isString())
        m_mapping.rewrite = m_spec["rewrite"].text();
    if (!isGiven("regex_rewrite"))
        return;
    if (m_mapping.rewrite && !m_mapping.rewrite->empty() && m_mapping.rewrite != "/")
        note("spec.rewrite",
             "rewrite and regex_rewrite are both given: regex_rewrite is used, rewrite is ignored");
    const Value &regex = m_spec["regex_rewrite"];
    m_mapping.regexRewrite = RegexRewrite{regex["pattern"].text(), regex["substitution"].text()};
    m_mapping.rewrite = "";
}

void MappingReader::readRedirect()
{
    Redirect &redirect = m_mapping.redirect;
    const bool path = isGiven("path_redirect");
    const bool prefix = isGiven("prefix_redirect");
    const bool hasRegex = isGiven("regex_redirect");
    if (path)
        redirect.path = m_spec["path_redirect"].text();
    else if (prefix)
        redirect.prefixRewrite = m_spec["prefix_redirect"].text();
    else if (const Value &regex = m_spec["regex_redirect"]; regex["pattern"].isString())
        redirect.regexRewrite = RegexRewrite{regex["pattern"].text(), regex["substitution"].text()};
    const auto ignored = [this](const char *used, const char *other) {
        post(Diagnostic::Severity::Error, std::string("spec.") + other,
             std::string(used) + " and " + other + " are both given: " + used + " is used, " + other
                 + " is ignored",
             false);
    };
    if (path && prefix)
        ignored("path_redirect", "prefix_redirect");
    if (path && hasRegex)
        ignored("path_redirect", "regex_redirect");
    if (!path && prefix && hasRegex)
        ignored("prefix_redirect", "regex_redirect");
    if (!m_mapping.hostRedirect) {
        redirect = {};
        return;
    }
    const int code = saturated(m_spec["redirect_response_code"].toInteger(301));
    redirect.status = code == 302 || code == 303 || code == 307 || code == 308 ? code : 301;
    if (redirect.status != code)
        post(Diagnostic::Severity::Error, "spec.redirect_response_code",
             std::to_string(code) + " is none of 301, 302, 303, 307, 308; 301 is used", false);
}

class TcpMappingReader : UpstreamReader
{
public:
    using UpstreamReader::UpstreamReader;
    std::optional<TcpMappingResource> read()
    {
        TcpMappingResource mapping;
        mapping.name = m_object.name;
        mapping.spec = &m_spec;
        mapping.host = m_spec["host"].text();
        mapping.address = m_spec["address"].text();
        mapping.port = saturated(m_spec["port"].toInteger());
        mapping.weight = weightOf(m_spec["weight"]);
        readUpstream(mapping.upstream, false);
        const std::string resolver = resolverName(m_context.rules.tcpResolvers);
        mapping.upstream.resolver = resolverOf(resolver);
        if (!m_context.rules.tcpResolvers && m_spec.find("resolver"))
            note("spec.resolver",
                 "resolver of a TCPMapping is not read by Ambassador 1.x; " + resolver + " is used");
        if (!checkResolver(mapping.upstream, resolver, false) || !checkBreakers(mapping.upstream)
            || !checkBalancer())
            return {};
        mapping.upstream.ignoresScheme = !m_context.rules.listenerResources;
        for (const std::string_view ignored : {"stats_name", "idle_timeout_ms"}) {
            if (m_spec.find(ignored))
                note("spec." + std::string(ignored),
                     std::string(ignored) + " of a TCPMapping is accepted and has no effect");
        }
        tellEffectless(m_object.ref, {m_spec, m_context.rules}, m_context.diagnostics);
        tellLimits(mapping.upstream);
        tellOddHostname(m_object.ref, "spec.host", mapping.host, Stars::AtOneEnd, m_context.diagnostics);
        return mapping;
    }
};

} // namespace

std::optional<MappingResource> readMapping(const SourceObject &object, const ReaderContext &context)
{
    return MappingReader(object, context).read();
}

std::optional<TcpMappingResource> readTcpMapping(const SourceObject &object, const ReaderContext &context)
{
    return TcpMappingReader(object, context).read();
}

} // namespace edge
