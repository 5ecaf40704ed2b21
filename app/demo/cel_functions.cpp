// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/cel_functions.h"

#include "app/demo/go_duration.h"
#include "app/demo/go_url.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

namespace demo {

namespace {

using Type = CelValue::Type;
using Arguments = std::vector<Value>;

tl::unexpected<std::string> noOverload() { return tl::unexpected<std::string>("no such overload"); }

tl::unexpected<std::string> noConversion(const char *to)
{
    return tl::unexpected<std::string>(std::string("type conversion error from 'string' to '") + to + "'");
}

template<typename Number>
std::optional<Number> wholeText(std::string_view text)
{
    Number number{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && read.ec == std::errc() && read.ptr == text.data() + text.size()
        ? std::optional(number)
        : std::nullopt;
}

// The text in code points, in which CEL counts.
std::vector<std::string> letters(const std::string &text)
{
    std::vector<std::string> all;
    for (const char c : text) {
        if ((c & 0xc0) != 0x80 || all.empty())
            all.emplace_back();
        all.back() += c;
    }
    return all;
}

// --- f(x) -----------------------------------------------------------------------------------------------------------------

CelAnswer size(const CelValue &of)
{
    const Value &value = of.value;
    if (of.type != Type::Plain || (!value.isArray() && !value.isObject() && !value.isString()))
        return noOverload();
    return Value(std::int64_t(value.isArray()        ? value.items().size()
                                  : value.isObject() ? value.members().size()
                                                     : letters(value.text()).size()));
}

CelAnswer toInt(const CelValue &of)
{
    const Value &value = of.value;
    if (value.isString()) {
        std::string_view text = value.text(); // Go takes a plus sign, from_chars does not
        if (text.starts_with('+') && !text.starts_with("+-"))
            text.remove_prefix(1);
        const auto number = wholeText<std::int64_t>(text);
        return number ? CelAnswer(Value(*number)) : noConversion("int");
    }
    if (!value.isNumber())
        return noOverload();
    if (value.text().find_first_of(".eE") == std::string::npos)
        return value;
    const double number = value.toDouble();
    if (!(number > -0x1p63 && number < 0x1p63))
        return tl::unexpected<std::string>("integer overflow");
    return Value(std::int64_t(number));
}

CelAnswer toUint(const CelValue &of)
{
    const Value &value = of.value;
    if (value.isString()) {
        const auto number = wholeText<std::uint64_t>(value.text());
        return number ? CelAnswer(Value::number(std::to_string(*number))) : noConversion("uint");
    }
    CelAnswer number = toInt(of);
    if (number && number->value.toDouble() < 0)
        return tl::unexpected<std::string>("unsigned integer overflow");
    return number;
}

CelAnswer toDouble(const CelValue &of)
{
    const Value &value = of.value;
    if (value.isNumber())
        return Value(value.toDouble());
    if (!value.isString())
        return noOverload();
    const auto number = wholeText<double>(value.text());
    return number && std::isfinite(*number) ? CelAnswer(Value(*number)) : noConversion("double");
}

CelAnswer toBool(const CelValue &of)
{
    if (of.value.isBool())
        return of;
    static const std::vector<std::string> yes{"1", "t", "T", "TRUE", "true", "True"},
        no{"0", "f", "F", "FALSE", "false", "False"};
    if (!of.value.isString())
        return noOverload();
    const auto isIn = [&of](const std::vector<std::string> &words) {
        return std::find(words.begin(), words.end(), of.value.text()) != words.end();
    };
    return isIn(yes) ? CelAnswer(Value(true)) : isIn(no) ? CelAnswer(Value(false)) : noConversion("bool");
}

CelAnswer toText(const CelValue &of)
{
    if (of.type == Type::Duration) {
        std::ostringstream seconds;
        seconds.precision(15);
        seconds << of.value.toDouble() / 1e9 << 's';
        return Value(seconds.str());
    }
    if (of.value.isBool())
        return Value(of.value.toBool() ? "true" : "false");
    return of.value.isString() || of.value.isNumber() ? CelAnswer(Value(of.value.text())) : noOverload();
}

CelAnswer toDuration(const CelValue &of)
{
    if (of.type == Type::Duration)
        return of;
    if (!of.value.isString())
        return noOverload();
    const auto nanoseconds = readGoDuration(of.value.text());
    return nanoseconds ? CelAnswer(CelValue(Type::Duration, Value(*nanoseconds)))
                       : noConversion("google.protobuf.Duration");
}

CelAnswer toUrl(const CelValue &of)
{
    if (!of.value.isString())
        return noOverload();
    const auto url = readRequestUri(of.value.text());
    if (!url)
        return tl::unexpected<std::string>("URL parse error during conversion from string: " + url.error());
    return CelValue(Type::Url, of.value);
}

CelAnswer isUrl(const CelValue &of)
{
    return of.value.isString() ? CelAnswer(Value(readRequestUri(of.value.text()).has_value())) : noOverload();
}

using Function = CelAnswer (*)(const CelValue &);

const std::map<std::string, Function> &functions()
{
    static const std::map<std::string, Function> all{
        {"size", size},           {"int", toInt},
        {"uint", toUint},         {"double", toDouble},
        {"bool", toBool},         {"string", toText},
        {"url", toUrl},           {"isURL", isUrl},
        {"duration", toDuration}, {"dyn", [](const CelValue &of) { return CelAnswer(of); }},
    };
    return all;
}

// --- text.f(…) ------------------------------------------------------------------------------------------------------------

CelAnswer substring(const std::string &text, const Arguments &arguments)
{
    const std::vector<std::string> all = letters(text);
    const std::int64_t from = arguments[0].toInteger(-1);
    const std::int64_t to = arguments.size() > 1 ? arguments[1].toInteger(-1) : std::int64_t(all.size());
    if (from < 0 || from > std::int64_t(all.size()))
        return tl::unexpected<std::string>("index out of range: " + arguments[0].text());
    if (to < 0 || to > std::int64_t(all.size()))
        return tl::unexpected<std::string>("index out of range: " + arguments[1].text());
    if (from > to)
        return tl::unexpected<std::string>("invalid substring range. start: " + std::to_string(from)
                                           + ", end: " + std::to_string(to));
    std::string part;
    for (std::int64_t i = from; i < to; ++i)
        part += all[std::size_t(i)];
    return Value(std::move(part));
}

CelAnswer matches(const std::string &text, const Arguments &arguments)
{
    const re2::RE2 expression(arguments[0].text(), re2::RE2::Quiet);
    if (!expression.ok())
        return tl::unexpected<std::string>("error parsing regexp: " + expression.error());
    return Value(re2::RE2::PartialMatch(text, expression));
}

CelAnswer split(const std::string &text, const Arguments &arguments)
{
    const std::string &separator = arguments[0].text();
    Value parts = Value::array();
    if (separator.empty()) {
        for (const std::string &letter : letters(text))
            parts.push(letter);
        return parts;
    }
    for (std::size_t from = 0;;) {
        const std::size_t at = std::min(text.find(separator, from), text.size());
        parts.push(text.substr(from, at - from));
        if (at == text.size())
            return parts;
        from = at + separator.size();
    }
}

CelAnswer replaced(const std::string &text, const Arguments &arguments)
{
    const std::string &old = arguments[0].text(), &with = arguments[1].text();
    std::string result = text;
    for (std::size_t at = 0; !old.empty() && (at = result.find(old, at)) != std::string::npos;
         at += with.size())
        result.replace(at, old.size(), with);
    return Value(std::move(result));
}

CelAnswer inCase(const std::string &text, char first, char last, int shift)
{
    std::string result = text;
    std::transform(result.begin(), result.end(), result.begin(),
                   [first, last, shift](char c) { return c >= first && c <= last ? char(c + shift) : c; });
    return Value(std::move(result));
}

CelAnswer trimmed(const std::string &text)
{
    const std::size_t from = text.find_first_not_of(" \t\r\n\f\v");
    const std::size_t to = text.find_last_not_of(" \t\r\n\f\v");
    return Value(from == std::string::npos ? std::string() : text.substr(from, to - from + 1));
}

CelAnswer position(const std::string &text, std::size_t at) // of a byte, in code points
{
    return Value(at == std::string::npos ? std::int64_t(-1)
                                         : std::int64_t(letters(text.substr(0, at)).size()));
}

struct TextMethod
{
    std::size_t least, most; // arguments
    CelAnswer (*call)(const std::string &text, const Arguments &arguments);
};

const std::map<std::string, TextMethod> &textMethods()
{
    using Text = const std::string &;
    using Others = const Arguments &;
    static const std::map<std::string, TextMethod> all{
        {"startsWith",
         {1, 1, [](Text t, Others a) -> CelAnswer { return Value(t.starts_with(a[0].text())); }}},
        {"endsWith", {1, 1, [](Text t, Others a) -> CelAnswer { return Value(t.ends_with(a[0].text())); }}},
        {"contains",
         {1, 1,
          [](Text t, Others a) -> CelAnswer { return Value(t.find(a[0].text()) != std::string::npos); }}},
        {"indexOf", {1, 1, [](Text t, Others a) { return position(t, t.find(a[0].text())); }}},
        {"lastIndexOf", {1, 1, [](Text t, Others a) { return position(t, t.rfind(a[0].text())); }}},
        {"lowerAscii", {0, 0, [](Text t, Others) { return inCase(t, 'A', 'Z', 32); }}},
        {"upperAscii", {0, 0, [](Text t, Others) { return inCase(t, 'a', 'z', -32); }}},
        {"trim", {0, 0, [](Text t, Others) { return trimmed(t); }}},
        {"matches", {1, 1, matches}},
        {"split", {1, 1, split}},
        {"replace", {2, 2, replaced}},
        {"substring", {1, 2, substring}},
    };
    return all;
}

// --- of URLs, spans of time and lists -------------------------------------------------------------------------------------

CelAnswer urlMethod(const std::string &name, const std::string &text)
{
    const GoUrl url = readRequestUri(text).value_or(GoUrl());
    return name == "getScheme"     ? CelAnswer(Value(url.scheme))
        : name == "getHost"        ? CelAnswer(Value(url.host))
        : name == "getHostname"    ? CelAnswer(Value(url.hostName()))
        : name == "getPort"        ? CelAnswer(Value(url.port()))
        : name == "getEscapedPath" ? CelAnswer(Value(url.path))
                                   : CelAnswer(noOverload());
}

CelAnswer durationMethod(const std::string &name, std::int64_t nanoseconds)
{
    static const std::map<std::string, std::int64_t> units{{"getHours", 3'600'000'000'000},
                                                           {"getMinutes", 60'000'000'000},
                                                           {"getSeconds", 1'000'000'000},
                                                           {"getMilliseconds", 1'000'000}};
    const auto unit = units.find(name);
    return unit == units.end() ? CelAnswer(noOverload()) : CelAnswer(Value(nanoseconds / unit->second));
}

CelAnswer join(const Value &list, const Arguments &arguments)
{
    std::string text;
    for (const Value &item : list.items()) {
        if (!item.isString())
            return noOverload();
        text.append(text.empty() || arguments.empty() ? "" : arguments[0].text()).append(item.text());
    }
    return Value(std::move(text));
}

} // namespace

bool isCelFunction(const std::string &name) { return functions().contains(name); }

bool isCelMethod(const std::string &name)
{
    static const std::vector<std::string> others{"size",        "join",       "getScheme",      "getHost",
                                                 "getHostname", "getPort",    "getEscapedPath", "getHours",
                                                 "getMinutes",  "getSeconds", "getMilliseconds"};
    return textMethods().contains(name) || std::find(others.begin(), others.end(), name) != others.end();
}

CelAnswer callCelFunction(const std::string &name, const CelValue &argument)
{
    const auto found = functions().find(name);
    return found == functions().end() ? CelAnswer(noOverload()) : found->second(argument);
}

CelAnswer callCelMethod(const std::string &name, const CelValue &receiver,
                        const std::vector<Value> &arguments)
{
    if (name == "size" && arguments.empty())
        return size(receiver);
    if (receiver.type == Type::Url)
        return urlMethod(name, receiver.value.text());
    if (receiver.type == Type::Duration)
        return durationMethod(name, receiver.value.toInteger());
    if (name == "join" && receiver.value.isArray() && arguments.size() <= 1)
        return join(receiver.value, arguments);
    const auto found = textMethods().find(name);
    if (!receiver.value.isString() || found == textMethods().end() || arguments.size() < found->second.least
        || arguments.size() > found->second.most)
        return noOverload();
    return found->second.call(receiver.value.text(), arguments);
}

} // namespace demo
