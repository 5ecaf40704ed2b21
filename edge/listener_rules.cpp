// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/listener_rules.h"

#include <algorithm>
#include <vector>

namespace edge {

namespace {

constexpr int DefaultHeadersKb = 60;
constexpr int BadRequest = 400;
constexpr int HeadersTooLarge = 431;

bool hasEscapedSlash(std::string_view path)
{
    for (std::size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
        const std::string_view code = path.substr(at + 1, 2);
        if (equalIgnoringCase(code, "2f") || equalIgnoringCase(code, "5c"))
            return true;
    }
    return false;
}

bool hasUnderscore(std::string_view name) { return name.find('_') != std::string_view::npos; }

} // namespace

int refusedByListener(const RequestHead &head, const HttpOptions &http)
{
    std::size_t bytes = head.method.size() + head.target.size();
    bool underscore = false;
    for (const auto &[name, value] : head.headers) {
        bytes += name.size() + value.size();
        underscore = underscore || hasUnderscore(name);
    }
    if (bytes > std::size_t(http.maxRequestHeadersKb.value_or(DefaultHeadersKb)) * 1024)
        return HeadersTooLarge;
    if (underscore && http.headersWithUnderscores == "REJECT_REQUEST")
        return BadRequest;
    if (http.rejectEscapedSlashes && hasEscapedSlash(head.path()))
        return BadRequest;
    if (!http.allowChunkedLength.value_or(false) && head.headers.find("content-length")
        && head.headers.find("transfer-encoding"))
        return BadRequest;
    return 0;
}

void applyListenerRules(RequestHead &head, const Listener &listener)
{
    const HttpOptions &http = listener.http;
    if (http.headersWithUnderscores == "DROP_HEADER") {
        std::vector<std::string> names;
        for (const auto &[name, value] : head.headers) {
            if (hasUnderscore(name))
                names.push_back(name);
        }
        for (const std::string &name : names)
            head.headers.remove(name);
    }
    if (http.mergeSlashes && head.path().find("//") != std::string_view::npos) {
        const std::size_t length = head.path().size();
        const auto end = std::unique(head.target.begin(), head.target.begin() + std::ptrdiff_t(length),
                                     [](char a, char b) { return a == '/' && b == '/'; });
        head.target.erase(end, head.target.begin() + std::ptrdiff_t(length));
    }
    if (http.stripMatchingHostPort) {
        const std::string port = ":" + std::to_string(listener.port);
        const std::string host(head.headers.value("host"));
        if (host.size() > port.size() && host.compare(host.size() - port.size(), port.size(), port) == 0)
            head.headers.set("host", host.substr(0, host.size() - port.size()));
    }
}

} // namespace edge
