// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Groups of Mappings → routes in match order, without the variants for secure and insecure requests
// (facts emissary-routing.md §1.5–1.7).
#include "edge/config/mapping_groups.h"
#include "edge/config/services.h"

namespace edge {

struct CompiledGroup
{
    const MappingGroup *group = nullptr;
    std::vector<Route> routes;
    std::string host; // of the whole group, "" none
    bool hostRegex = false;
    Value labels; // metadata labels of all its Mappings; null for host_redirect
    bool own = false; // one of the edge's probes
};

struct RouteContext
{
    const ModuleResource &module;
    const CompileOptions &options;
    const Rules &rules;
    const ServiceOutput &services;
    ClusterTable &clusters;
};

std::vector<CompiledGroup> compileRoutes(const std::vector<MappingGroup> &groups,
                                         const RouteContext &context);

// The route as it is served to an insecure request; nothing: it is not served.
std::optional<Route> insecureVariant(const Route &route, InsecureAction action, bool skipsAuth);
bool isAcmeRoute(const Route &route);
// Only for requests that came by https.
Route secureVariant(Route route, const Rules &rules);

} // namespace edge
