// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The `service` of a Mapping: [scheme://]host[:port], qualified with the Mapping's namespace (facts
// emissary-routing.md §1.9).
#include <cstdint>
#include <string>

namespace edge {

struct ServiceName
{
    std::string scheme;     // "" none; lower case
    std::string host;       // IPv6 without brackets
    std::uint16_t port = 0; // 0: none given
    std::string problem;    // why the text cannot be used; "" it can
    bool stopsTheEdge = false; // its compiler fails on this problem, and takes no configuration at all
    std::string text(bool brackets = true) const;
};
ServiceName parseService(const std::string &service);

struct ServiceScope
{
    std::string nameSpace, ambassadorNamespace;
    bool kubernetes = true;       // the resolver looks names up in Kubernetes
    bool ambassadorSpace = false; // Module use_ambassador_namespace_for_service_resolution
    bool ipv6 = true;             // else [::1] is a name without a dot, and its brackets are lost
};
// nameSpace is appended to a host of one label, unless it is the edge's own.  A text that cannot be parsed
// stays as it is; problem says why.
std::string qualifiedService(const std::string &service, const ServiceScope &scope,
                             std::string *problem = nullptr);

// As the part that watches Endpoints reads it: an IP keeps its dots, a name is cut into name and namespace.
struct EndpointName
{
    std::string service, nameSpace, port;
};
EndpointName endpointName(const std::string &service, const ServiceScope &scope);

} // namespace edge
