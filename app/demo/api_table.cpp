// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_table.h"

#include "app/demo/object_meta.h"

#include <algorithm>

namespace demo {

namespace {

const char NameText[] = "Name must be unique within a namespace. Is required when creating resources, "
                        "although some resources may allow a client to request the generation of an "
                        "appropriate name automatically. Name is primarily intended for creation idempotence "
                        "and configuration definition. Cannot be updated. More info: "
                        "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";
const char AgeText[] =
    "CreationTimestamp is a timestamp representing the server time when this object was created. It is not "
    "guaranteed to be set in happens-before order across "
    "separate operations. Clients may not set this value. It is represented in RFC3339 form and is in "
    "UTC.\n\nPopulated by the system. Read-only. Null for lists. More "
    "info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

ResourceKind::Column nameColumn() { return {"Name", "string", ".metadata.name", 0, "name", NameText}; }

bool passesFilter(const Value &item, std::string_view filter) // @.type=="Ready"
{
    const std::size_t equals = filter.find("==");
    if (!filter.starts_with("@") || equals == std::string_view::npos)
        return false;
    std::string_view wanted = filter.substr(equals + 2);
    while (!wanted.empty() && (wanted.front() == ' ' || wanted.front() == '"' || wanted.front() == '\''))
        wanted.remove_prefix(1);
    while (!wanted.empty() && (wanted.back() == ' ' || wanted.back() == '"' || wanted.back() == '\''))
        wanted.remove_suffix(1);
    std::string_view path = filter.substr(1, equals - 1);
    while (!path.empty() && path.back() == ' ')
        path.remove_suffix(1);
    const std::vector<Value> found = jsonPath(item, path);
    return found.size() == 1 && found.front().text() == wanted;
}

std::vector<Value> subscripted(const Value &value, std::string_view subscript)
{
    if (subscript == "*")
        return value.items();
    if (subscript.starts_with("'") || subscript.starts_with("\"")) {
        const Value *member = value.find(subscript.substr(1, subscript.size() - 2));
        return member ? std::vector<Value>{*member} : std::vector<Value>();
    }
    std::vector<Value> found;
    if (subscript.starts_with("?(") && subscript.ends_with(")")) {
        std::copy_if(
            value.items().begin(), value.items().end(), std::back_inserter(found),
            [&](const Value &item) { return passesFilter(item, subscript.substr(2, subscript.size() - 3)); });
        return found;
    }
    const std::int64_t index = std::atoll(std::string(subscript).c_str());
    const std::int64_t size = std::int64_t(value.items().size());
    const std::int64_t at = index < 0 ? size + index : index;
    if (at >= 0 && at < size)
        found.push_back(value.items()[std::size_t(at)]);
    return found;
}

// The first step of a path and what remains: (.a, rest) or ([...], rest).
std::pair<std::string, std::string_view> firstStep(std::string_view path)
{
    if (path.front() == '[') {
        const std::size_t end = path.starts_with("[?(") ? path.find(")]") + 1 : path.find(']');
        return {std::string(path.substr(0, end + 1)), path.substr(std::min(end + 1, path.size()))};
    }
    std::string name = ".";
    std::size_t i = path.front() == '.' ? 1 : 0;
    for (; i < path.size() && path[i] != '.' && path[i] != '['; ++i) {
        if (path[i] == '\\' && i + 1 < path.size()) // \. in a key
            ++i;
        name += path[i];
    }
    return {name, path.substr(i)};
}

Value cell(const ResourceKind::Column &column, const Value &object, std::int64_t now)
{
    const std::vector<Value> found = jsonPath(object, column.jsonPath);
    if (found.empty() || found.front().isNull())
        return column.type == "date" ? Value("<unknown>") : Value();
    const Value &value = found.front();
    if (column.type == "date")
        return ageOf(value, now);
    if (column.type == "integer")
        return value.isNumber() ? Value(value.toInteger()) : Value();
    if (column.type == "number" || column.type == "boolean")
        return value;
    if (value.isString() || value.isNumber())
        return value.text();
    if (value.isBool())
        return value.toBool() ? "true" : "false";
    return edge::toJson(value);
}

} // namespace

std::vector<Value> jsonPath(const Value &root, std::string_view path)
{
    if (path.starts_with("$"))
        path.remove_prefix(1);
    std::vector<Value> found{root};
    while (!path.empty() && path != ".") {
        const auto [step, rest] = firstStep(path);
        std::vector<Value> next;
        for (const Value &value : found) {
            if (step.front() == '[') {
                const std::vector<Value> parts =
                    subscripted(value, std::string_view(step).substr(1, step.size() - 2));
                next.insert(next.end(), parts.begin(), parts.end());
            } else if (const Value *member = value.find(std::string_view(step).substr(1))) {
                next.push_back(*member);
            }
        }
        found = std::move(next);
        path = rest;
    }
    return found;
}

std::string humanDuration(std::int64_t seconds)
{
    if (seconds < -1)
        return "<invalid>";
    if (seconds <= 0)
        return "0s";
    const auto pair = [](std::int64_t large, const char *largeUnit, std::int64_t small,
                         const char *smallUnit) {
        return std::to_string(large) + largeUnit + (small == 0 ? "" : std::to_string(small) + smallUnit);
    };
    const std::int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24, years = days / 365;
    if (seconds < 60 * 2)
        return std::to_string(seconds) + "s";
    if (minutes < 10)
        return pair(minutes, "m", seconds % 60, "s");
    if (minutes < 60 * 3)
        return std::to_string(minutes) + "m";
    if (hours < 8)
        return pair(hours, "h", minutes % 60, "m");
    if (hours < 48)
        return std::to_string(hours) + "h";
    if (hours < 24 * 8)
        return pair(days, "d", hours % 24, "h");
    if (days < 365 * 2)
        return std::to_string(days) + "d";
    if (days < 365 * 8)
        return pair(years, "y", days % 365, "d");
    return std::to_string(years) + "y";
}

std::string ageOf(const Value &time, std::int64_t now)
{
    const auto seconds = readTime(time.text());
    return seconds ? humanDuration(now - *seconds) : "<unknown>";
}

namespace {

bool isLacked(const ResourceKind &kind, const std::string &column)
{
    return std::find(kind.lackedColumns.begin(), kind.lackedColumns.end(), column)
        != kind.lackedColumns.end();
}

} // namespace

Columns columnsOf(const ResourceKind &kind, const std::string &version)
{
    if (kind.isBuiltIn) {
        if (const Printer *printer = builtInPrinter(kind)) {
            Columns columns = printer->columns;
            std::erase_if(columns, [&kind](const auto &column) { return isLacked(kind, column.name); });
            return columns;
        }
        return {nameColumn(), {"Age", "string", ".metadata.creationTimestamp", 0, {}, AgeText}};
    }
    Columns columns{nameColumn()};
    const ResourceKind::Version *of = kind.version(version);
    for (ResourceKind::Column column : of ? of->columns : kind.columns) {
        if (column.description.empty())
            column.description = "Custom resource definition column (in JSONPath format): " + column.jsonPath;
        columns.push_back(std::move(column));
    }
    if (columns.size() == 1)
        columns.push_back({"Age", "date", ".metadata.creationTimestamp", 0, {}, AgeText});
    return columns;
}

Value tableRow(const ResourceKind &kind, const std::string &version, const Value &object, std::int64_t now)
{
    Value::Array cells;
    const Printer *printer = kind.isBuiltIn ? builtInPrinter(kind) : nullptr;
    if (printer) {
        cells = printer->cells(object, now);
        for (std::size_t i = std::min(cells.size(), printer->columns.size()); i-- > 0;) {
            if (isLacked(kind, printer->columns[i].name))
                cells.erase(cells.begin() + std::ptrdiff_t(i));
        }
    } else {
        for (ResourceKind::Column column : columnsOf(kind, version)) {
            if (kind.isBuiltIn && column.name == "Age")
                column.type = "date";
            cells.push_back(cell(column, object, now));
        }
    }
    return Value::object({{"cells", Value::array(std::move(cells))}});
}

Value columnDefinitions(const Columns &columns)
{
    Value definitions = Value::array();
    for (const ResourceKind::Column &column : columns)
        definitions.push(Value::object({{"name", column.name},
                                        {"type", column.type},
                                        {"format", column.format},
                                        {"description", column.description},
                                        {"priority", column.priority}}));
    return definitions;
}

} // namespace demo
