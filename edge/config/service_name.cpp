// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/service_name.h"

#include "edge/config/envoy_limits.h"
#include "edge/config/rules.h"
#include "edge/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace edge {

namespace {

// The first digits of the scripts that have some, with which Python reads numbers, too.
constexpr std::array<char32_t, 37> Zeros{
    0x30,   0x660,  0x6F0,  0x7C0,  0x966,  0x9E6,  0xA66,  0xAE6,  0xB66,  0xBE6,  0xC66,  0xCE6,  0xD66,
    0xDE6,  0xE50,  0xED0,  0xF20,  0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

// The code point that begins text, which it is taken from; 0: what is no UTF-8.
char32_t takeCodePoint(std::string_view &text)
{
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    char32_t point = length == 1 ? first : first & (0xFF >> (length + 1));
    for (std::size_t i = 1; i < length && i < text.size(); ++i)
        point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
    text.remove_prefix(std::min(length, text.size()));
    return point;
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view Blanks = " \t\n\v\f\r";
    const std::size_t begin = std::min(text.find_first_not_of(Blanks), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(Blanks) + 1);
}

// As Python's int() reads it: with a sign, blanks around it, _ between digits, and digits of any script.
std::string inDigits(std::string_view text)
{
    text = trimmed(text);
    std::string digits;
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
        digits = text.front() == '-' ? "-" : "";
        text.remove_prefix(1);
    }
    bool wantsDigit = true;
    while (!text.empty()) {
        const char32_t point = takeCodePoint(text);
        const auto zero = std::find_if(Zeros.begin(), Zeros.end(),
                                       [&](char32_t first) { return point >= first && point < first + 10; });
        if (zero == Zeros.end() && (point != '_' || wantsDigit))
            return {};
        wantsDigit = zero == Zeros.end();
        if (!wantsDigit)
            digits += char('0' + (point - *zero));
    }
    return wantsDigit ? std::string() : digits;
}

constexpr std::string_view BadPort = "the port";

std::string readPort(ServiceName &name, const std::string &text, bool isStrict)
{
    if (text.empty())
        return {};
    std::string digits = isStrict ? text : inDigits(text);
    const bool isNegative = !isStrict && digits.starts_with('-');
    digits.erase(0, isNegative ? 1 : 0);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos)
        return std::string(BadPort) + " '" + text + "' is no number";
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    const int port = digits.size() > 6 ? 999'999 : std::stoi(digits);
    if (port > 65535 || (isNegative && port != 0))
        return std::string(BadPort) + " " + text + " is not between 0 and 65535";
    name.port = std::uint16_t(port);
    return {};
}

bool isHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

int hexValue(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

std::string escapeProblem(const std::string &host)
{
    for (std::size_t at = host.find('%'); at != std::string::npos; at = host.find('%', at + 1)) {
        if (at + 2 >= host.size() || !isHex(host[at + 1]) || !isHex(host[at + 2]))
            return "there is an invalid escape in its hostname: " + host.substr(at, 3);
    }
    return {};
}

// %41 → A, and then escaped as Go's net/url does it.
std::string escapedAnew(const std::string &host)
{
    constexpr std::string_view Kept = "_.-~!$&'()*+,;=:[]<>\"";
    constexpr std::string_view Hex = "0123456789ABCDEF";
    std::string escaped;
    for (std::size_t i = 0; i < host.size(); ++i) {
        auto byte = static_cast<unsigned char>(host[i]);
        if (byte == '%') {
            byte = static_cast<unsigned char>(hexValue(host[i + 1]) << 4 | hexValue(host[i + 2]));
            i += 2;
        }
        const bool isKept = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z')
            || (byte >= 'A' && byte <= 'Z') || Kept.find(char(byte)) != std::string_view::npos;
        if (isKept)
            escaped += char(byte);
        else
            escaped += {'%', Hex[byte >> 4], Hex[byte & 0xF]};
    }
    return escaped;
}

// What stands in brackets, as newer Pythons judge it.
std::string bracketProblem(const std::string &inside)
{
    unsigned char bytes[16];
    const std::string address = inside.substr(0, inside.find('%'));
    const bool isFuture = inside.starts_with('v'); // v1.something: of an address yet to be invented
    const std::size_t dot = inside.find('.');
    const bool isSound = isFuture ? dot != std::string::npos && dot > 1 && dot + 1 < inside.size()
            && std::all_of(inside.begin() + 1, inside.begin() + std::ptrdiff_t(dot), isHex)
                                  : inet_pton(AF_INET6, address.c_str(), bytes) == 1;
    return isSound ? std::string() : "'" + inside + "' in brackets is no IPv6 address";
}

bool isAddress(const std::string &host)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, host.c_str(), bytes) == 1 || inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

} // namespace

std::string ServiceName::text(bool brackets) const
{
    const std::string shown = brackets && host.find(':') != std::string::npos ? "[" + host + "]" : host;
    return (scheme.empty() ? "" : scheme + "://") + shown + (port == 0 ? "" : ":" + std::to_string(port));
}

