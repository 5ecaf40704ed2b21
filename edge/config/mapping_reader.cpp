// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/mapping_reader.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

std::vector<std::string> texts(const Value &value) // a list, or one string
{
    std::vector<std::string> list;
    if (value.isString())
        list.push_back(value.text());
    for (const Value &item : value.items())
        list.push_back(item.text());
    return list;
}

std::string joined(const Value &value)
{
    std::string text;
    for (const std::string &item : texts(value))
        text += (text.empty() ? "" : ", ") + item;
    return text;
}

std::optional<int> integer(const Value &value)
{
    return value.isNumber() ? std::optional(int(value.toInteger())) : std::nullopt;
}

std::vector<HeaderToAdd> headersToAdd(const Value &value)
{
    std::vector<HeaderToAdd> headers;
    for (const auto &[name, content] : value.members()) {
        if (content.isObject())
            headers.push_back({name, content["value"].text(), content["append"].toBool(true)});
        else
            headers.push_back({name, content.text(), true});
    }
    return headers;
}

void addMatches(std::vector<FieldMatch> &matches, const Value &exact, const Value &regex)
{
    for (const auto &[name, value] : exact.members())
        matches.push_back({name, value.isBool() ? std::nullopt : std::optional(value.text()), false});
    for (const auto &[name, value] : regex.members())
        matches.push_back({name, value.text(), true});
}

class MappingReader
{
public:
    MappingReader(const Value &object, std::vector<Diagnostic> &diagnostics)
        : m_spec(object["spec"])
        , m_diagnostics(diagnostics)
    {
        const std::string &nameSpace = object.at({"metadata", "namespace"}).text();
        m_mapping.ref = {"Mapping", object.at({"metadata", "name"}).text(), nameSpace.empty() ? "default" : nameSpace};
    }

    std::optional<MappingResource> read()
    {
        for (const std::string_view required : {"prefix", "service"}) {
            if (m_spec[required].text().empty() || !m_spec[required].isString())
                return dropped("spec." + std::string(required), "is required and must be a text");
        }
        m_mapping.prefix = m_spec["prefix"].text();
        m_mapping.service = m_spec["service"].text();
        m_mapping.prefixRegex = m_spec["prefix_regex"].toBool();
        m_mapping.prefixExact = m_spec["prefix_exact"].toBool();
        if (m_spec["case_sensitive"].isBool())
            m_mapping.caseSensitive = m_spec["case_sensitive"].toBool();
        if (!readMatches() || !readRetryPolicy())
            return {};
        readAction();
        readTraffic();
        return std::move(m_mapping);
    }

private:
    std::optional<MappingResource> dropped(const std::string &path, const std::string &why)
    {
        m_diagnostics.push_back({Diagnostic::Severity::Error, m_mapping.ref, path, why, true});
        return {};
    }

    void note(const std::string &path, const std::string &what)
    {
        m_diagnostics.push_back({Diagnostic::Severity::Notice, m_mapping.ref, path, what, false});
    }

    bool readMatches()
    {
        std::vector<FieldMatch> all;
        addMatches(all, m_spec["headers"], m_spec["regex_headers"]);
        for (FieldMatch &match : all) {
            if (match.regex || match.name.size() != 10 || !isAuthority(match.name))
                m_mapping.headers.push_back(std::move(match));
            else if (match.value) // said as a header, but it is a host
                m_mapping.host = *match.value;
        }
        if (m_spec["host"].isString()) {
            m_mapping.host = m_spec["host"].text();
            m_mapping.hostRegex = m_spec["host_regex"].toBool();
        }
        if (!m_mapping.host.empty())
            m_mapping.headers.push_back({":authority", m_mapping.host, m_mapping.hostRegex});
        if (m_spec["method"].isString())
            m_mapping.headers.push_back({":method", m_spec["method"].text(), m_spec["method_regex"].toBool()});
        addMatches(m_mapping.queryParameters, m_spec["query_parameters"], m_spec["regex_query_parameters"]);
        m_mapping.precedence = int(m_spec["precedence"].toInteger());
        m_mapping.weight = integer(m_spec["weight"]);
        return true;
    }

