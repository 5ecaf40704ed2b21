// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_request.h"

#include "app/demo/api_render.h"
#include "edge/text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>

namespace demo {

namespace {

std::string_view takeSegment(std::string_view &path) // up to the next slash, which goes too
{
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    return segment;
}

struct Clause // of Accept: application/json;as=Table;v=v1;g=meta.k8s.io
{
    std::string_view type, as, version, group;
};

Clause readClause(std::string_view text)
{
    Clause clause;
    for (bool isFirst = true; !text.empty(); isFirst = false) {
        const std::size_t end = std::min(text.find(';'), text.size());
        const std::string_view part = edge::trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (isFirst)
            clause.type = part;
        else if (part.starts_with("as="))
            clause.as = part.substr(3);
        else if (part.starts_with("v="))
            clause.version = part.substr(2);
        else if (part.starts_with("g="))
            clause.group = part.substr(2);
    }
    return clause;
}

std::optional<Representation> representation(const Clause &clause)
{
    Representation as;
    as.isYaml = clause.type == "application/yaml";
    if (!as.isYaml && clause.type != "application/json" && clause.type != "*/*"
        && clause.type != "application/*")
        return {};
    if (clause.as.empty())
        return as;
    if (clause.group != "meta.k8s.io" || (clause.version != "v1" && clause.version != "v1beta1"))
        return {};
    if (clause.as == "Table")
        as.as = Representation::As::Table;
    else if (clause.as == "PartialObjectMetadata" || clause.as == "PartialObjectMetadataList")
        as.as = Representation::As::Partial;
    else
        return {};
    as.isListForm = clause.as == "PartialObjectMetadataList";
    return as;
}

bool isBrowserLike(std::string_view agent) // these people read what they get
{
    return agent.starts_with("curl/") || agent.starts_with("Wget/") || agent.starts_with("Mozilla/");
}

} // namespace

std::string percentDecoded(std::string_view text, bool plusIsSpace)
{
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0'
            : c >= 'a' && c <= 'f'  ? c - 'a' + 10
            : c >= 'A' && c <= 'F'  ? c - 'A' + 10
                                    : -1;
    };
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
            decoded += char(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            decoded += text[i] == '+' && plusIsSpace ? ' ' : text[i];
        }
    }
    return decoded;
}

static bool isEscapedWell(std::string_view text)
{
    for (std::size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 1)) {
        const bool isWhole = i + 2 < text.size() && std::isxdigit(static_cast<unsigned char>(text[i + 1]))
            && std::isxdigit(static_cast<unsigned char>(text[i + 2]));
        if (!isWhole)
            return false;
    }
    return text.find(';') == std::string_view::npos;
}

Query::Query(std::string_view text)
{
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (!pair.empty() && isEscapedWell(pair)) // Go leaves out the others, in silence
            m_pairs.emplace_back(percentDecoded(pair.substr(0, equals), true),
                                 percentDecoded(pair.substr(std::min(equals + 1, pair.size())), true));
    }
}

const std::string &Query::value(std::string_view key) const
{
    static const std::string none;
    for (const auto &pair : m_pairs) {
        if (pair.first == key)
            return pair.second;
    }
    return none;
}

bool Query::has(std::string_view key) const
{
    return std::any_of(m_pairs.begin(), m_pairs.end(), [key](const auto &pair) { return pair.first == key; });
}

bool Query::isTrue(std::string_view key) const
{
    std::string text = value(key);
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return has(key) && text != "false" && text != "0";
}

void Query::remove(std::string_view key)
{
    std::erase_if(m_pairs, [key](const auto &pair) { return pair.first == key; });
}

void Query::set(std::string_view key, std::string value)
{
    remove(key);
    m_pairs.emplace_back(key, std::move(value));
}

std::vector<std::string> Query::values(std::string_view key) const
{
    std::vector<std::string> found;
    for (const auto &pair : m_pairs) {
        if (pair.first == key)
            found.push_back(pair.second);
    }
    return found;
}

StoreResult<void> checkNumber(const Query &query, std::string_view key)
{
    if (!query.has(key))
        return {};
    const std::string &text = query.value(key);
    std::int64_t number = 0;
    const bool hasPlus =
        text.starts_with('+') && !text.starts_with("+-"); // one sign, which from_chars knows if it is a minus
    const auto [end, error] = std::from_chars(text.data() + hasPlus, text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size())
        return {};
    return tl::unexpected(
        badRequest("strconv.ParseInt: parsing " + quoted(text) + ": "
                   + (error == std::errc::result_out_of_range ? "value out of range" : "invalid syntax")));
}

