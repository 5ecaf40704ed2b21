// SPDX-License-Identifier: GPL-3.0-or-later
// The bodies and options of writing requests.
#include "app/demo/api_write.h"
#include "app/demo/byte_fields.h"
#include "app/demo/go_json.h"
#include "app/demo/go_types.h"
#include "app/demo/object_meta.h"
#include "app/demo/protobuf_body.h"
#include "app/demo/resource_kinds.h"
#include "app/demo/schema.h"
#include "edge/text.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace demo {

namespace {

std::string summary(std::string_view body) // as apiserver's summarizeData
{
    constexpr std::size_t Limit = 30;
    static constexpr char hex[] = "0123456789abcdef";
    if (body.empty())
        return "<empty>";
    const std::string_view shown = body.substr(0, Limit);
    std::string text;
    if (body.front() == '{')
        text = shown;
    else
        for (const char c : shown)
            text.append(1, hex[static_cast<unsigned char>(c) >> 4]).append(1, hex[c & 15]);
    return body.size() > Limit ? text + " ..." : text;
}

StoreError unrecognized(const Call &call, const std::string &why)
{
    return badRequest("the object provided is unrecognized (must be of type " + call.kind->kind + "): " + why
                      + " (" + summary(call.body) + ")");
}

// Of two members with one name, Go keeps the last.
Value withoutDuplicates(const Value &value)
{
    if (value.isArray()) {
        Value items = Value::array();
        for (const Value &item : value.items())
            items.push(withoutDuplicates(item));
        return items;
    }
    if (!value.isObject())
        return value;
    Value members = Value::object();
    for (const auto &[key, member] : value.members())
        members.set(key, withoutDuplicates(member));
    return members;
}

StoreResult<Value> parseBody(const Call &call, bool isYaml, std::vector<std::string> &duplicates)
{
    if (isYaml) {
        auto documents = edge::parseYaml(call.body);
        if (!documents || documents->empty())
            return tl::unexpected(unrecognized(
                call,
                "couldn't get version/kind; json parse error: "
                    + (documents ? std::string("unexpected end of JSON input") : documents.error().message)));
        return std::move(documents->front());
    }
    if (const std::string problem = goSyntaxError(call.body); !problem.empty())
        return tl::unexpected(unrecognized(call, "couldn't get version/kind; json parse error: " + problem));
    auto value = edge::parseJson(call.body);
    if (!value)
        return tl::unexpected(unrecognized(call, value.error().message));
    duplicates = duplicateFields(call.body);
    return duplicates.empty() ? std::move(*value) : withoutDuplicates(*value);
}

std::string versionIn(const std::string &apiVersion) { return apiVersion.substr(apiVersion.find('/') + 1); }

// Why Go's scheme has no way from what the body says to be to what is wanted; "": it has.  Both may be left out of a body.
std::string unhandledKind(const ResourceKind &kind, const std::string &named, const std::string &namedVersion,
                          const std::string &expectedVersion)
{
    const std::string &name = named.empty() ? kind.kind : named;
    const std::string &apiVersion = namedVersion.empty() ? expectedVersion : namedVersion;
    const std::string version = versionIn(apiVersion);
    const bool isOwnVersion = kind.serves(version) && apiVersion == kind.apiVersion(version);
    const bool isKnown = (isOwnVersion && name == kind.kind) || isBuiltInKind(apiVersion, name);
    if (isKnown && name == kind.kind)
        return {};
    return name + " in version " + quoted(version) + " cannot be handled as a " + kind.kind + ": "
        + (isKnown ? "converting (" + version + "." + name + ") to (" + goPackageOf(kind) + "." + kind.kind
                   + "): unknown conversion"
                   : "no kind " + quoted(name) + " is registered for version " + quoted(apiVersion)
                   + " in scheme \"pkg/runtime/scheme.go:111\"");
}

StoreResult<void> checkKind(const Call &call, Value &object)
{
    const ResourceKind &kind = *call.kind;
    const std::string expected = kind.apiVersion(call.path.version);
    const std::string &apiVersion = object["apiVersion"].text();
    const std::string &name = object["kind"].text();
    if (const std::string problem = typeMetaMismatch(object); !problem.empty())
        return tl::unexpected(unrecognized(call, "couldn't get version/kind; json parse error: " + problem));
    if (object.isNull() && kind.isBuiltIn)
        object = Value::object();
    if (name.empty() && !kind.isBuiltIn)
        return tl::unexpected(unrecognized(call, "Object 'Kind' is missing in '" + call.body + "'"));
    if (const std::string why = kind.isBuiltIn ? unhandledKind(kind, name, apiVersion, expected) : "";
        !why.empty())
        return tl::unexpected(badRequest(why));
    if (!apiVersion.empty() && apiVersion != expected)
        return tl::unexpected(badRequest("the API version in the data (" + apiVersion
                                         + ") does not match the expected API version (" + expected + ")"));
    if (name.empty())
        object.set("kind", kind.kind);
    object.set("apiVersion", expected);
    return {};
}

StoreResult<void> checkFields(Call &call, std::vector<std::string> problems)
{
    const std::string &mode = call.query.value("fieldValidation");
    if (problems.empty() || mode == "Ignore")
        return {};
    if (mode != "Strict") {
        call.warnings.insert(call.warnings.end(), problems.begin(), problems.end());
        return {};
    }
    std::string all;
    for (const std::string &problem : problems)
        all.append(all.empty() ? "" : ", ").append(problem);
    return tl::unexpected(badRequest(call.kind->kind + " in version " + quoted(call.path.version)
                                     + " cannot be handled as a " + call.kind->kind
                                     + ": strict decoding error: " + all));
}

std::vector<Cause> managerProblems(const std::string &manager)
{
    constexpr std::size_t Longest = 128;
    constexpr char Delete = 127;
    std::vector<Cause> causes;
    if (manager.size() > Longest)
        causes.push_back({"FieldValueTooLong", "fieldManager", "Too long: may not be more than 128 bytes"});
    for (std::size_t i = 0; i < manager.size(); ++i) {
        const char c = manager[i];
        std::array<char, 16> code{};
        std::snprintf(code.data(), code.size(), "U+%04X", unsigned(static_cast<unsigned char>(c)));
        if ((c >= 0 && c < ' ') || c == Delete)
            causes.push_back(invalidValue("fieldManager", quoted(manager),
                                          std::string("invalid character ") + code.data() + " (at position "
                                              + std::to_string(i) + ")"));
    }
    return causes;
}

} // namespace

