// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_patch.h"

#include "app/demo/byte_fields.h"
#include "kube/merge_keys.h"

#include <algorithm>
#include <charconv>

namespace demo {

namespace {

StoreError rejected() // kube-apiserver says no more than this
{
    return {422, "Invalid", "the server rejected our request due to an error in our request",
            Value::object()};
}

std::optional<std::vector<std::string>> pointerTokens(std::string_view pointer)
{
    std::vector<std::string> tokens;
    if (!pointer.empty() && pointer.front() != '/')
        return {};
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::size_t end = std::min(pointer.find('/'), pointer.size());
        std::string token;
        for (std::size_t i = 0; i < end; ++i) {
            const bool escapes = pointer[i] == '~' && i + 1 < end;
            token += !escapes ? pointer[i] : pointer[++i] == '0' ? '~' : '/';
        }
        tokens.push_back(std::move(token));
        pointer.remove_prefix(end);
    }
    return tokens;
}

std::optional<std::size_t> indexIn(const Value &array, const std::string &token, bool mayAppend)
{
    if (token == "-")
        return mayAppend ? std::optional(array.items().size()) : std::nullopt;
    std::int64_t index = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    const auto size = std::int64_t(array.items().size()) + (mayAppend ? 1 : 0);
    if (index < 0) // counted from the end, as kube-apiserver's library does
        index += size;
    if (error != std::errc() || end != token.data() + token.size() || index < 0 || index >= size)
        return {};
    return std::size_t(index);
}

Value *step(Value &value, const std::string &token)
{
    if (value.isObject())
        return value.find(token) ? &value.child(token) : nullptr;
    const auto index = value.isArray() ? indexIn(value, token, false) : std::nullopt;
    return index ? &value.mutableItems()[*index] : nullptr;
}

Value *resolve(Value &root, const std::vector<std::string> &tokens, std::size_t count)
{
    Value *value = &root;
    for (std::size_t i = 0; i < count && value; ++i)
        value = step(*value, tokens[i]);
    return value;
}

bool add(Value &root, const std::vector<std::string> &tokens, Value value)
{
    if (tokens.empty()) {
        root = std::move(value);
        return true;
    }
    Value *parent = resolve(root, tokens, tokens.size() - 1);
    if (!parent || !(parent->isObject() || parent->isArray()))
        return false;
    if (parent->isObject()) {
        parent->set(tokens.back(), std::move(value));
        return true;
    }
    const auto index = indexIn(*parent, tokens.back(), true);
    if (index)
        parent->mutableItems().insert(parent->mutableItems().begin() + std::ptrdiff_t(*index),
                                      std::move(value));
    return index.has_value();
}

bool removeAt(Value &root, const std::vector<std::string> &tokens)
{
    Value *parent = tokens.empty() ? nullptr : resolve(root, tokens, tokens.size() - 1);
    if (!parent)
        return false;
    if (parent->isObject())
        return parent->erase(tokens.back());
    const auto index = parent->isArray() ? indexIn(*parent, tokens.back(), false) : std::nullopt;
    if (index)
        parent->mutableItems().erase(parent->mutableItems().begin() + std::ptrdiff_t(*index));
    return index.has_value();
}

bool applyOne(Value &target, const Value &operation)
{
    const std::string &op = operation["op"].text();
    const auto path = pointerTokens(operation["path"].text());
    if (!path || !operation["path"].isString())
        return false;
    if (op == "add")
        return operation.find("value") && add(target, *path, operation["value"]);
    if (op == "remove")
        return removeAt(target, *path);
    Value *found = resolve(target, *path, path->size());
    if (op == "replace") {
        if (!operation.find("value"))
            return false;
        const Value *parent = path->empty() ? nullptr : resolve(target, *path, path->size() - 1);
        if (!found && parent && parent->isObject()) // a member that is not there: it is now
            return add(target, *path, operation["value"]);
        if (!found)
            return false;
        *found = operation["value"];
        return true;
    }
    if (op == "test")
        return (found ? *found : Value()) == operation["value"];
    const auto from = pointerTokens(operation["from"].text());
    Value *source = from && (op == "move" || op == "copy") ? resolve(target, *from, from->size()) : nullptr;
    if (!source)
        return false;
    Value moved = *source;
    return (op == "copy" || removeAt(target, *from)) && add(target, *path, std::move(moved));
}

const char *goTypeOf(const Value &value)
{
    switch (value.type()) {
    case Value::Type::Object: return "object";
    case Value::Type::String: return "string";
    case Value::Type::Number: return "number";
    case Value::Type::Bool: return "bool";
    default: return "null";
    }
}

// --- strategic merge ------------------------------------------------------------------------------------------------------

class StrategicMerge
{
public:
    explicit StrategicMerge(const ResourceKind &kind)
        : m_kind(kind)
    {
    }

