// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/printer_cells.h"

#include "app/demo/object_meta.h"

#include <algorithm>

namespace demo {

namespace {

std::string fieldsOf(const Value &items, std::string_view field)
{
    std::vector<std::string> texts;
    for (const Value &item : items.items())
        texts.push_back(item[field].text());
    return joined(texts);
}

} // namespace

ResourceKind::Column column(std::string name, int priority, std::string type)
{
    std::string format = name == "Name" ? "name" : "";
    return {std::move(name), std::move(type), {}, priority, std::move(format), {}};
}

Columns columns(std::initializer_list<const char *> always, std::initializer_list<const char *> wide)
{
    Columns all;
    for (const char *name : always)
        all.push_back(column(name));
    for (const char *name : wide)
        all.push_back(column(name, 1));
    return all;
}

Columns withType(Columns columns, const char *type, std::initializer_list<std::string_view> names)
{
    for (ResourceKind::Column &each : columns) {
        if (std::find(names.begin(), names.end(), each.name) != names.end())
            each.type = type;
    }
    return columns;
}

std::string orNone(std::string text) { return text.empty() ? "<none>" : text; }

std::string joined(const std::vector<std::string> &texts, std::string_view between)
{
    std::string all;
    for (const std::string &text : texts)
        all.append(all.empty() ? "" : between).append(text);
    return all;
}

std::string labelText(const Value &labels)
{
    std::vector<std::string> pairs;
    for (const auto &[key, value] : labels.members())
        pairs.push_back(key + "=" + value.text());
    std::sort(pairs.begin(), pairs.end());
    return joined(pairs);
}

std::string selectorText(const Value &selector)
{
    std::string text = labelText(selector["matchLabels"]);
    for (const Value &expression : selector["matchExpressions"].items()) {
        std::vector<std::string> values;
        for (const Value &value : expression["values"].items())
            values.push_back(value.text());
        const std::string &op = expression["operator"].text();
        const std::string word = op == "In" ? " in (" + joined(values) + ")"
            : op == "NotIn"                 ? " notin (" + joined(values) + ")"
                                            : "";
        text += (text.empty() ? "" : ",") + std::string(op == "DoesNotExist" ? "!" : "")
            + expression["key"].text() + word;
    }
    return orNone(text);
}

std::string age(const Value &object, std::int64_t now)
{
    return ageOf(object["metadata"]["creationTimestamp"], now);
}

Value number(const Value &value) { return Value(value.toInteger()); }

Cells withContainers(Cells cells, const Value &podSpec)
{
    cells.push_back(fieldsOf(podSpec["containers"], "name"));
    cells.push_back(fieldsOf(podSpec["containers"], "image"));
    return cells;
}

bool hasCondition(const Value &object, std::string_view type, std::string_view status)
{
    const auto &conditions = object["status"]["conditions"].items();
    return std::any_of(conditions.begin(), conditions.end(), [&](const Value &each) {
        return each["type"].text() == type && each["status"].text() == status;
    });
}

std::string limited(const std::vector<std::string> &texts, std::size_t most)
{
    if (texts.size() <= most)
        return orNone(joined(texts));
    return joined({texts.begin(), texts.begin() + std::ptrdiff_t(most)}) + " + "
        + std::to_string(texts.size() - most) + " more...";
}

} // namespace demo
