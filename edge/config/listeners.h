// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Listeners of Emissary 2 and later: Listener resources take Hosts, Hosts take groups of Mappings, and
// TCPMappings share the ports (facts emissary-routing.md §1.10–1.12).
#include "edge/config/hosts.h"
#include "edge/config/routes.h"

namespace edge {

struct ListenerContext
{
    const Resources &resources;
    const ContextTable &tls;
    const CompileOptions &options;
    const Rules &rules;
    const std::vector<const CompiledGroup *> &groups; // in match order
    const std::vector<TcpGroup> &tcpGroups;
    const std::vector<std::string> &tcpClusters; // full names, of every member of every group in order
    const ServiceOutput &services;
    std::vector<Diagnostic> &diagnostics;
};

std::vector<Listener> compileListeners(const ListenerContext &context, std::vector<ActiveHost> hosts);

// What the Module and services say about every HTTP listener (http_options.cpp).
HttpOptions httpOptions(const ListenerContext &context);

} // namespace edge