    StoreResult<Value> merge(Value target, const Value &patch, std::string_view field)
    {
        const std::string &directive = patch["$patch"].text();
        if (directive == "replace" || directive == "delete") {
            Value whole = directive == "delete" ? Value::object() : patch;
            whole.erase("$patch");
            return whole;
        }
        if (!directive.empty() && directive != "merge")
            return tl::unexpected(
                internalError("Unrecognized directive: " + directive + "; wrong directive"));
        if (!target.isObject())
            target = Value::object();
        for (const auto &[key, value] : patch.members()) {
            if (key.starts_with("$setElementOrder/")) {
                if (const std::string list = key.substr(key.find('/') + 1); !patch.find(list))
                    reorder(target, list, value, field);
                continue;
            }
            if (key == "$patch" || key == "$retainKeys")
                continue;
            if (key.starts_with("$deleteFromPrimitiveList/")) {
                Value &list = target.child(key.substr(key.find('/') + 1));
                for (const Value &gone : value.items())
                    std::erase(list.mutableItems(), gone);
                continue;
            }
            if (auto merged = member(target, key, value, patch, field); !merged)
                return tl::unexpected(merged.error());
        }
        retainOnly(target, patch["$retainKeys"]);
        return target;
    }

private:
    static void retainOnly(Value &target, const Value &keys)
    {
        if (!keys.isArray())
            return;
        Value kept = Value::object();
        for (const auto &[key, value] : target.members()) {
            if (std::find(keys.items().begin(), keys.items().end(), Value(key)) != keys.items().end())
                kept.set(key, value);
        }
        target = std::move(kept);
    }

    StoreResult<void> member(Value &target, const std::string &key, const Value &value, const Value &patch,
                             std::string_view parent)
    {
        if (value.isNull()) {
            target.erase(key);
            return {};
        }
        if (value.isObject()) {
            auto merged = merge(target[key], value, key);
            if (!merged)
                return tl::unexpected(merged.error());
            target.set(key, std::move(*merged));
            return {};
        }
        if (value.isArray()
            && !target[key].isArray()) { // nothing to merge with: null items too stay what they are
            target.set(key, *withoutDirectives(value));
            return {};
        }
        const auto mergeKey = value.isArray() ? kube::mergeKeyOf(m_kind.kind, parent, key) : std::nullopt;
        if (!mergeKey) {
            target.set(key, value);
            return {};
        }
        const Value live = target[key];
        const Value &wantedOrder = patch["$setElementOrder/" + key];
        if (const auto wrong = unmergeable(live, value, mergeKey->empty() ? Value() : wantedOrder))
            return tl::unexpected(*wrong);
        auto merged =
            mergeKey->empty() ? mergedSet(live, value) : mergedList(live, value, std::string(*mergeKey), key);
        if (!merged)
            return tl::unexpected(merged.error());
        Value list = ordered(std::move(*merged), value, live, *mergeKey);
        if (wantedOrder.isArray())
            list = ordered(std::move(list), wantedOrder, live, *mergeKey);
        target.set(key, std::move(list));
        return {};
    }

    // nullopt: it is itself a directive.  A null member of an object is no value, a null item of a list is one.
    static std::optional<Value> withoutDirectives(const Value &value)
    {
        if (value.isObject() && value.find("$patch"))
            return {};
        if (!value.isObject() && !value.isArray())
            return value;
        Value kept = value.isArray() ? Value::array() : Value::object();
        for (const Value &item : value.items()) {
            if (auto one = withoutDirectives(item))
                kept.push(std::move(*one));
        }
        for (const auto &[key, member] : value.members()) {
            if (auto one = withoutDirectives(member); one && !one->isNull())
                kept.set(key, std::move(*one));
        }
        return kept;
    }

