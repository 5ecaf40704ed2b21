// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/http_message.h"

#include "edge/text.h"

#include <algorithm>

namespace edge {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; }

} // namespace

bool equalIgnoringCase(std::string_view a, std::string_view b)
{
    return a.size() == b.size()
        && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

Headers::Headers(std::initializer_list<Header> headers)
    : m_headers(headers)
{
}

const std::string *Headers::find(std::string_view name) const
{
    for (const Header &header : m_headers) {
        if (equalIgnoringCase(header.name, name))
            return &header.value;
    }
    return nullptr;
}

std::string_view Headers::value(std::string_view name) const
{
    const std::string *found = find(name);
    return found ? std::string_view(*found) : std::string_view();
}

void Headers::add(std::string name, std::string value)
{
    m_headers.push_back({std::move(name), std::move(value)});
}

void Headers::set(std::string_view name, std::string value)
{
    const auto first = std::find_if(m_headers.begin(), m_headers.end(), [&](const Header &header) {
        return equalIgnoringCase(header.name, name);
    });
    if (first == m_headers.end()) {
        m_headers.push_back({std::string(name), std::move(value)});
        return;
    }
    first->value = std::move(value);
    m_headers.erase(
        std::remove_if(first + 1, m_headers.end(),
                       [&](const Header &header) { return equalIgnoringCase(header.name, name); }),
        m_headers.end());
}

void Headers::remove(std::string_view name)
{
    m_headers.erase(
        std::remove_if(m_headers.begin(), m_headers.end(),
                       [&](const Header &header) { return equalIgnoringCase(header.name, name); }),
        m_headers.end());
}

void Headers::lowerNames()
{
    for (Header &header : m_headers)
        std::transform(header.name.begin(), header.name.end(), header.name.begin(), lower);
}

void Headers::properCaseNames()
{
    for (Header &header : m_headers) {
        bool first = true;
        for (char &c : header.name) {
            if (first && c >= 'a' && c <= 'z')
                c = char(c - 'a' + 'A');
            first = c == '-';
        }
    }
}

bool Headers::hasToken(std::string_view name, std::string_view token) const
{
    for (const Header &header : m_headers) {
        if (!equalIgnoringCase(header.name, name))
            continue;
        std::string_view rest = header.value;
        while (!rest.empty()) {
            const std::size_t comma = std::min(rest.find(','), rest.size());
            if (equalIgnoringCase(trimmed(rest.substr(0, comma)), token))
                return true;
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return false;
}

std::string_view RequestHead::path() const { return std::string_view(target).substr(0, target.find('?')); }

std::string_view RequestHead::query() const
{
    const std::size_t mark = target.find('?');
    return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::string_view reasonPhrase(int status)
{
    switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 203: return "Non-Authoritative Information";
    case 204: return "No Content";
    case 205: return "Reset Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 300: return "Multiple Choices";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 413: return "Payload Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Entity";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 506: return "Variant Also Negotiates";
    case 507: return "Insufficient Storage";
    case 508: return "Loop Detected";
    case 510: return "Not Extended";
    case 511: return "Network Authentication Required";
    case 599: return "Last Unassigned Server Error Code";
    default: return "Unknown";
    }
}

} // namespace edge
