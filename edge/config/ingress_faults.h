// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What of an Ingress is passed over: rules and paths of another type than an API server takes, backends that lead
// nowhere, a pathType that nobody knows.  The rest of the Ingress is read.
#include "edge/config.h"

namespace edge {

std::vector<Diagnostic> ingressFaults(const Value &ingress); // in the order of the fields

} // namespace edge