std::string mediaTypeOf(const Call &call)
{
    std::string_view type = call.head.headers.value("content-type");
    type = edge::trimmed(type.substr(0, std::min(type.find(';'), type.size())));
    return type.empty() ? "application/json" : std::string(type);
}

// Of a Go type, as far as the schema tells it.
static Value zeroOf(const Value &schema)
{
    const std::string &type = schema["type"].text();
    if (type == "object")
        return Value::object();
    if (type == "string")
        return "";
    if (type == "integer" || type == "number")
        return 0;
    return type == "boolean" ? Value(false) : Value();
}

Value withoutNulls(const Value &value, const Value *schema)
{
    static const Value nothing;
    const Value &known = schema ? *schema : nothing;
    if (value.isArray()) {
        const Value &of = known["items"];
        Value items = Value::array();
        for (const Value &item : value.items())
            items.push(item.isNull() ? zeroOf(of) : withoutNulls(item, &of));
        return items;
    }
    if (!value.isObject())
        return value;
    Value members = Value::object();
    for (const auto &[key, member] : value.members()) {
        const Value *field = known["properties"].find(key);
        const Value &of = field ? *field : known["additionalProperties"];
        Value kept = member.isNull() ? (field ? Value() : zeroOf(of)) : withoutNulls(member, &of);
        if (!kept.isNull())
            members.set(key, std::move(kept));
    }
    return members;
}