std::optional<ApiPath> resourcePath(std::string_view path)
{
    ApiPath found;
    if (path.starts_with("/api/")) {
        path.remove_prefix(5);
    } else if (path.starts_with("/apis/")) {
        path.remove_prefix(6);
        found.group = takeSegment(path);
    } else {
        return {};
    }
    found.version = takeSegment(path);
    if (path.starts_with("watch/")) {
        found.isWatch = true;
        path.remove_prefix(6);
    }
    std::string_view segment = takeSegment(path);
    if (segment.empty())
        return {};
    if (segment == "namespaces" && !path.empty()) {
        std::string_view rest = path;
        const std::string_view nameSpace = takeSegment(rest);
        const bool isItself =
            rest.empty() || rest == "status" || rest == "finalize"; // of the Namespace object
        if (!isItself) {
            found.nameSpace = percentDecoded(nameSpace);
            path = rest;
            segment = takeSegment(path);
        }
    }
    found.plural = segment;
    found.name = percentDecoded(takeSegment(path));
    found.subresource = takeSegment(path);
    found.rest = path;
    return found;
}

namespace {

bool isGoTrue(const std::string &text) // strconv.ParseBool
{
    static const std::set<std::string_view> words{"1", "t", "T", "true", "True", "TRUE"};
    return words.contains(text);
}

} // namespace

std::optional<Representation> negotiate(const edge::RequestHead &head, const Query &query)
{
    const std::string *accept = head.headers.find("accept");
    std::string_view clauses = accept && !accept->empty() ? std::string_view(*accept) : "*/*";
    while (!clauses.empty()) {
        const std::size_t end = std::min(clauses.find(','), clauses.size());
        auto as = representation(readClause(edge::trimmed(clauses.substr(0, end))));
        clauses.remove_prefix(std::min(end + 1, clauses.size()));
        if (!as)
            continue;
        as->isPretty = query.value("pretty").empty() ? isBrowserLike(head.headers.value("user-agent"))
                                                     : isGoTrue(query.value("pretty"));
        return as;
    }
    return {};
}

StoreResult<void> checkAccept(const edge::RequestHead &head, Produced produced)
{
    std::vector<std::string_view> types{"application/json"};
    if (produced != Produced::Json)
        types.insert(types.end(), {"application/yaml", "application/vnd.kubernetes.protobuf"});
    if (produced == Produced::Lists)
        types.insert(types.end(),
                     {"application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"});
    std::string_view clauses = head.headers.value("accept");
    if (clauses.empty())
        return {};
    while (!clauses.empty()) {
        std::string_view type = clauses.substr(0, clauses.find(','));
        clauses.remove_prefix(std::min(type.size() + 1, clauses.size()));
        type = edge::trimmed(type.substr(0, type.find(';')));
        if (type == "*/*" || std::find(types.begin(), types.end(), type) != types.end())
            return {};
    }
    std::string known;
    for (const std::string_view type : types)
        known.append(known.empty() ? "" : ", ").append(type);
    return tl::unexpected(StoreError{
        406, "NotAcceptable", "406: Not Acceptable\n\nAvailable representations: " + known, Value::object()});
}

Answer answerOf(const Value &value, const Representation &as, int status)
{
    Answer answer;
    answer.status = status;
    answer.contentType = as.isYaml ? "application/yaml" : "application/json";
    answer.body =
        as.isYaml ? edge::toYaml(sortedByKey(value)) : edge::toJson(value, as.isPretty ? 2 : 0) + "\n";
    return answer;
}

Answer answerOf(const StoreError &error, const Representation &as)
{
    Answer answer = answerOf(statusOf(error), as, error.code);
    if (const std::int64_t seconds = error.details["retryAfterSeconds"].toInteger(); seconds > 0)
        answer.headers.set("Retry-After", std::to_string(seconds));
    return answer;
}

Answer plainText(int status, std::string text)
{
    Answer answer;
    answer.status = status;
    answer.contentType = "text/plain; charset=utf-8";
    answer.headers.set("X-Content-Type-Options", "nosniff"); // as Go's http.Error
    answer.body = std::move(text);
    return answer;
}

std::string verbOf(std::string_view method, const ApiPath &path, const Query &query)
{
    if (method == "POST")
        return "create";
    if (method == "PUT")
        return "update";
    if (method == "PATCH")
        return "patch";
    if (method == "DELETE")
        return path.name.empty() ? "deletecollection" : "delete";
    if (method != "GET" && (method != "HEAD" || path.subresource != "proxy"))
        return {};
    const bool asksToWatch = path.name.empty() && query.isTrue("watch"); // of one object it means nothing
    if (path.subresource.empty() && (path.isWatch || asksToWatch))
        return "watch";
    return path.name.empty() ? "list" : "get";
}

StoreError methodNotAllowed(const Call &call)
{
    if (call.kind->isBuiltIn)
        return {405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
                Value::object()};
    return {405, "MethodNotAllowed",
            call.verb + " is not supported on resources of kind "
                + quoted(qualified(call.kind->plural, call.kind->group)),
            Value::object({{"group", call.kind->group}, {"kind", call.kind->plural}})};
}

} // namespace demo
