// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the edge's compiler says of an object, as a finding: with its code, how bad it is and what to do.  Pure.
#include "edge/config.h"
#include "models/resources/snapshot.h"

namespace models {

Finding diagnosticFinding(const Snapshot &snapshot, const EdgeInstallation &edge,
                          const edge::Diagnostic &diagnostic);
// Of a shadow beside which no other Mapping stands: it is never used.
bool isLoneShadow(const edge::Diagnostic &diagnostic);
// Of an object whose TLSContext is not among those that were read, which are not all: whether there is one is not known.
bool isOfUnknownContext(const Snapshot &snapshot, const edge::Diagnostic &diagnostic);
// Of a Mapping that no Host leads to.
bool isUnreached(const edge::Diagnostic &diagnostic);

} // namespace models
