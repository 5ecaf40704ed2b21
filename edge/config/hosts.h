// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Hosts that are in force, with the TLSContext of each (facts emissary-routing.md §1.10 and §2).
#include "edge/config/tls_contexts.h"

namespace edge {

struct ActiveHost
{
    HostResource host;
    std::string context; // "" no TLS
    bool ownContext =
        false; // made for or filled by this Host (1.x: only then has it an additional port by default)
    bool contextLost = false; // the one made for it was not saved: its name or its port is another's
    bool complained = false;  // an error is said of it, though it is in force
};

// Hosts that cannot be served are left out with a Diagnostic.  Contexts that Hosts make or fill are put into
// resources.tlsContexts, which are resolved afterwards.
std::vector<ActiveHost> activeHosts(Resources &resources, SecretTable &secrets, const Rules &rules);

bool hasCertificate(const ActiveHost &host, const ContextTable &contexts); // that TLS can be ended with
bool takesName(const ActiveHost &host, const std::string &hostname, const Rules &rules);

} // namespace edge
