// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/json_patch.h"

#include <charconv>
#include <optional>

namespace models {

namespace {

using edge::Value;

std::optional<std::vector<std::string>> steps(const std::string &pointer)
{
    std::vector<std::string> all;
    if (pointer.empty())
        return all;
    if (pointer.front() != '/')
        return {};
    for (const char c : pointer) {
        if (c == '/')
            all.emplace_back();
        else if (!all.back().empty() && all.back().back() == '~' && (c == '0' || c == '1'))
            all.back().back() =
                c == '0' ? '\x01' : '/'; // ~0 is a tilde that starts nothing: held back until the end
        else
            all.back().push_back(c);
    }
    for (std::string &step : all) {
        for (char &c : step)
            c = c == '\x01' ? '~' : c;
    }
    return all;
}

std::optional<std::size_t> indexOf(const std::string &step, std::size_t limit)
{
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    if (error != std::errc() || end != step.data() + step.size() || index >= limit
        || (step.size() > 1 && step.front() == '0'))
        return {};
    return index;
}

Value *inside(Value &value, const std::string &step)
{
    if (value.isObject())
        return value.find(step) ? &value.child(step) : nullptr;
    if (!value.isArray())
        return nullptr;
    const auto index = indexOf(step, value.items().size());
    return index ? &value.mutableItems()[*index] : nullptr;
}

bool put(Value &parent, const std::string &last, const Value &value, bool mustExist)
{
    if (parent.isObject()) {
        if (mustExist && !parent.find(last))
            return false;
        parent.set(last, value);
        return true;
    }
    if (!parent.isArray())
        return false;
    auto &items = parent.mutableItems();
    const auto index = last == "-" && !mustExist ? std::optional(items.size())
                                                 : indexOf(last, items.size() + (mustExist ? 0 : 1));
    if (!index)
        return false;
    if (mustExist)
        items[*index] = value;
    else
        items.insert(items.begin() + std::ptrdiff_t(*index), value);
    return true;
}

bool removeFrom(Value &parent, const std::string &last)
{
    if (!parent.isArray())
        return parent.erase(last);
    const auto index = indexOf(last, parent.items().size());
    if (index)
        parent.mutableItems().erase(parent.mutableItems().begin() + std::ptrdiff_t(*index));
    return index.has_value();
}

bool perform(Value &object, const Value &operation)
{
    const auto path = steps(operation["path"].text());
    if (!path)
        return false;
    const std::string &name = operation["op"].text();
    Value *parent = &object;
    for (std::size_t i = 0; parent && i + 1 < path->size(); ++i)
        parent = inside(*parent, (*path)[i]);
    if (!parent)
        return false;
    if (path->empty()) {
        if (name == "test")
            return object == operation["value"];
        object = operation["value"];
        return name == "add" || name == "replace";
    }
    if (name == "test") {
        const Value *found = inside(*parent, path->back());
        return found && *found == operation["value"];
    }
    if (name == "remove")
        return removeFrom(*parent, path->back());
    return (name == "add" || name == "replace")
        && put(*parent, path->back(), operation["value"], name == "replace");
}

} // namespace

std::string pointerTo(const std::string &parent, const std::string &key)
{
    std::string pointer = parent + '/';
    for (const char c : key)
        pointer += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    return pointer;
}

std::optional<Value> afterJsonPatch(Value object, const Value &operations)
{
    for (const Value &operation : operations.items()) {
        if (!perform(object, operation))
            return {};
    }
    return object;
}

} // namespace models
