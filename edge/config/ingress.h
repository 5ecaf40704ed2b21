// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An Ingress as the Hosts and Mappings that the edge makes of it.
#include "edge/config/objects.h"

namespace edge {

// Appends to input.objects; an Ingress of another class adds nothing.  ingressClasses: names of
// IngressClasses that are ours.
void addIngress(Input &input, const Value &ingress, const std::set<std::string> &ingressClasses,
                const CompileOptions &options, const Rules &rules);

} // namespace edge
