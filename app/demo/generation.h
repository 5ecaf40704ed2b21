// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The lines of Istio and Ambassador that a demo cluster can be of.  Objects are written once, as Istio 1.10 and Ambassador
// 1.11 have them; what another line keeps in a file of its own stands in resources/demo/GENERATION, and what it only
// spells differently is changed here, by rule.
#include "edge/value.h"

#include <optional>
#include <string>
#include <vector>

namespace demo {

enum class Generation {
    Istio14,  // Istio 1.4, Ambassador 1.11: Citadel's Secrets, MeshPolicy and Policy, no automatic mutual TLS
    Istio110, // Istio 1.10, Ambassador 1.11: the guide's own
    Emissary3 // Istio 1.24, Emissary 3.9: v3alpha1, Listeners, an injected sidecar
};
std::optional<Generation> readGeneration(std::string_view name); // "1.4", "1.5", "3.x"
std::string_view generationFolder(Generation generation);        // in resources/demo; "" none

// As that line has it.  Null: the line has no such object.
edge::Value asIn(Generation generation, edge::Value object);

// Why an incident cannot be in that line; "" it can.
std::string whyNotIn(Generation generation, std::string_view incident);

} // namespace demo
