// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where each Mapping stands in match order, and which earlier one leaves it nothing.  Linear in the number of
// routes.
#include "edge/config.h"

#include <map>

namespace models {

struct RoutePlace
{
    const edge::Listener *listener = nullptr;
    const edge::FilterChain *chain = nullptr;
    const edge::VirtualHost *host = nullptr;
    const edge::Route *route = nullptr; // its forwarding or redirecting route there
    int order = 0;                      // among the Mappings of that virtual host, from 1
    int ofRoutes = 0;
    bool getsNothing = false;                 // a member of a group whose earlier members take all
    const edge::Route *shadowedBy = nullptr;  // takes every request that this route would match
    const edge::Route *restTakenBy = nullptr; // comes later and takes what the weights of its group leave
};

// By namespace/name, in the order of listeners, chains and hosts.  The edge's own routes are left out.
std::map<std::string, std::vector<RoutePlace>> routePlaces(const edge::Config &config);
std::string keyOf(const edge::ResourceRef &ref); // namespace/name

} // namespace models
