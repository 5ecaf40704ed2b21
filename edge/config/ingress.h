// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Ingresses that ask for this edge, as the Hosts and Mappings that it makes of them (facts ambassador-1.11.md 31).
#include "edge/config/objects.h"

namespace edge {

// A class whose Ingresses are this edge's.
bool isOurIngressClass(const Value &object, const CompileOptions &options);

// Adds to input.objects, input.owned and input.diagnostics.  input.services: all of them, for ports by name.
void addIngress(Input &input, const Value &ingress, const std::set<std::string> &ingressClasses,
                const CompileOptions &options, const Rules &rules);

bool isIngress(const Value &object); // of Kubernetes, whatever its class

struct MadeObject
{
    const Value *ingress = nullptr; // points into what was given
    Value object;                   // apiVersion, kind, metadata, spec
};
// The Hosts and Mappings that addIngress makes of all Ingresses among objects, named as the edge names them; in their
// order.  Services among objects are looked at for ports by name.
std::vector<MadeObject> objectsOfIngresses(const SharedList<Value> &objects, const CompileOptions &options);

} // namespace edge
