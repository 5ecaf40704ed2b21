// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which ports an edge opens and as what: Listener resources that are in force, and ports that TCPMappings open by
// themselves (facts emissary-routing.md §1.11, §1.12).
#include "edge/config/listeners.h"

namespace edge {

struct ListenerStack // what a Listener's protocol or protocolStack stands for
{
    bool http = false, tls = false, proxy = false, udp = false;
    bool tlsBeforeProxy = false;
};

struct ListenerPlan // a Listener that is in force
{
    enum class Security { Xfp, Secure, Insecure };
    Listener listener; // without chains
    ListenerStack stack;
    Security security = Security::Xfp;
    const Value *spec = nullptr; // null: made for a TCPMapping
    std::string nameSpace;
    bool complained = false;
    bool http3 = false; // by itself, or by a UDP Listener on the same port
};

// In the order in which they were made; what cannot be used is said in context.diagnostics.
std::vector<ListenerPlan> planListeners(const ListenerContext &context);

std::string whyNoPort(const TcpGroup &group); // that no listener can have its port; "" one can
std::string bindAddress(const ListenerContext &context);

} // namespace edge
