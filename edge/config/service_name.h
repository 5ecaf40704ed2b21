// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The `service` of a Mapping: [scheme://]host[:port], qualified with the Mapping's namespace (facts emissary-routing.md §1.9).
#include <cstdint>
#include <string>

namespace edge {

struct ServiceName
{
    std::string scheme; // "" none; lower case
    std::string host;
    std::uint16_t port = 0; // 0: none given
    std::string problem;    // why the text cannot be used; "" it can
    std::string text() const; // as cluster names are made of it
};
// nameSpace is appended to a host of one label, unless it is the edge's own.
ServiceName parseService(const std::string &service, const std::string &nameSpace, const std::string &ambassadorNamespace);

} // namespace edge
