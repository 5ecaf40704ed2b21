// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/corpus/difference.h"

using edge::Value;

namespace {

bool isNothing(const Value &value)
{
    return value.isNull() || (value.isArray() && value.items().empty())
        || (value.isObject() && value.members().empty());
}

std::string shown(const Value &value)
{
    const std::string text = isNothing(value) ? "nothing" : edge::toJson(value);
    return text.size() > 160 ? text.substr(0, 160) + "…" : text;
}

// An item is named by what tells it apart, so that a message can be understood.
std::string itemName(const Value &item, std::size_t number)
{
    for (const char *field : {"name", "listener", "id"}) {
        if (item[field].isString())
            return "[" + std::to_string(number) + " " + item[field].text() + "]";
    }
    return "[" + std::to_string(number) + "]";
}

} // namespace

void compareValues(const Value &expected, const Value &ours, const std::string &path,
                   std::vector<Difference> &differences)
{
    if (isNothing(expected) && isNothing(ours))
        return;
    if (expected.isObject() && ours.isObject()) {
        for (const auto &[name, value] : expected.members())
            compareValues(value, ours[name], path + "." + name, differences);
        for (const auto &[name, value] : ours.members()) {
            if (!expected.find(name))
                compareValues(Value(), value, path + "." + name, differences);
        }
        return;
    }
    if (expected.isArray() && ours.isArray()) {
        const auto &wanted = expected.items();
        const auto &given = ours.items();
        for (std::size_t i = 0; i < std::max(wanted.size(), given.size()); ++i) {
            const Value &item = i < wanted.size() ? wanted[i] : given[i];
            compareValues(i < wanted.size() ? wanted[i] : Value(), i < given.size() ? given[i] : Value(),
                          path + itemName(item, i), differences);
        }
        return;
    }
    if (!(expected == ours))
        differences.push_back({path, "expected " + shown(expected) + ", ours is " + shown(ours)});
}
