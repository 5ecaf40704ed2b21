// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_render.h"

#include "app/demo/api_autoscaler.h"
#include "app/demo/api_table.h"
#include "app/demo/go_types.h"
#include "app/demo/object_meta.h"

#include <algorithm>

namespace demo {

namespace {

using As = Representation::As;

std::string asJson(std::string_view text) { return edge::toJson(Value(text)); }

std::int64_t secondsNow() { return readTime(timeNow()).value_or(0); }

Value metaValue(const Call &call, const ListMeta &meta)
{
    Value value = Value::object();
    if (!meta.continueToken.empty() || !call.kind->isBuiltIn) // custom resources' lists show it empty, too
        value.set("continue", meta.continueToken);
    if (meta.remaining)
        value.set("remainingItemCount", *meta.remaining);
    value.set("resourceVersion", std::to_string(meta.version));
    return value;
}

StoreError notOfThatForm(const Call &call, const std::string &asked, const std::string &form,
                         const std::string &ending)
{
    const std::string type =
        call.kind->isBuiltIn ? goPackageOf(*call.kind) + "." + call.kind->kind : "unstructured.Unstructured";
    return {406,
            "NotAcceptable",
            "you requested " + asked + ", but the requested object is " + form + type + ending + ")",
            {}};
}

// The hot path: ten thousand objects are written without copying one.
std::string listJson(const Call &call, const std::vector<ObjectPtr> &objects, const ListMeta &meta)
{
    const ResourceKind &kind = *call.kind;
    const std::string apiVersion = asJson(kind.apiVersion(call.path.version));
    std::string text = "{\"kind\":" + asJson(kind.listKindName()) + ",\"apiVersion\":" + apiVersion
        + ",\"metadata\":" + edge::toJson(metaValue(call, meta)) + ",\"items\":[";
    const std::string head =
        kind.isBuiltIn ? "{" : "{\"apiVersion\":" + apiVersion + ",\"kind\":" + asJson(kind.kind);
    for (const ObjectPtr &object : objects) {
        if (&object != &objects.front())
            text += ',';
        text += head;
        bool isFirst = kind.isBuiltIn;
        for (const auto &[key, member] : object->members()) {
            if (key == "kind" || key == "apiVersion")
                continue;
            text.append(isFirst ? "" : ",").append(asJson(key)).append(":").append(edge::toJson(member));
            isFirst = false;
        }
        text += '}';
    }
    return text + "]}\n";
}

Value listValue(const Call &call, const std::vector<ObjectPtr> &objects, const ListMeta &meta)
{
    const bool partial = call.wanted.as == As::Partial;
    const ResourceKind &kind = *call.kind;
    Value items = Value::array();
    for (const ObjectPtr &object : objects) {
        Value item = partial ? partialOf(*object) : inVersion(kind, call.path.version, *object);
        if (!partial && kind.isBuiltIn) { // typed lists say it once
            item.erase("kind");
            item.erase("apiVersion");
        }
        items.push(std::move(item));
    }
    return Value::object({{"kind", partial ? "PartialObjectMetadataList" : kind.listKindName()},
                          {"apiVersion", partial ? "meta.k8s.io/v1" : kind.apiVersion(call.path.version)},
                          {"metadata", metaValue(call, meta)},
                          {"items", std::move(items)}});
}

} // namespace

Value sortedByKey(const Value &value)
{
    if (value.isArray()) {
        Value items = Value::array();
        for (const Value &item : value.items())
            items.push(sortedByKey(item));
        return items;
    }
    if (!value.isObject())
        return value;
    Value::Object members;
    for (const auto &[key, member] : value.members())
        members.emplace_back(key, sortedByKey(member));
    std::sort(members.begin(), members.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    return Value::object(std::move(members));
}

Value inVersion(const ResourceKind &kind, const std::string &version, const Value &object)
{
    Value shown = Value::object({{"kind", kind.kind}, {"apiVersion", kind.apiVersion(version)}});
    for (const auto &[key, member] : object.members()) {
        if (key != "kind" && key != "apiVersion")
            shown.set(key, member);
    }
    if (isOldAutoscaler(kind, version))
        showAsOldAutoscaler(shown);
    return shown;
}

Value partialOf(const Value &object)
{
    return Value::object({{"kind", "PartialObjectMetadata"},
                          {"apiVersion", "meta.k8s.io/v1"},
                          {"metadata", object["metadata"]}});
}

Value tableOf(const Call &call, const std::vector<ObjectPtr> &objects, const ListMeta &meta, bool withColumns)
{
    const std::string &include = call.query.value("includeObject");
    const std::int64_t now = secondsNow();
    Value rows = Value::array();
    for (const ObjectPtr &object : objects) {
        Value row = tableRow(*call.kind, call.path.version, *object, now);
        if (include == "Object")
            row.set("object", inVersion(*call.kind, call.path.version, *object));
        else if (include != "None")
            row.set("object", partialOf(*object));
        rows.push(std::move(row));
    }
    Value metadata = Value::object({{"resourceVersion", std::to_string(meta.version)}});
    if (!meta.continueToken.empty())
        metadata.set("continue", meta.continueToken);
    if (meta.remaining)
        metadata.set("remainingItemCount", *meta.remaining);
    Value columns = withColumns ? columnDefinitions(columnsOf(*call.kind, call.path.version)) : Value();
    return Value::object({{"kind", "Table"},
                          {"apiVersion", "meta.k8s.io/v1"},
                          {"metadata", std::move(metadata)},
                          {"columnDefinitions", std::move(columns)},
                          {"rows", std::move(rows)}});
}

StoreResult<void> checkTableOptions(const Call &call)
{
    const std::string &include = call.query.value("includeObject");
    if (call.wanted.as != As::Table || include.empty() || include == "None" || include == "Metadata"
        || include == "Object")
        return {};
    return tl::unexpected(badRequest("Unable to convert to Table as requested: includeObject: Invalid value: "
                                     + quoted(include) + ": must be 'Metadata', 'Object', 'None', or empty"));
}

StoreResult<Answer> renderObject(const Call &call, const Value &object, int status)
{
    if (const auto good = checkTableOptions(call); !good)
        return tl::unexpected(good.error());
    if (call.wanted.as == As::Partial && call.wanted.isListForm)
        return tl::unexpected(notOfThatForm(call, "PartialObjectMetadataList", "not a list (*", {}));
    if (call.wanted.as == As::Partial)
        return answerOf(partialOf(object), call.wanted, status);
    if (call.wanted.as == As::Object)
        return answerOf(inVersion(*call.kind, call.path.version, object), call.wanted, status);
    ListMeta meta;
    meta.version = std::atoll(object["metadata"]["resourceVersion"].text().c_str());
    return answerOf(tableOf(call, {std::make_shared<const Value>(object)}, meta), call.wanted, status);
}

StoreResult<Answer> renderList(const Call &call, const std::vector<ObjectPtr> &objects, const ListMeta &meta)
{
    if (const auto good = checkTableOptions(call); !good)
        return tl::unexpected(good.error());
    if (call.wanted.as == As::Partial && !call.wanted.isListForm)
        return tl::unexpected(notOfThatForm(call, "PartialObjectMetadata", "a list (*", "List"));
    if (call.wanted.as == As::Table)
        return answerOf(tableOf(call, objects, meta), call.wanted);
    if (call.wanted.as == As::Partial || call.wanted.isYaml || call.wanted.isPretty
        || isOldAutoscaler(*call.kind, call.path.version))
        return answerOf(listValue(call, objects, meta), call.wanted);
    Answer answer;
    answer.body = listJson(call, objects, meta);
    return answer;
}

StoreResult<std::string> eventObject(const Call &call, const ObjectPtr &object, bool isFirst)
{
    if (call.wanted.as == As::Partial)
        return edge::toJson(partialOf(*object));
    if (call.wanted.as == As::Object)
        return edge::toJson(inVersion(*call.kind, call.path.version, *object));
    ListMeta meta;
    meta.version = std::atoll((*object)["metadata"]["resourceVersion"].text().c_str());
    return edge::toJson(tableOf(call, {object}, meta, isFirst));
}

} // namespace demo
