// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Groups of Mappings → routes in match order, without the variants for secure and insecure requests
// (facts emissary-routing.md §1.5–1.7).
#include "edge/config/mapping_groups.h"
#include "edge/config/services.h"

namespace edge {

struct CompiledGroup
{
    using Item = std::shared_ptr<const Route>; // shared by all virtual hosts, and by the next configuration
    struct Variants
    {
        Item secure, insecure, redirect, insecureRedirect;
    };

    const MappingGroup *group = nullptr;
    std::vector<Item> routes;
    std::string host; // of the whole group, "" none
    bool hostRegex = false;
    Value labels;                           // metadata labels of all its Mappings; null for host_redirect
    bool own = false;                       // one of the edge's probes
    mutable std::vector<Variants> variants; // made when first asked for

    // The route for requests that came by https only.
    const Item &secure(std::size_t index, const Rules &rules) const;
    // The route as it is served to an insecure request; nullptr: it is not served.  forgetsScheme: it stands
    // behind the one for https only, and what a Mapping itself asks of x-forwarded-proto is left out.
    // skipsAuth must be the same at each call.
    Item insecure(std::size_t index, InsecureAction action, bool skipsAuth, bool forgetsScheme) const;
};

struct RouteContext
{
    const ModuleResource &module;
    const CompileOptions &options;
    const Rules &rules;
    const ServiceOutput &services;
    ClusterTable &clusters;
};

CompiledGroup compileGroup(const MappingGroup &group, const RouteContext &context);

} // namespace edge
