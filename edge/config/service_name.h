// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The `service` of a Mapping: [scheme://]host[:port], qualified with the Mapping's namespace (facts
// emissary-routing.md §1.9).
#include <cstdint>
#include <string>

namespace edge {

struct Rules;

struct ServiceName
{
    std::string scheme;        // "" none; lower case
    std::string host;          // IPv6 without brackets
    std::uint16_t port = 0;    // 0: none given
    std::string problem;       // why the text cannot be used; "" it can
    bool stopsTheEdge = false; // its compiler fails on this problem, and takes no configuration at all
    std::string text(bool brackets = true) const;
};
struct ServiceReading // by generation
{
    bool ipv6 =
        true; // an address keeps its brackets, and %41 in a name is A; else [::1] is a name without a dot
    bool isStrict = true; // a port is of digits, brackets hold an IPv6 address; else +8 and １２ are ports
};
ServiceReading serviceReading(const Rules &rules);
// As a Mapping's service is read.
ServiceName parseService(const std::string &service, const ServiceReading &reading = {});
// The end of the sentence that tells name.problem.
std::string outcomeOf(const ServiceName &name);
// As its cluster reads what has come of it.
ServiceName parseTarget(const std::string &service, const ServiceReading &reading = {});

struct ServiceScope
{
    std::string nameSpace, ambassadorNamespace;
    bool kubernetes = true;       // the resolver looks names up in Kubernetes
    bool ambassadorSpace = false; // Module use_ambassador_namespace_for_service_resolution
    ServiceReading reading = {};
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