    static bool isAuthority(std::string_view name)
    {
        static constexpr std::string_view wanted = ":authority";
        return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(), [](char a, char b) { return (a | 0x20) == (b | 0x20); });
    }

    bool readRetryPolicy()
    {
        const Value &retry = m_spec["retry_policy"];
        if (!retry.isObject())
            return true;
        static constexpr std::array<std::string_view, 6> known {"5xx", "gateway-error", "connect-failure", "retriable-4xx", "refused-stream", "retriable-status-codes"};
        const std::string &on = retry["retry_on"].text();
        if (std::find(known.begin(), known.end(), on) == known.end()) {
            dropped("spec.retry_policy.retry_on", "'" + on + "' is none of 5xx, gateway-error, connect-failure, retriable-4xx, refused-stream, retriable-status-codes");
            return false;
        }
        RetryPolicy policy;
        policy.retryOn = on;
        policy.numRetries = int(retry["num_retries"].toInteger(1));
        m_mapping.retryPolicy = policy;
        return true;
    }

    void readAction()
    {
        if (m_spec["rewrite"].isString())
            m_mapping.rewrite = m_spec["rewrite"].text();
        const Value &regex = m_spec["regex_rewrite"];
        if (regex["pattern"].isString()) {
            if (m_mapping.rewrite)
                note("spec.rewrite", "rewrite and regex_rewrite are both given: regex_rewrite is used, rewrite is ignored");
            m_mapping.regexRewrite = RegexRewrite {regex["pattern"].text(), regex["substitution"].text()};
            m_mapping.rewrite = "";
        }
        const Value &tls = m_spec["tls"];
        m_mapping.tls.context = tls.isString() ? tls.text() : "";
        m_mapping.tls.withoutCertificate = tls.toBool();
        m_mapping.hostRewrite = m_spec["host_rewrite"].text();
        m_mapping.autoHostRewrite = m_spec["auto_host_rewrite"].toBool();
        m_mapping.shadow = m_spec["shadow"].toBool();
        m_mapping.hostRedirect = m_spec["host_redirect"].toBool() && !m_mapping.shadow;
        if (m_mapping.hostRedirect)
            readRedirect();
    }

    void readRedirect()
    {
        Redirect &redirect = m_mapping.redirect;
        const Value &regex = m_spec["regex_redirect"];
        if (m_spec["path_redirect"].isString())
            redirect.path = m_spec["path_redirect"].text();
        else if (m_spec["prefix_redirect"].isString())
            redirect.prefixRewrite = m_spec["prefix_redirect"].text();
        else if (regex["pattern"].isString())
            redirect.regexRewrite = RegexRewrite {regex["pattern"].text(), regex["substitution"].text()};
        const int code = int(m_spec["redirect_response_code"].toInteger(301));
        redirect.status = code == 302 || code == 303 || code == 307 || code == 308 ? code : 301;
        if (redirect.status != code)
            note("spec.redirect_response_code", std::to_string(code) + " is none of 301, 302, 303, 307, 308; 301 is used");
    }

    void readTraffic()
    {
        m_mapping.timeoutMs = integer(m_spec["timeout_ms"]);
        m_mapping.idleTimeoutMs = integer(m_spec["idle_timeout_ms"]);
        m_mapping.connectTimeoutMs = integer(m_spec["connect_timeout_ms"]);
        m_mapping.grpc = m_spec["grpc"].toBool();
        m_mapping.priority = m_spec["priority"].text();
        m_mapping.requestHeadersToAdd = headersToAdd(m_spec["add_request_headers"]);
        m_mapping.responseHeadersToAdd = headersToAdd(m_spec["add_response_headers"]);
        m_mapping.requestHeadersToRemove = texts(m_spec["remove_request_headers"]);
        m_mapping.responseHeadersToRemove = texts(m_spec["remove_response_headers"]);
        m_mapping.upgrades = texts(m_spec["allow_upgrade"]);
        if (m_spec.find("use_websocket")) // present, true or false: Emissary looks no further
            m_mapping.upgrades.emplace_back("websocket");
        if (m_spec["cors"].isObject())
            m_mapping.cors = readCors(m_spec["cors"]);
    }

    const Value &m_spec;
    std::vector<Diagnostic> &m_diagnostics;
    MappingResource m_mapping;
};

}

CorsPolicy readCors(const Value &value)
{
    CorsPolicy cors;
    cors.origins = texts(value["origins"]);
    cors.methods = joined(value["methods"]);
    cors.headers = joined(value["headers"]);
    cors.exposedHeaders = joined(value["exposed_headers"]);
    cors.maxAge = value["max_age"].text();
    if (value["credentials"].isBool())
        cors.credentials = value["credentials"].toBool();
    return cors;
}

std::optional<MappingResource> readMapping(const Value &object, std::vector<Diagnostic> &diagnostics)
{
    return MappingReader(object, diagnostics).read();
}

} // namespace edge