StoreResult<Value> decodeObject(Call &call)
{
    const std::string type = edge::lowered(mediaTypeOf(call));
    const bool isYaml = type == "application/yaml" || type == "application/apply-patch+yaml";
    const bool isProtobuf = type == "application/vnd.kubernetes.protobuf";
    if (!isYaml && !isProtobuf && type != "application/json")
        return tl::unexpected(unknownFormat());
    std::vector<std::string> problems;
    StoreResult<Value> object = tl::unexpected(unknownFormat());
    if (!isProtobuf)
        object = parseBody(call, isYaml, problems);
    else if (!hasProtobufPrefix(call.body))
        object =
            tl::unexpected(unrecognized(call,
                                        "provided data does not appear to be a protobuf message, expected "
                                        "prefix [107 56 115 0]"));
    else if (auto read = readProtobuf(call.body))
        object = std::move(*read);
    if (!object)
        return object;
    if (call.kind->isBuiltIn)
        object = withoutNulls(*object, schemaOf(*call.kind, call.path.version));
    if (const auto good = checkKind(call, *object); !good)
        return tl::unexpected(good.error());
    if (const auto wrong = goMismatch(*call.kind, *object, schemaOf(*call.kind, call.path.version)))
        return tl::unexpected(badRequest(call.kind->kind + " in version " + quoted(call.path.version)
                                         + " cannot be handled as a " + call.kind->kind + ": "
                                         + wrong->decoding));
    if (const std::string problem = decodeBytes(*object, *call.kind, call.path.version); !problem.empty())
        return tl::unexpected(badRequest(call.kind->kind + " in version " + quoted(call.path.version)
                                         + " cannot be handled as a " + call.kind->kind + ": " + problem));
    for (std::string &problem : problems)
        problem = "duplicate field " + quoted(problem);
    for (const std::string &field : pruneUnknown(*object, schemaOf(*call.kind, call.path.version)))
        problems.push_back("unknown field " + quoted(field));
    if (const auto good = checkFields(call, std::move(problems)); !good)
        return tl::unexpected(good.error());
    return object;
}

StoreResult<void> checkWriteOptions(const Call &call, std::string_view optionsKind)
{
    std::vector<Cause> causes;
    const std::vector<std::string> dryRuns = call.query.values("dryRun");
    if (std::any_of(dryRuns.begin(), dryRuns.end(), [](const std::string &each) { return each != "All"; })) {
        Value shown = Value::array();
        for (const std::string &each : dryRuns)
            shown.push(each);
        causes.push_back(unsupportedValue("dryRun", edge::toJson(shown), {"All"}));
    }
    const std::string &mode = call.query.value("fieldValidation");
    if (!mode.empty() && mode != "Strict" && mode != "Warn" && mode != "Ignore")
        causes.push_back(unsupportedValue("fieldValidation", quoted(mode), {"", "Ignore", "Strict", "Warn"}));
    for (Cause &cause : managerProblems(call.query.value("fieldManager")))
        causes.push_back(std::move(cause));
    if (optionsKind == "PatchOptions") {
        const bool isApply = mediaTypeOf(call) == "application/apply-patch+yaml";
        if (isApply && call.query.value("fieldManager").empty())
            causes.push_back(requiredValue("fieldManager", "is required for apply patch"));
        if (!isApply && call.query.has("force"))
            causes.push_back(forbiddenValue("force", "may not be specified for non-apply patch"));
    }
    return causes.empty() ? StoreResult<void>()
                          : tl::unexpected(invalid("meta.k8s.io", optionsKind, {}, causes));
}

bool isDryRun(const Call &call) { return !call.query.value("dryRun").empty(); }

} // namespace demo
