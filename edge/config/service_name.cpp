// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/service_name.h"

#include <algorithm>

namespace edge {

namespace {

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return text;
}

std::string readPort(ServiceName &name, const std::string &text)
{
    if (text.empty())
        return {};
    if (text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos)
        return "the port '" + text + "' is no number";
    const int port = std::stoi(text);
    if (port > 65535)
        return "the port " + text + " is not between 0 and 65535";
    name.port = std::uint16_t(port);
    return {};
}

}

std::string ServiceName::text() const
{
    return (scheme.empty() ? "" : scheme + "://") + host + (port == 0 ? "" : ":" + std::to_string(port));
}

ServiceName parseService(const std::string &service, const std::string &nameSpace, const std::string &ambassadorNamespace)
{
    ServiceName name;
    std::string rest = service;
    if (const std::size_t mark = rest.find("://"); mark != std::string::npos) {
        name.scheme = lower(rest.substr(0, mark));
        rest = rest.substr(mark + 3);
    }
    rest = rest.substr(0, rest.find('/'));
    if (const std::size_t at = rest.rfind('@'); at != std::string::npos)
        rest = rest.substr(at + 1);
    const std::size_t bracket = rest.find(']');
    const std::size_t colon = rest.find(':', bracket == std::string::npos ? 0 : bracket);
    name.host = lower(rest.substr(0, colon));
    if (colon != std::string::npos)
        name.problem = readPort(name, rest.substr(colon + 1));
    if (name.host.empty())
        name.problem = "it has no hostname";
    const bool oneLabel = name.host.find_first_of(".:") == std::string::npos && name.host != "localhost";
    if (name.problem.empty() && oneLabel && nameSpace != ambassadorNamespace)
        name.host += "." + nameSpace;
    return name;
}

} // namespace edge
