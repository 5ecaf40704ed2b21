// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/go_url.h"

#include "app/demo/api_status.h"
#include "edge/text.h"

#include <algorithm>
#include <cctype>

namespace demo {

namespace {

bool isLetter(char c) { return std::isalpha(static_cast<unsigned char>(c)); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

// Takes "https:" off the front; a text whose first colon comes too late has no scheme.
tl::expected<std::string, std::string> takeScheme(std::string_view &text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (isLetter(c))
            continue;
        if (isDigit(c) || c == '+' || c == '-' || c == '.') {
            if (i == 0)
                return std::string();
            continue;
        }
        if (c != ':')
            return std::string();
        if (i == 0)
            return tl::unexpected<std::string>("missing protocol scheme");
        std::string scheme = edge::lowered(std::string(text.substr(0, i)));
        text.remove_prefix(i + 1);
        return scheme;
    }
    return std::string();
}

std::string badEscape(std::string_view text) // "": every % is one of %41
{
    for (std::size_t at = 0; (at = text.find('%', at)) != std::string_view::npos; at += 3) {
        const std::string_view escape = text.substr(at, 3);
        if (escape.size() < 3 || !std::isxdigit(static_cast<unsigned char>(escape[1]))
            || !std::isxdigit(static_cast<unsigned char>(escape[2])))
            return "invalid URL escape " + quoted(escape);
    }
    return {};
}

bool isOptionalPort(std::string_view text)
{
    return text.empty() || (text.front() == ':' && std::all_of(text.begin() + 1, text.end(), isDigit));
}

std::string hostProblem(std::string_view host) // "": a host, with or without a port
{
    if (host.starts_with('[')) {
        const std::size_t end = host.rfind(']');
        if (end == std::string_view::npos)
            return "missing ']' in host";
        const std::string_view port = host.substr(end + 1);
        return isOptionalPort(port) ? std::string() : "invalid port " + quoted(port) + " after host";
    }
    const std::size_t colon = host.rfind(':');
    if (colon != std::string_view::npos && !isOptionalPort(host.substr(colon)))
        return "invalid port " + quoted(host.substr(colon)) + " after host";
    const auto bad = std::find_if(host.begin(), host.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x80 && !std::isalnum(static_cast<unsigned char>(c))
            && std::string_view("-._~!$&'()*+,;=:[]<>\"%").find(c) == std::string_view::npos;
    });
    return bad == host.end() ? badEscape(host)
                             : "invalid character " + quoted(std::string_view(&*bad, 1)) + " in host name";
}

} // namespace

std::string GoUrl::hostName() const
{
    if (host.starts_with('['))
        return host.substr(1, host.rfind(']') - 1);
    return host.substr(0, host.rfind(':'));
}

std::string GoUrl::port() const
{
    const std::size_t colon = host.rfind(':');
    return colon == std::string::npos || host.find(']', colon) != std::string::npos ? std::string()
                                                                                    : host.substr(colon + 1);
}

tl::expected<GoUrl, std::string> readRequestUri(std::string_view text)
{
    const auto bad = [whole = text](const std::string &problem) {
        return tl::unexpected<std::string>("parse " + quoted(whole) + ": " + problem);
    };
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }))
        return bad("net/url: invalid control character in URL");
    if (text.empty())
        return bad("empty url");
    GoUrl url;
    if (text == "*") {
        url.path = text;
        return url;
    }
    const auto scheme = takeScheme(text);
    if (!scheme)
        return bad(scheme.error());
    url.scheme = *scheme;
    const std::size_t question = std::min(text.find('?'), text.size());
    url.query = text.substr(std::min(question + 1, text.size()));
    text = text.substr(0, question);
    if (!text.starts_with('/')) {
        if (url.scheme.empty())
            return bad("invalid URI for request");
        return url; // opaque: mailto:somebody
    }
    if (text.starts_with("//") && !url.scheme.empty()) {
        std::string_view authority = text.substr(2, std::min(text.find('/', 2), text.size()) - 2);
        text.remove_prefix(2 + authority.size());
        if (const std::size_t user = authority.rfind('@'); user != std::string_view::npos)
            authority.remove_prefix(user + 1);
        if (const std::string problem = hostProblem(authority); !problem.empty())
            return bad(problem);
        url.host = authority;
    }
    if (const std::string problem = badEscape(text); !problem.empty())
        return bad(problem);
    url.path = text;
    return url;
}

} // namespace demo
