// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/request_target.h"

#include "edge/text.h"

#include <algorithm>

namespace edge {

namespace {

constexpr std::string_view Escaped = "{}|^\"<>`"; // never raw in a normalised path

bool isUnreserved(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'
        || c == '_' || c == '~';
}

bool needsWork(std::string_view path)
{
    return path.find_first_of("%\\{}|^\"<>`") != std::string_view::npos
        || path.find("/.") != std::string_view::npos;
}

// The escapes of one path; nullopt for %00.
std::optional<std::string> unescaped(std::string_view path)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const char c = path[i];
        if (c == '%' && i + 2 < path.size() && hexDigit(path[i + 1]) >= 0 && hexDigit(path[i + 2]) >= 0) {
            const int value = hexDigit(path[i + 1]) * 16 + hexDigit(path[i + 2]);
            if (value == 0)
                return {};
            if (isUnreserved(value))
                out += char(value);
            else
                out.append(path.substr(i, 3));
            i += 2;
        } else if (c == '\\') {
            out += '/';
        } else if (Escaped.find(c) != std::string_view::npos) {
            out.append(1, '%').append(1, digits[(c >> 4) & 15]).append(1, digits[c & 15]);
        } else {
            out += c;
        }
    }
    return out;
}

std::string withoutDotSegments(std::string_view path) // begins with '/'
{
    std::string out;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/', 1), path.size());
        const std::string_view segment = path.substr(1, end - 1);
        const bool last = end == path.size();
        path.remove_prefix(end);
        if (segment == "..")
            out.resize(out.empty() ? 0 : out.rfind('/'));
        else if (segment != ".")
            out.append(1, '/').append(segment);
        if (last && (segment == "." || segment == ".."))
            out += '/';
    }
    return out;
}

// "/a/..;x/b" → "/a/../b", up to the query.
void cutDotParameters(std::string &target)
{
    for (std::size_t at = 0; at < std::min(target.find('?'), target.size()); ++at) {
        if (target[at] != '/')
            continue;
        const std::string_view segment = std::string_view(target).substr(at + 1);
        const std::size_t dots = segment.starts_with(".;") ? 1 : segment.starts_with("..;") ? 2 : 0;
        if (dots > 0)
            target.erase(at + 1 + dots, std::min(segment.find_first_of("/?"), segment.size()) - dots);
    }
}

} // namespace

bool normalisePath(std::string &target, bool isNewestEnvoy)
{
    if (target.find('#') != std::string::npos)
        return false;
    if (isNewestEnvoy && target.find("/.") != std::string::npos)
        cutDotParameters(target);
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string_view path = std::string_view(target).substr(0, mark);
    if (path.empty() || path.front() != '/' || !needsWork(path))
        return true;
    const std::optional<std::string> plain = unescaped(path);
    if (!plain)
        return false;
    target = withoutDotSegments(*plain).append(target, mark);
    return true;
}

namespace {

bool isAuthority(std::string_view authority)
{
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (authority.empty() || colon == 0)
        return false;
    const std::string_view port =
        colon == std::string_view::npos ? std::string_view() : authority.substr(colon + 1);
    if (port.size() > 5 || port.find_first_not_of("0123456789") != std::string_view::npos)
        return false;
    unsigned number = 0;
    for (const char c : port)
        number = number * 10 + unsigned(c - '0');
    return number <= 65535;
}

} // namespace

TargetVerdict normaliseTarget(RequestHead &head, bool tls, bool isNewestEnvoy)
{
    constexpr int BadRequest = 400, Forbidden = 403, NotFound = 404;
    if (head.method == "CONNECT")
        return {NotFound, true};
    if (head.target.front() != '/') {
        const std::size_t colon = head.target.find("://");
        if (colon == std::string::npos) // "*": of OPTIONS it is no path that a route could have
            return head.method == "OPTIONS" ? TargetVerdict{} : TargetVerdict{BadRequest, false};
        const std::string_view scheme = std::string_view(head.target).substr(0, colon);
        const bool https = equalIgnoringCase(scheme, "https");
        if (!https && !equalIgnoringCase(scheme, "http"))
            return {BadRequest, false};
        if (https && !tls)
            return {Forbidden, false};
        const std::size_t begin = colon + 3;
        const std::size_t end = std::min(head.target.find_first_of("/?#", begin), head.target.size());
        std::string authority = head.target.substr(begin, end - begin);
        authority.erase(0, authority.rfind('@') == std::string::npos ? 0 : authority.rfind('@') + 1);
        if (!isAuthority(authority))
            return {BadRequest, false};
        head.headers.set("host", authority);
        head.target.erase(0, end);
        if (head.target.empty() || head.target.front() != '/')
            head.target.insert(0, "/");
    }
    return normalisePath(head.target, isNewestEnvoy) ? TargetVerdict{} : TargetVerdict{BadRequest, true};
}

} // namespace edge
