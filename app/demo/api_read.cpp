// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_read.h"

#include "app/demo/go_json.h"
#include "app/demo/object_meta.h"

#include <algorithm>
#include <charconv>

namespace demo {

namespace {

struct ListOptions
{
    std::int64_t limit = 0;
    std::optional<std::int64_t> version; // of resourceVersion; absent: ""
    std::string match;                   // Exact, NotOlderThan, ""
    std::optional<std::pair<std::int64_t, std::string>>
        from; // a continue token: version and the key to start at
};

std::optional<std::uint64_t> unsignedNumber(const std::string &text)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::string keyOf(const Value &object)
{
    const std::string &nameSpace = namespaceOf(object);
    return nameSpace.empty() ? nameOf(object) : nameSpace + "/" + nameOf(object);
}

constexpr char Alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64Url(std::string_view text)
{
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6)
            out += Alphabet[bits >> (count - 6) & 63];
    }
    if (count > 0)
        out += Alphabet[bits << (6 - count) & 63];
    return out;
}

tl::expected<std::string, std::size_t> fromBase64Url(std::string_view text) // the error: where it is illegal
{
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char *found = std::char_traits<char>::find(Alphabet, 64, text[i]);
        if (!found)
            return tl::unexpected(i);
        bits = bits << 6 | std::uint32_t(found - Alphabet);
        if ((count += 6) >= 8)
            out += char(bits >> (count -= 8) & 255);
    }
    return text.size() % 4 == 1 ? tl::expected<std::string, std::size_t>(tl::unexpected(text.size() - 1))
                                : out;
}

std::string continueToken(std::int64_t version, const std::string &start)
{
    return base64Url(
        edge::toJson(Value::object({{"v", "meta.k8s.io/v1"}, {"rv", version}, {"start", start}})));
}

StoreResult<std::pair<std::int64_t, std::string>> readToken(const std::string &token)
{
    const auto decoded = fromBase64Url(token);
    if (!decoded)
        return tl::unexpected(
            badRequest("invalid continue token: continue key is not valid: illegal base64 data at input byte "
                       + std::to_string(decoded.error())));
    if (const std::string problem = goSyntaxError(*decoded); !problem.empty())
        return tl::unexpected(badRequest("invalid continue token: continue key is not valid: " + problem));
    const Value content = edge::parseJson(*decoded).value_or(Value());
    if (content["v"].text() != "meta.k8s.io/v1" || content["start"].text().empty())
        return tl::unexpected(badRequest("invalid continue token: continue key is not valid: server does not "
                                         "recognize this encoded version "
                                         + quoted(content["v"].text())));
    return std::pair(content["rv"].toInteger(), content["start"].text());
}

StoreError badOption(std::string_view options, Cause cause)
{
    return invalid("meta.k8s.io", options, {}, {std::move(cause)});
}

StoreResult<void> readVersion(const Query &query, ListOptions &options)
{
    const std::string &text = query.value("resourceVersion");
    options.match = query.value("resourceVersionMatch");
    if (!options.match.empty() && text.empty())
        return tl::unexpected(badOption(
            "ListOptions",
            forbiddenValue("resourceVersionMatch",
                           "resourceVersionMatch is forbidden unless resourceVersion is provided")));
    if (!options.match.empty() && query.has("continue"))
        return tl::unexpected(
            badOption("ListOptions",
                      forbiddenValue("resourceVersionMatch",
                                     "resourceVersionMatch is forbidden when continue is provided")));
    if (!options.match.empty() && options.match != "Exact" && options.match != "NotOlderThan")
        return tl::unexpected(badOption(
            "ListOptions",
            unsupportedValue("resourceVersionMatch", quoted(options.match), {"Exact", "NotOlderThan", ""})));
    if (options.match == "Exact" && text == "0")
        return tl::unexpected(badOption(
            "ListOptions",
            forbiddenValue("resourceVersionMatch",
                           "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")));
    if (text.empty())
        return {};
    const auto number = unsignedNumber(text);
    if (!number)
        return tl::unexpected(
            badRequest("invalid resource version: resourceVersion: Invalid value: " + quoted(text)
                       + ": strconv.ParseUint: parsing " + quoted(text) + ": invalid syntax"));
    options.version = std::int64_t(*number);
    return {};
}

