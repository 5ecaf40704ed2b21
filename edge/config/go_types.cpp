// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/go_types.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace edge {

namespace {

constexpr std::int64_t Second = 1000000000; // in nanoseconds
constexpr std::int64_t Minute = 60 * Second;
constexpr std::int64_t Hour = 60 * Minute;

struct Unit
{
    std::string_view name;
    std::int64_t length;
};
constexpr Unit units[]{
    {"ns", 1},       {"us", 1000},  {"\u00B5s", 1000}, {"\u03BCs", 1000}, // micro and mu
    {"ms", 1000000}, {"s", Second}, {"m", Minute},     {"h", Hour},
};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// Digits, perhaps a point and more of them; false where there is none.
bool takeNumber(std::string_view &text, double &number)
{
    std::size_t length = 0, digits = 0;
    for (bool hasPoint = false; length < text.size(); ++length) {
        if (isDigit(text[length]))
            ++digits;
        else if (text[length] == '.' && !hasPoint)
            hasPoint = true;
        else
            break;
    }
    double scale = 1;
    bool isBehind = false;
    number = 0;
    for (const char c : text.substr(0, length)) {
        if (c == '.') {
            isBehind = true;
            continue;
        }
        number = number * 10 + (c - '0');
        scale *= isBehind ? 10 : 1;
    }
    number /= scale;
    text.remove_prefix(length);
    return digits > 0;
}

// In nanoseconds.
std::optional<std::int64_t> parsed(std::string_view text)
{
    constexpr double Largest = 9223372036854775807.0;
    const bool isNegative = text.starts_with('-');
    if (isNegative || text.starts_with('+'))
        text.remove_prefix(1);
    if (text == "0")
        return 0;
    double total = 0;
    if (text.empty())
        return {};
    while (!text.empty()) {
        double number = 0;
        if (!takeNumber(text, number))
            return {};
        const std::size_t length = std::min(text.find_first_of("0123456789."), text.size());
        const auto *unit = std::find_if(std::begin(units), std::end(units),
                                        [&](const Unit &one) { return one.name == text.substr(0, length); });
        if (unit == std::end(units))
            return {};
        total += number * double(unit->length);
        text.remove_prefix(length);
    }
    if (total >= Largest)
        return {};
    const auto whole = std::int64_t(std::floor(total + 0.5));
    return isNegative ? -whole : whole;
}

// number / scale with the digits that it needs behind the point.
std::string withFraction(std::int64_t number, std::int64_t scale)
{
    std::string text = std::to_string(number / scale);
    std::string behind = std::to_string(number % scale + scale).substr(1);
    behind.erase(behind.find_last_not_of('0') + 1);
    return behind.empty() ? text : text + "." + behind;
}

} // namespace

std::optional<std::string> goDuration(std::string_view text)
{
    const std::optional<std::int64_t> time = parsed(text);
    if (!time)
        return {};
    if (*time == 0)
        return "0s";
    const std::string sign = *time < 0 ? "-" : "";
    const std::int64_t length = std::abs(*time);
    if (length < 1000)
        return sign + std::to_string(length) + "ns";
    if (length < 1000000)
        return sign + withFraction(length, 1000) + "\u00B5s";
    if (length < Second)
        return sign + withFraction(length, 1000000) + "ms";
    const std::string hours = length < Hour ? "" : std::to_string(length / Hour) + "h";
    const std::string minutes = length < Minute ? "" : std::to_string(length % Hour / Minute) + "m";
    return sign + hours + minutes + withFraction(length % Minute, Second) + "s";
}

std::optional<Value> withoutLostZeros(const std::string &kind, const Value &spec)
{
    const auto without = [&](std::initializer_list<std::string_view> way, std::string_view field) {
        Value changed = spec;
        Value *holder = &changed;
        for (const std::string_view step : way)
            holder = &holder->child(step);
        holder->erase(field);
        return changed;
    };
    const Value &code = spec["status_on_error"]["code"];
    if (kind == "AuthService" && code.isNumber() && code.toDouble() == 0)
        return without({"status_on_error"}, "code");
    const Value &expressions = spec["hostBinding"]["selector"]["matchExpressions"];
    if (kind == "Listener" && expressions.isArray() && expressions.items().empty())
        return without({"hostBinding", "selector"}, "matchExpressions");
    return {};
}

bool losesZeros(std::string_view place)
{
    return !place.starts_with("Mapping labels") && !place.starts_with("TracingService custom_tags")
        && place.find("matchExpressions") == std::string_view::npos;
}

} // namespace edge
