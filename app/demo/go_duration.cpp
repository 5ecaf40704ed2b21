// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/go_duration.h"

#include <cmath>
#include <utility>

namespace demo {

namespace {

constexpr std::pair<std::string_view, double> Units[] = { // longer names first: ms is no m
    {"ns", 1},   {"us", 1e3}, {"\xc2\xb5s", 1e3}, {"\xce\xbcs", 1e3},
    {"ms", 1e6}, {"s", 1e9},  {"m", 60e9},        {"h", 3600e9}};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// 1.5 of the start of the text; nullopt: no digit at all.
std::optional<long double> takeNumber(std::string_view &text)
{
    long double number = 0;
    std::size_t digits = 0;
    for (; !text.empty() && isDigit(text.front()); text.remove_prefix(1), ++digits)
        number = number * 10 + (text.front() - '0');
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        long double place = 1;
        for (; !text.empty() && isDigit(text.front()); text.remove_prefix(1), ++digits)
            number += (text.front() - '0') * (place /= 10);
    }
    return digits > 0 ? std::optional(number) : std::nullopt;
}

} // namespace

std::optional<std::int64_t> readGoDuration(std::string_view text)
{
    const bool isNegative = text.starts_with('-');
    if (isNegative || text.starts_with('+'))
        text.remove_prefix(1);
    if (text == "0")
        return 0;
    if (text.empty())
        return {};
    long double total = 0;
    while (!text.empty()) {
        const auto number = takeNumber(text);
        if (!number)
            return {};
        const std::pair<std::string_view, double> *unit = nullptr;
        for (const auto &each : Units) {
            if (!unit && text.starts_with(each.first))
                unit = &each;
        }
        if (!unit)
            return {};
        text.remove_prefix(unit->first.size());
        if (!text.empty() && !isDigit(text.front()) && text.front() != '.')
            return {}; // a longer word that only begins like a unit
        total += *number * static_cast<long double>(unit->second);
    }
    if (total >= 0x1p63L)
        return {};
    const auto whole = std::int64_t(total + 1e-6L); // 0.1 is a little less in binary
    return isNegative ? -whole : whole;
}

} // namespace demo
