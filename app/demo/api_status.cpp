// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_status.h"

#include <algorithm>

namespace demo {

namespace {

Value details(std::string_view group, std::string_view kind, std::string_view name)
{
    Value details = Value::object();
    if (!name.empty())
        details.set("name", name);
    if (!group.empty())
        details.set("group", group);
    if (!kind.empty())
        details.set("kind", kind);
    return details;
}

std::string joined(const std::vector<std::string> &texts, std::string_view separator)
{
    std::string all;
    for (const std::string &text : texts)
        all.append(all.empty() ? "" : separator).append(text);
    return all;
}

} // namespace

std::string qualified(std::string_view name, std::string_view group)
{
    return group.empty() ? std::string(name) : std::string(name).append(".").append(group);
}

std::string quoted(std::string_view text)
{
    static constexpr std::string_view letters = "abfnrtv", meant = "\a\b\f\n\r\t\v";
    static constexpr char hex[] = "0123456789abcdef";
    constexpr char Delete = 127;
    std::string shown = "\"";
    for (const char c : text) {
        const std::size_t escape = meant.find(c);
        if (c == '"' || c == '\\')
            shown.append(1, '\\').append(1, c);
        else if (escape != std::string_view::npos)
            shown.append(1, '\\').append(1, letters[escape]);
        else if ((c >= 0 && c < ' ') || c == Delete)
            shown.append("\\x").append(1, hex[c >> 4]).append(1, hex[c & 15]);
        else
            shown += c;
    }
    return shown + '"';
}

Cause invalidValue(std::string field, const std::string &shownValue, const std::string &problem)
{
    return {"FieldValueInvalid", std::move(field), "Invalid value: " + shownValue + ": " + problem};
}

Cause requiredValue(std::string field, const std::string &problem)
{
    return {"FieldValueRequired", std::move(field),
            problem.empty() ? "Required value" : "Required value: " + problem};
}

Cause forbiddenValue(std::string field, const std::string &problem)
{
    return {"FieldValueForbidden", std::move(field), "Forbidden: " + problem};
}

Cause unsupportedValue(std::string field, const std::string &shownValue,
                       const std::vector<std::string> &supported)
{
    std::vector<std::string> words;
    for (const std::string &word : supported)
        words.push_back(quoted(word));
    return {"FieldValueNotSupported", std::move(field),
            "Unsupported value: " + shownValue + ": supported values: " + joined(words, ", ")};
}

StoreError badRequest(std::string message) { return {400, "BadRequest", std::move(message), {}}; }

StoreError unauthorized() { return {401, "Unauthorized", "Unauthorized", {}}; }

StoreError notFound(const ResourceKind &kind, std::string_view name)
{
    return {404, "NotFound", qualified(kind.plural, kind.group) + " " + quoted(name) + " not found",
            details(kind.group, kind.plural, name)};
}

StoreError alreadyExists(const ResourceKind &kind, std::string_view name)
{
    return {409, "AlreadyExists", qualified(kind.plural, kind.group) + " " + quoted(name) + " already exists",
            details(kind.group, kind.plural, name)};
}

StoreError conflict(const ResourceKind &kind, std::string_view name, std::string_view why, bool byKind)
{
    const std::string &what = byKind ? kind.kind : kind.plural;
    return {409, "Conflict",
            "Operation cannot be fulfilled on " + qualified(what, kind.group) + " " + quoted(name) + ": "
                + std::string(why),
            details(kind.group, what, name)};
}

StoreError modifiedMeanwhile(const ResourceKind &kind, std::string_view name)
{
    return conflict(
        kind, name,
        "the object has been modified; please apply your changes to the latest version and try again");
}

StoreError invalid(std::string_view group, std::string_view kind, std::string_view name,
                   const std::vector<Cause> &causes)
{
    std::vector<std::string> problems;
    Value listed = Value::array();
    for (const Cause &cause : causes) {
        const std::string text = cause.field + ": " + cause.message;
        if (std::find(problems.begin(), problems.end(), text) == problems.end())
            problems.push_back(text);
        listed.push(
            Value::object({{"reason", cause.reason}, {"message", cause.message}, {"field", cause.field}}));
    }
    std::string why = joined(problems, ", ");
    if (problems.size() > 1)
        why = "[" + why + "]";
    Value about = details(group, kind, name);
    about.set("causes", std::move(listed));
    return {422, "Invalid", qualified(kind, group) + " " + quoted(name) + " is invalid: " + why,
            std::move(about)};
}

StoreError invalid(const ResourceKind &kind, std::string_view name, const std::vector<Cause> &causes)
{
    return invalid(kind.group, kind.kind, name, causes);
}

StoreError forbidden(std::string_view group, std::string_view plural, std::string_view name,
                     std::string_view why)
{
    const std::string object = name.empty() ? "" : " " + quoted(name);
    return {403, "Forbidden", qualified(plural, group) + object + " is forbidden: " + std::string(why),
            details(group, plural, name)};
}

StoreError expired(std::string message) { return {410, "Expired", std::move(message), {}}; }

StoreError internalError(std::string message, std::string reason)
{
    return {500, std::move(reason), std::move(message), {}};
}

Value statusOf(const StoreError &error)
{
    Value status = Value::object({{"kind", "Status"},
                                  {"apiVersion", "v1"},
                                  {"metadata", Value::object()},
                                  {"status", "Failure"},
                                  {"message", error.message}});
    if (!error.reason.empty())
        status.set("reason", error.reason);
    if (!error.details.isNull())
        status.set("details", error.details);
    status.set("code", error.code);
    return status;
}

StoreError applyIsUnknown()
{
    return {
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json",
        {}};
}

StoreError unknownFormat()
{
    return {415,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: "
            "application/json, application/yaml, application/vnd.kubernetes.protobuf",
            {}};
}

StoreError notServed()
{
    return {404, "NotFound", "the server could not find the requested resource", Value::object()};
}

StoreError notAcceptable(std::string_view types)
{
    return {406, "NotAcceptable", "only the following media types are accepted: " + std::string(types), {}};
}

} // namespace demo
