// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The listeners of the 1.x line: no Listener resource, one main port (8443 if any TLSContext has hosts, else
// 8080), a second one for redirects (facts ambassador-1.11.md 1–12).
#include "edge/config/listeners.h"

namespace edge {

std::vector<Listener> compileListenersV1(const ListenerContext &context, std::vector<ActiveHost> hosts,
                                         std::map<std::string, TlsContext> &contexts);

// Whether it says that what a Host or TLSContext asks for in clear text never comes about.
bool isOfDeadCleartext(const Diagnostic &diagnostic);

} // namespace edge
