// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/string_formats.h"

#include "app/demo/base64.h"
#include "app/demo/go_duration.h"
#include "app/demo/go_url.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <charconv>
#include <map>
#include <string>

namespace demo {

namespace {

template<const char *Pattern>
bool fits(std::string_view text)
{
    static const re2::RE2 expression(Pattern);
    return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), expression);
}

constexpr char UuidPattern[] = "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}";
constexpr char Uuid3Pattern[] = "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}";
constexpr char Uuid4Pattern[] = "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}";
constexpr char Uuid5Pattern[] = "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}";
constexpr char HostPattern[] =
    "[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\\.[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*";
constexpr char MailPattern[] = "([^<>@]*<)?[^<>@\\s]+@[^<>@\\s]+>?";
constexpr char MacPattern[] = "(?i)([0-9a-f]{2}[:-]){5}[0-9a-f]{2}|([0-9a-f]{4}\\.){2}[0-9a-f]{4}";
constexpr char HexColorPattern[] = "#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})";
constexpr char RgbColorPattern[] = "rgb\\(\\s*\\d{1,3}\\s*,\\s*\\d{1,3}\\s*,\\s*\\d{1,3}\\s*\\)";
constexpr char SsnPattern[] = "\\d{3}[- ]?\\d{2}[- ]?\\d{4}";
constexpr char ObjectIdPattern[] = "[0-9a-fA-F]{24}";
constexpr char ShortNamePattern[] = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
constexpr char LongNamePattern[] = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
constexpr char DatePattern[] = "\\d{4}-\\d{2}-\\d{2}";
constexpr char TimePattern[] =
    "(?i)(\\d{4}-\\d{2}-\\d{2})t([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?(z|[+-]\\d{2}:\\d{2})";
constexpr char SpanPattern[] =
    "(?i)\\d+\\s*(ns|us|µs|ms|s|m|h|d|w|nanos?(econds?)?|micros?(econds?)?|millis?(econds?)?"
    "|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|wks?)";
constexpr char IsoSpanPattern[] = "P(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(\\d+H)?(\\d+M)?(\\d+S)?)?";

bool isDate(std::string_view text)
{
    if (!fits<DatePattern>(text))
        return false;
    const auto number = [&](std::size_t from, std::size_t count) {
        int value = 0;
        std::from_chars(text.data() + from, text.data() + from + count, value);
        return value;
    };
    const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
    static constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && isLeap ? 1 : 0);
}

bool isTime(std::string_view text) { return fits<TimePattern>(text) && isDate(text.substr(0, 10)); }

bool isSpan(std::string_view text)
{
    return readGoDuration(text) || fits<SpanPattern>(text) || (text.size() > 1 && fits<IsoSpanPattern>(text));
}

bool isAddress(std::string_view text, int family)
{
    unsigned char bytes[16];
    return inet_pton(family, std::string(text).c_str(), bytes) == 1;
}

constexpr char DottedPattern[] =
    "0*(\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])(\\.0*(\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])){3}";

bool isNetwork(std::string_view text)
{
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos)
        return false;
    const std::string_view address = text.substr(0, slash), length = text.substr(slash + 1);
    int bits = -1;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (error != std::errc() || end != length.data() + length.size() || bits < 0)
        return false;
    return (fits<DottedPattern>(address) && bits <= 32) || (isAddress(address, AF_INET6) && bits <= 128);
}

using Check = bool (*)(std::string_view);

const std::map<std::string_view, Check> &checks()
{
    static const std::map<std::string_view, Check> all{
        {"date", isDate},
        {"date-time", isTime},
        {"datetime", isTime},
        {"duration", isSpan},
        {"byte", [](std::string_view text) { return !text.empty() && !base64Fault(text); }},
        {"ipv4", fits<DottedPattern>},
        {"ipv6", [](std::string_view text) { return isAddress(text, AF_INET6); }},
        {"cidr", isNetwork},
        {"uuid", fits<UuidPattern>},
        {"uuid3", fits<Uuid3Pattern>},
        {"uuid4", fits<Uuid4Pattern>},
        {"uuid5", fits<Uuid5Pattern>},
        {"uri", [](std::string_view text) { return readRequestUri(text).has_value(); }},
        {"email", fits<MailPattern>},
        {"hostname", fits<HostPattern>},
        {"mac", fits<MacPattern>},
        {"hexcolor", fits<HexColorPattern>},
        {"rgbcolor", fits<RgbColorPattern>},
        {"ssn", fits<SsnPattern>},
        {"bsonobjectid", fits<ObjectIdPattern>},
        {"k8s-short-name", fits<ShortNamePattern>},
        {"k8s-long-name",
         [](std::string_view text) { return text.size() <= 253 && fits<LongNamePattern>(text); }},
        {"password", [](std::string_view) { return true; }},
        {"creditcard", [](std::string_view) { return true; }},
        {"isbn", [](std::string_view) { return true; }},
    };
    return all;
}

} // namespace

bool isKnownStringFormat(std::string_view format) { return checks().contains(format); }

bool hasStringFormat(std::string_view text, std::string_view format)
{
    const auto found = checks().find(format);
    return found == checks().end() || found->second(text);
}

} // namespace demo
