// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/desired_state.h"

#include "kube/last_applied.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace models {

namespace {

using edge::Value;

// Kubernetes' quantities: "0.1", "100m", "128Mi", "1e3"; absent if the text is none.
std::optional<double> quantity(const std::string &text)
{
    std::size_t used = 0;
    while (used < text.size()
           && ((text[used] >= '0' && text[used] <= '9') || text[used] == '.' || text[used] == '-'
               || text[used] == '+'))
        ++used;
    if (used == 0 || used == text.size())
        return used == 0 ? std::nullopt : std::optional(Value::number(text).toDouble());
    const std::string unit = text.substr(used);
    static const std::vector<std::pair<std::string_view, double>> units{{"n", 1e-9},
                                                                        {"u", 1e-6},
                                                                        {"m", 1e-3},
                                                                        {"k", 1e3},
                                                                        {"M", 1e6},
                                                                        {"G", 1e9},
                                                                        {"T", 1e12},
                                                                        {"P", 1e15},
                                                                        {"E", 1e18},
                                                                        {"Ki", std::exp2(10)},
                                                                        {"Mi", std::exp2(20)},
                                                                        {"Gi", std::exp2(30)},
                                                                        {"Ti", std::exp2(40)},
                                                                        {"Pi", std::exp2(50)},
                                                                        {"Ei", std::exp2(60)}};
    const auto found =
        std::find_if(units.begin(), units.end(), [&](const auto &known) { return known.first == unit; });
    return found == units.end()
        ? std::nullopt
        : std::optional(Value::number(text.substr(0, used)).toDouble() * found->second);
}

bool sameQuantity(const Value &a, const Value &b)
{
    const auto first = quantity(a.text());
    const auto second = quantity(b.text());
    return first && second && std::abs(*first - *second) <= 1e-12 * std::max(1.0, std::abs(*first));
}

bool holds(const Value &current, const Value &desired, bool isQuantity);

bool listHolds(const Value &current, const Value &desired, bool isQuantity)
{
    const auto &have = current.items();
    const auto &want = desired.items();
    return have.size() == want.size()
        && std::equal(want.begin(), want.end(), have.begin(),
                      [isQuantity](const Value &wanted, const Value &item) {
                          return holds(item, wanted, isQuantity);
                      });
}

// Is everything that is wished for so already?
bool holds(const Value &current, const Value &desired, bool isQuantity)
{
    if (desired.isArray())
        return current.isArray() && listHolds(current, desired, isQuantity);
    if (!desired.isObject())
        return current == desired || (isQuantity && sameQuantity(current, desired));
    for (const auto &[key, wanted] : desired.members()) {
        if (!holds(current[key], wanted, isQuantity || key == "limits" || key == "requests"))
            return false;
    }
    return current.isObject();
}

// A list is written as a whole, so what the server has added to its items is kept beside what is wished for.
Value mergedItem(const Value &current, const Value &desired)
{
    if (!current.isObject() || !desired.isObject())
        return desired;
    Value merged = current;
    for (const auto &[key, wanted] : desired.members()) {
        if (wanted.isNull())
            merged.erase(key);
        else
            merged.set(key, mergedItem(current[key], wanted));
    }
    return merged;
}

Value mergedList(const Value &current, const Value &desired)
{
    Value merged = Value::array();
    for (const Value &wanted : desired.items()) {
        const std::string &name = wanted["name"].text();
        const auto &have = current.items();
        const auto same = std::find_if(have.begin(), have.end(), [&](const Value &item) {
            return !name.empty() && item["name"].text() == name;
        });
        merged.push(same == have.end() ? wanted : mergedItem(*same, wanted));
    }
    return merged;
}

// exact: what is not wished for goes.
void addDifference(Value &patch, const Value &desired, const Value &current, bool exact, bool isQuantity)
{
    for (const auto &[key, wanted] : desired.members()) {
        const bool quantities = isQuantity || key == "limits" || key == "requests";
        const Value &have = current[key];
        if (exact ? have == wanted : holds(have, wanted, quantities))
            continue;
        if (wanted.isObject() && have.isObject()) {
            Value inner = Value::object();
            addDifference(inner, wanted, have, exact, quantities);
            if (!inner.members().empty())
                patch.set(key, std::move(inner));
        } else {
            patch.set(key, wanted.isArray() && !exact ? mergedList(have, wanted) : wanted);
        }
    }
    if (!exact)
        return;
    for (const auto &[key, have] : current.members()) {
        if (!desired.find(key))
            patch.set(key, Value());
    }
}

// Members of the object that was applied last and are wished for no more: they go, as kubectl apply lets them go.
void addRemovals(Value &patch, const Value &lastApplied, const Value &desired, const Value &current)
{
    for (const auto &[key, before] : lastApplied.members()) {
        const Value *have = current.find(key);
        const Value *wanted = desired.find(key);
        if (!have)
            continue;
        if (!wanted) {
            patch.set(key, Value());
        } else if (before.isObject() && wanted->isObject() && have->isObject()) {
            Value inner = patch[key].isObject() ? patch[key] : Value::object();
            addRemovals(inner, before, *wanted, *have);
            if (!inner.members().empty())
                patch.set(key, std::move(inner));
        }
    }
}

bool isWishedForAsAWhole(const Value &object)
{
    const std::string group = object["apiVersion"].text().substr(0, object["apiVersion"].text().find('/'));
    return group == "getambassador.io" || group.ends_with(".istio.io");
}

} // namespace

bool fulfils(const Value &current, const Value &desired) { return holds(current, desired, false); }

Value difference(const Value &before, const Value &after)
{
    Value patch = Value::object();
    for (const auto &[key, value] : after.members()) {
        const Value *had = before.find(key);
        if (had && *had == value)
            continue;
        patch.set(key, had && had->isObject() && value.isObject() ? difference(*had, value) : value);
    }
    for (const auto &[key, value] : before.members()) {
        if (!after.find(key))
            patch.set(key, Value());
    }
    return patch;
}

Value patchTo(const Value &desired, const Value &current)
{
    Value patch = Value::object();
    for (const auto &[key, wanted] : desired.members()) {
        if (key == "status")
            continue;
        Value part = Value::object();
        addDifference(part, Value::object({{key, wanted}}), current, false, false);
        if (key == "spec" && isWishedForAsAWhole(desired) && current["spec"].isObject()) {
            part = Value::object({{key, Value::object()}});
            addDifference(part.child(key), wanted, current["spec"], true, false);
            if (part["spec"].members().empty())
                part = Value::object();
        }
        for (const auto &[name, difference] : part.members())
            patch.set(name, difference);
    }
    patch.erase("apiVersion");
    patch.erase("kind");
    const std::string &applied = current.at({"metadata", "annotations", kube::LastAppliedAnnotation}).text();
    if (const auto lastApplied = applied.empty() ? edge::Result<Value>(Value()) : edge::parseJson(applied)) {
        Value removals = *lastApplied;
        removals.erase("status");
        removals.erase(
            "metadata"); // names and namespaces; a last apply's labels stay, since nobody wished them away
        addRemovals(patch, removals, desired, current);
    }
    return patch;
}

} // namespace models
