// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/service_name.h"

#include "edge/text.h"

#include <arpa/inet.h>

#include <algorithm>

namespace edge {

namespace {

std::string readPort(ServiceName &name, const std::string &text)
{
    if (text.empty())
        return {};
    if (text.find_first_not_of("0123456789") != std::string::npos)
        return "the port '" + text + "' is no number";
    const int port = text.size() > 6 ? 999'999 : std::stoi(text);
    if (port > 65535)
        return "the port " + text + " is not between 0 and 65535";
    name.port = std::uint16_t(port);
    return {};
}

bool isHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string escapeProblem(const std::string &host)
{
    for (std::size_t at = host.find('%'); at != std::string::npos; at = host.find('%', at + 1)) {
        if (at + 2 >= host.size() || !isHex(host[at + 1]) || !isHex(host[at + 2]))
            return "there is an invalid escape in its hostname: " + host.substr(at, 3);
    }
    return {};
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

ServiceName parseService(const std::string &service)
{
    ServiceName name;
    std::string rest = service;
    if (const std::size_t mark = rest.find("://"); mark != std::string::npos) {
        name.scheme = lowered(rest.substr(0, mark));
        rest = rest.substr(mark + 3);
    } else if (rest.rfind("//", 0) == 0) {
        rest = rest.substr(2);
    }
    rest = rest.substr(0, rest.find_first_of("/?#"));
    const bool opens = rest.find('[') != std::string::npos;
    if (opens != (rest.find(']') != std::string::npos)) {
        name.problem =
            opens ? "the bracket of its address is not closed" : "the bracket of its address is not opened";
        name.stopsTheEdge = true;
        return name;
    }
    if (const std::size_t at = rest.rfind('@'); at != std::string::npos)
        rest = rest.substr(at + 1);
    std::string port;
    if (!rest.empty() && rest.front() == '[') {
        const std::size_t bracket = rest.find(']');
        name.host = lowered(rest.substr(1, bracket - 1));
        rest = rest.substr(bracket + 1);
        port = !rest.empty() && rest.front() == ':' ? rest.substr(1) : rest;
        name.problem = escapeProblem(name.host);
    } else {
        const std::size_t colon = rest.find(':');
        name.host = lowered(rest.substr(0, colon));
        port = colon == std::string::npos ? "" : rest.substr(colon + 1);
        name.problem = escapeProblem(name.host);
    }
    if (name.problem.empty())
        name.problem = readPort(name, port);
    if (name.host.empty() && name.problem.empty())
        name.problem = "it has no hostname";
    return name;
}

std::string qualifiedService(const std::string &service, const ServiceScope &scope, std::string *problem)
{
    ServiceName name = parseService(service);
    if (!name.problem.empty()) {
        if (problem)
            *problem = name.problem;
        return service;
    }
    const bool qualified =
        name.host.find_first_of(scope.ipv6 ? ".:" : ".") != std::string::npos || name.host == "localhost";
    const bool elsewhere = !scope.nameSpace.empty() && scope.nameSpace != scope.ambassadorNamespace;
    if (elsewhere && !scope.ambassadorSpace && scope.kubernetes && !qualified)
        name.host += "." + scope.nameSpace;
    return name.text(scope.ipv6);
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
