// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Ingresses that ask for this edge, as the Hosts and Mappings that it makes of them (facts ambassador-1.11.md 31).
#include "edge/config/objects.h"

namespace edge {

// A class whose Ingresses are this edge's.
bool isOurIngressClass(const Value &object, const CompileOptions &options);

// Adds to input.objects and input.owned.  input.services: all of them, for ports by name.
void addIngress(Input &input, const Value &ingress, const std::set<std::string> &ingressClasses,
                const CompileOptions &options, const Rules &rules);

} // namespace edge