namespace {

// [user@]host[:port], and whatever may stand behind it.
void readAuthority(ServiceName &name, std::string rest, bool isStrict)
{
    const auto stop = [&name](std::string problem) {
        name.problem = std::move(problem);
        name.stopsTheEdge = true;
    };
    rest = rest.substr(0, rest.find_first_of("/?#"));
    const std::size_t opens = rest.find('[');
    const bool closes = rest.find(']') != std::string::npos;
    if ((opens != std::string::npos) != closes)
        return stop(closes ? "the bracket of its address is not opened"
                           : "the bracket of its address is not closed");
    if (isStrict && closes) {
        const std::string inside = rest.substr(opens + 1);
        if (std::string problem = bracketProblem(inside.substr(0, inside.find(']'))); !problem.empty())
            return stop(std::move(problem));
    }
    if (const std::size_t at = rest.rfind('@'); at != std::string::npos)
        rest = rest.substr(at + 1);
    std::string port;
    if (const std::size_t open = rest.find('['); open != std::string::npos) {
        const std::string inside = rest.substr(open + 1);
        const std::size_t close = std::min(inside.find(']'), inside.size());
        name.host = inside.substr(0, close);
        const std::size_t colon = inside.find(':', close);
        port = colon == std::string::npos ? "" : inside.substr(colon + 1);
    } else {
        const std::size_t colon = rest.find(':');
        name.host = rest.substr(0, colon);
        port = colon == std::string::npos ? "" : rest.substr(colon + 1);
    }
    const std::size_t zone =
        std::min(name.host.find('%'), name.host.size()); // what follows keeps its capitals
    name.host = lowered(name.host.substr(0, zone)) + name.host.substr(zone);
    if (name.host.empty())
        name.problem = "it has no hostname";
    else
        name.problem = readPort(name, port, isStrict);
}

} // namespace

ServiceReading serviceReading(const Rules &rules) { return {rules.ipv6Services, rules.strictServices}; }

ServiceName parseService(const std::string &service, const ServiceReading &reading)
{
    constexpr std::string_view OfSchemes =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";
    ServiceName name;
    std::string rest = service;
    const std::size_t mark = service.find_first_not_of(OfSchemes);
    if (mark != 0 && mark != std::string::npos && service.compare(mark, 3, "://") == 0) {
        name.scheme = lowered(service.substr(0, mark));
        rest = service.substr(mark + 3);
    } else if (service.starts_with("//")) {
        rest = service.substr(2);
    }
    readAuthority(name, std::move(rest), reading.isStrict);
    if (!reading.ipv6 || name.host.empty() || name.stopsTheEdge)
        return name;
    if (std::string problem = escapeProblem(name.host); !problem.empty())
        name.problem = std::move(problem);
    else
        name.host = escapedAnew(name.host);
    return name;
}

std::string outcomeOf(const ServiceName &name)
{
    if (name.stopsTheEdge)
        return std::string(EdgeFails);
    return name.problem.starts_with(BadPort)
        ? "; the edge leaves the port out and goes to 80, or 443 where it speaks TLS"
        : "; nothing can be reached there";
}

ServiceName parseTarget(const std::string &service, const ServiceReading &reading)
{
    ServiceName name;
    const std::size_t mark = service.find("://");
    if (mark != std::string::npos)
        name.scheme = lowered(service.substr(0, mark));
    readAuthority(name, mark == std::string::npos ? service : service.substr(mark + 3), reading.isStrict);
    return name;
}

std::string qualifiedService(const std::string &service, const ServiceScope &scope, std::string *problem)
{
    ServiceName name = parseService(service, scope.reading);
    if (!name.problem.empty()) {
        if (problem)
            *problem = name.problem;
        return service;
    }
    const bool qualified = name.host.find_first_of(scope.reading.ipv6 ? ".:" : ".") != std::string::npos
        || name.host == "localhost";
    const bool elsewhere = !scope.nameSpace.empty() && scope.nameSpace != scope.ambassadorNamespace;
    if (elsewhere && !scope.ambassadorSpace && scope.kubernetes && !qualified)
        name.host += "." + scope.nameSpace;
    return name.text(scope.reading.ipv6);
}

EndpointName endpointName(const std::string &service, const ServiceScope &scope)
{
    EndpointName result;
    std::string rest = service;
    if (const std::size_t mark = rest.find("://"); mark != std::string::npos)
        rest = rest.substr(mark + 3);
    std::string port;
    if (const std::size_t colon = rest.rfind(':'); colon != std::string::npos && !isAddress(rest)) {
        port = rest.substr(colon + 1);
        const bool number = !port.empty() && port.find_first_not_of("0123456789") == std::string::npos;
        if (number || !isAddress(rest.substr(0, colon)))
            rest = number ? rest.substr(0, colon) : rest;
        result.port = number ? port : "";
    }
    result.nameSpace = scope.ambassadorSpace ? scope.ambassadorNamespace : scope.nameSpace;
    if (isAddress(rest)) {
        result.service = rest;
        return result;
    }
    const std::size_t dot = rest.find('.');
    result.service = rest.substr(0, dot);
    if (dot != std::string::npos)
        result.nameSpace = rest.substr(dot + 1, rest.find('.', dot + 1) - dot - 1);
    return result;
}

} // namespace edge