    // In Go's words (k8s.io/apimachinery, strategicpatch/patch.go: sliceElementType).
    static std::optional<StoreError> unmergeable(const Value &live, const Value &patch, const Value &order)
    {
        std::optional<Value::Type> type;
        for (const Value *list : {&live, &patch}) {
            for (const Value &item : list->items()) {
                if (type.value_or(item.type()) != item.type())
                    return internalError("list element types are not identical: [" + goMapText(live) + " "
                                         + goMapText(patch) + "]");
                type = item.type();
            }
        }
        for (const Value &item : order.items()) {
            if (!item.isObject())
                return internalError("expected a map[string]interface {}, but received a "
                                     + std::string(item.isNull()         ? "%!s(<nil>)"
                                                       : item.isString() ? "string"
                                                       : item.isBool()   ? "bool"
                                                                         : "int64"));
        }
        return {};
    }

    // An order alone, without changes.
    void reorder(Value &target, const std::string &key, const Value &order, std::string_view parent) const
    {
        const auto mergeKey = kube::mergeKeyOf(m_kind.kind, parent, key);
        if (mergeKey && target[key].isArray())
            target.set(key, ordered(target[key], order, target[key], *mergeKey));
    }

    static StoreResult<Value> mergedSet(Value target, const Value &patch)
    {
        for (const Value &item : patch.items()) {
            if (std::find(target.items().begin(), target.items().end(), item) == target.items().end())
                target.push(item);
        }
        return target;
    }

    StoreResult<Value> mergedList(Value target, const Value &patch, const std::string &key,
                                  std::string_view field)
    {
        const auto &items = patch.items();
        if (std::any_of(items.begin(), items.end(), [](const Value &item) {
                return item["$patch"].text() == "replace" && item.members().size() == 1;
            }))
            target = Value::array();
        for (const Value &item : items) {
            const std::string &directive = item["$patch"].text();
            if (directive == "replace" && item.members().size() == 1)
                continue;
            if (!item.find(key))
                return tl::unexpected(internalError("map: " + edge::toJson(item)
                                                    + " does not contain declared merge key: " + key));
            auto &known = target.mutableItems();
            const auto same = std::find_if(known.begin(), known.end(),
                                           [&](const Value &each) { return each[key] == item[key]; });
            if (directive == "delete") {
                if (same != known.end())
                    known.erase(same);
                continue;
            }
            auto merged = merge(same == known.end() ? Value::object() : *same, item, field);
            if (!merged)
                return merged;
            if (same == known.end())
                known.push_back(std::move(*merged));
            else
                *same = std::move(*merged);
        }
        return target;
    }

    static std::size_t placeIn(const Value &list, const Value &item, std::string_view key)
    {
        const auto &items = list.items();
        const auto at = std::find_if(items.begin(), items.end(), [&](const Value &each) {
            return key.empty() ? each == item : each[key] == item[key];
        });
        return std::size_t(at - items.begin());
    }

    // The elements that the patch names take its order; one that it does not name stays before those that it was before on the server.
    static Value ordered(Value list, const Value &order, const Value &live, std::string_view key)
    {
        std::vector<Value> named, others;
        for (const Value &item : list.items())
            (placeIn(order, item, key) < order.items().size() ? named : others).push_back(item);
        const auto by = [key](const Value &places) {
            return [&places, key](const Value &a, const Value &b) {
                return placeIn(places, a, key) < placeIn(places, b, key);
            };
        };
        std::stable_sort(named.begin(), named.end(), by(order));
        std::stable_sort(others.begin(), others.end(), by(live));
        Value result = Value::array();
        auto other = others.begin();
        for (Value &item : named) {
            const std::size_t place = placeIn(live, item, key);
            for (; other != others.end() && place < live.items().size() && placeIn(live, *other, key) < place;
                 ++other)
                result.push(std::move(*other));
            result.push(std::move(item));
        }
        std::for_each(other, others.end(), [&](Value &each) { result.push(std::move(each)); });
        return result;
    }

    const ResourceKind &m_kind;
};

} // namespace

StoreResult<Value> applyJsonPatch(Value target, const Value &patch)
{
    if (!patch.isArray())
        return tl::unexpected(badRequest(std::string("error decoding patch: json: cannot unmarshal ")
                                         + goTypeOf(patch)
                                         + " into Go value of type []handlers.jsonPatchOp"));
    for (const Value &operation : patch.items()) {
        if (!applyOne(target, operation))
            return tl::unexpected(rejected());
    }
    return target;
}

StoreResult<Value> applyStrategicMerge(const ResourceKind &kind, Value target, const Value &patch)
{
    return StrategicMerge(kind).merge(std::move(target), patch, {});
}

} // namespace demo