StoreResult<ListOptions> listOptions(const Query &query)
{
    ListOptions options;
    for (const char *number : {"limit", "timeoutSeconds"}) {
        if (const auto good = checkNumber(query, number); !good)
            return tl::unexpected(good.error());
    }
    options.limit = std::atoll(query.value("limit").c_str());
    if (query.has("sendInitialEvents"))
        return tl::unexpected(
            invalid("meta.k8s.io", "ListOptions", {},
                    {forbiddenValue("sendInitialEvents", "sendInitialEvents is forbidden for list")}));
    if (const auto read = readVersion(query, options); !read)
        return tl::unexpected(read.error());
    const std::string &token = query.value("continue");
    if (token.empty())
        return options;
    auto from = readToken(token);
    if (!from)
        return tl::unexpected(from.error());
    if (options.version && *options.version != 0)
        return tl::unexpected(badRequest("specifying resource version is not allowed when using continue"));
    options.from = std::move(*from);
    options.version = options.from->first;
    options.match = "Exact";
    return options;
}

StoreError lostPage(const ListOptions &options, const Store &store)
{
    if (!options.from)
        return expired("The resourceVersion for the provided list is too old.");
    StoreError error =
        expired("The provided continue parameter is too old to display a consistent list result. You can "
                "start a new list without the continue parameter, or use the continue "
                "token in this response to retrieve the remainder of the results. Continuing with the "
                "provided token results in an inconsistent list - objects that were created, "
                "modified, or deleted between the time the first chunk was returned and now may show up in "
                "the list.");
    error.details = Value::object({{"continue", continueToken(-1, options.from->second)}});
    (void)store;
    return error;
}

bool isExact(
    const ListOptions &options) // a page of a given version means that version, as the registry has it
{
    return options.match == "Exact"
        || (options.match.empty() && options.limit > 0 && options.version && *options.version > 0);
}

} // namespace

StoreError tooLargeVersion(std::int64_t asked, std::int64_t current)
{
    StoreError error{504,
                     "Timeout",
                     "Timeout: Too large resource version: " + std::to_string(asked)
                         + ", current: " + std::to_string(current),
                     {}};
    error.details =
        Value::object({{"causes",
                        Value::array({Value::object({{"reason", "ResourceVersionTooLarge"},
                                                     {"message", "Too large resource version"}})})},
                       {"retryAfterSeconds", 1}});
    return error;
}

StoreResult<Selector> selectorOf(const Call &call)
{
    Selector selector;
    auto labels = readLabelSelector(call.query.value("labelSelector"));
    if (!labels)
        return tl::unexpected(labels.error());
    auto fields = readFieldSelector(call.query.value("fieldSelector"), *call.kind);
    if (!fields)
        return tl::unexpected(fields.error());
    selector.labels = std::move(*labels);
    selector.fields = std::move(*fields);
    if (!call.path.name.empty())
        selector.fields.push_back({"metadata.name", call.path.name, true});
    return selector;
}

StoreResult<Answer> readOne(const Store &store, const Call &call)
{
    if (const std::string &version = call.query.value("resourceVersion"); !version.empty()) {
        const auto number = unsignedNumber(version);
        if (!number)
            return tl::unexpected(internalError("resourceVersion: Invalid value: " + quoted(version)
                                                + ": strconv.ParseUint: parsing " + quoted(version)
                                                + ": invalid syntax"));
        if (std::int64_t(*number) > store.version())
            return tl::unexpected(tooLargeVersion(std::int64_t(*number), store.version()));
    }
    const ObjectPtr object = store.get(*call.kind, call.path.nameSpace, call.path.name);
    if (!object)
        return tl::unexpected(notFound(*call.kind, call.path.name));
    return renderObject(call, *object);
}

StoreResult<Answer> readList(const Store &store, const Call &call)
{
    const auto options = listOptions(call.query);
    if (!options)
        return tl::unexpected(options.error());
    const auto selector = selectorOf(call);
    if (!selector)
        return tl::unexpected(selector.error());
    ListMeta meta;
    meta.version = store.version();
    if (options->version && *options->version > store.version())
        return tl::unexpected(tooLargeVersion(*options->version, store.version()));
    std::vector<ObjectPtr> objects;
    if (isExact(*options) && options->version.value_or(0) > 0) {
        auto past = store.listAt(*call.kind, call.path.nameSpace, *options->version);
        if (!past)
            return tl::unexpected(lostPage(*options, store));
        objects = std::move(*past);
        meta.version = *options->version;
    } else {
        objects = store.list(*call.kind, call.path.nameSpace);
    }
    std::erase_if(objects, [&](const ObjectPtr &object) {
        return (options->from && keyOf(*object) < options->from->second) || !selector->matches(*object);
    });
    const bool isFromCache = options->version && *options->version == 0; // which ignores limits
    if (options->limit > 0 && !isFromCache && objects.size() > std::size_t(options->limit)) {
        const std::size_t limit = std::size_t(options->limit);
        meta.continueToken = continueToken(meta.version, keyOf(*objects[limit - 1]) + '\0');
        if (selector->isEmpty())
            meta.remaining = std::int64_t(objects.size() - limit);
        objects.resize(limit);
    }
    return renderList(call, objects, meta);
}

} // namespace demo
