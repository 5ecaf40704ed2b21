// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/yaml_scalars.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace edge {

bool isOneOf(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), text) != words.end();
}

namespace {

std::string withoutUnderscores(std::string text)
{
    text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
    return text;
}

std::string numberText(double number)
{
    std::array<char, 32> buffer{};
    if (std::nearbyint(number) == number
        && std::fabs(number) < 1e21) { // as encoding/json writes whole numbers
        const auto [end, error] =
            std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
        return {buffer.data(), end};
    }
    return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr};
}

std::optional<Value> readInteger(std::string_view text)
{
    const bool negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (text.front() == '-' || text.front() == '+'))
        text.remove_prefix(1);
    int base = 10;
    if (text.size() > 2 && text[0] == '0' && isOneOf(text.substr(1, 1), {"x", "X", "o", "O", "b", "B"})) {
        base = isOneOf(text.substr(1, 1), {"b", "B"}) ? 2 : isOneOf(text.substr(1, 1), {"o", "O"}) ? 8 : 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text[0] == '0') {
        base = 8;
        text.remove_prefix(1);
    }
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()
        || (negative && number > (1ULL << 63)))
        return {};
    if (number == 0)
        return Value(0);
    if (number > std::uint64_t(INT64_MAX)) // larger ones are floating point on their way through JSON
        return Value::number(numberText(negative ? -double(number) : double(number)));
    return Value(negative ? -std::int64_t(number) : std::int64_t(number));
}

std::optional<Value> readReal(const std::string &text)
{
    static const RE2 real(R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)");
    if (!RE2::FullMatch(text, real))
        return {};
    const std::string digits = text.front() == '+' ? text.substr(1) : text;
    double number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc()) // beyond the range: it stays a text
        return {};
    return number == 0 ? Value(0) : Value::number(numberText(number));
}

// As Go's strconv.FormatFloat(number, 'g', -1, 32), for which kubectl takes a key: 1234567.0 is the key 1.234567e+06.
std::string shortText(float number)
{
    std::array<char, 64> buffer{};
    const auto write = [&](std::chars_format format) {
        return std::string(buffer.data(),
                           std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format).ptr);
    };
    if (std::isinf(number))
        return number < 0 ? "-.inf" : ".inf";
    const std::string scientific = write(std::chars_format::scientific);
    const int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
    return exponent < -4 || exponent >= 6 ? scientific : write(std::chars_format::fixed);
}

} // namespace

Value readPlain(const std::string &text)
{
    if (text.empty() || isOneOf(text, {"~", "null", "Null", "NULL"}))
        return {};
    if (isOneOf(text, {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"}))
        return {true};
    if (isOneOf(text, {"n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"}))
        return {false};
    if (std::string_view("+-.0123456789").find(text.front()) == std::string_view::npos)
        return {text};
    const std::string digits = withoutUnderscores(text);
    if (auto integer = readInteger(digits))
        return *integer;
    if (auto number = readReal(digits))
        return *number;
    return {text};
}

bool fitsTag(std::string_view tag, const std::string &text)
{
    const Value value = readPlain(text);
    if (tag == "null")
        return value.isNull();
    if (tag == "bool")
        return value.isBool();
    return value.isNumber() && (tag == "float" || readInteger(withoutUnderscores(text)).has_value());
}

bool isNoJsonNumber(const std::string &text)
{
    const std::size_t sign = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
    const std::string_view word = std::string_view(text).substr(sign);
    return isOneOf(word, {".inf", ".Inf", ".INF"}) || (sign == 0 && isOneOf(word, {".nan", ".NaN", ".NAN"}));
}

std::optional<std::string> readPlainKey(const std::string &text)
{
    const Value value = readPlain(text);
    if (value.isNull())
        return {};
    if (value.isBool())
        return value.toBool() ? "true" : "false";
    if (!value.isNumber())
        return text;
    const std::string digits = withoutUnderscores(text);
    if (const auto integer = readInteger(digits)) {
        std::int64_t whole = 0;
        const std::string number = integer->text();
        const bool fits =
            std::from_chars(number.data(), number.data() + number.size(), whole).ec == std::errc();
        return fits ? std::optional(number) : std::nullopt;
    }
    double number = 0;
    const std::size_t start = digits.front() == '+' ? 1 : 0;
    std::from_chars(digits.data() + start, digits.data() + digits.size(), number);
    return shortText(float(number));
}

} // namespace edge
