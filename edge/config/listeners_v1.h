// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The listeners of the 1.x line: no Listener resource, one main port (8443 if any TLSContext has hosts, else 8080), a second one for
// redirects (facts ambassador-1.11.md 1–12).
#include "edge/config/clusters.h"
#include "edge/config/resources.h"

namespace edge {

struct ListenerInput
{
    const Resources &resources;
    const std::map<std::string, ResolvedContext> &contexts;
    const std::vector<Route> &routes; // in match order, without variants
    std::string fallbackSecret;       // of Edge Stack, NAME.NAMESPACE; "" none
};

struct ListenerOutput
{
    std::vector<Listener> listeners;
    std::map<std::string, TlsContext> contexts; // those that Hosts made, and the fallback
    std::vector<Diagnostic> diagnostics;
};
ListenerOutput listenersV1(const ListenerInput &input);

} // namespace edge
