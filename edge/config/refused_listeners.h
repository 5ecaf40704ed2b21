// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What Envoy refuses of a compiled configuration though each object of it is well by itself (of those: envoy_limits.h).  Pure.
#include "edge/config/compile.h"

namespace edge {

class ContextTable;

// Hosts that a Listener serves and that are one to Envoy, which compares their names without regard to case.
std::vector<Diagnostic> refusedHosts(const std::vector<Listener> &listeners);

// Names with a star that TLS does not know, of Hosts, TLSContexts and TCPMappings.
std::vector<Diagnostic> refusedNames(const std::vector<Listener> &listeners);

// Contexts that end TLS and name an sni, or begin it and demand a client's certificate: Emissary writes both into
// either kind, and Envoy knows each in one of them only.  The export leaves them out there.
std::vector<Diagnostic> refusedContexts(const Config &config, const ContextTable &contexts);

} // namespace edge
