// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The AuthServices of an edge as it takes them: as one, which asks the addresses of all (facts ambassador-crds.md; measured
// with the compilers of 1.11.2 to 4.1).  Pure.
#include "edge/config/clusters.h"
#include "edge/config/resources.h"

namespace edge {

struct MergedAuth
{
    // Most fields are the last one's; path_prefix is the first one's; headers that are let through add up; what is not
    // said by the last (circuit_breakers, failure_mode_allow, status_on_error) stays from those before.
    Value spec = Value::object();
    std::string nameSpace;    // the last one's
    bool ownBreakers = false; // spec.circuit_breakers are an AuthService's, not the Module's
    // In their order; of two with the same address the later stands in the place of the earlier.
    std::vector<const ServiceResource *> asked;
    bool wrong = false; // an error is said of them that lets the edge refuse every request (since 3.0)
    bool isOff = false; // the last one's proto is none: nobody is asked (before 3.0)
};

// Says in context.diagnostics what is wrong with each.  services: points into what was given.
MergedAuth mergedAuth(const std::vector<ServiceResource> &services, const ModuleResource &module,
                      const ClusterContext &context);

// What is wrong with its protocol_version; "" nothing.  v2 is refused since 3.0.
std::string unknownProtocol(const ServiceResource &service, const Rules &rules);

} // namespace edge
