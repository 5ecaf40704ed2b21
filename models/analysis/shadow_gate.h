// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whether a dry-run AuthorizationPolicy may be used as a rehearsal of STRICT in a scope.  An older control
// plane, an older proxy or ambient ignores the annotation and enforces the DENY (facts mesh-security.md §2.4,
// caution 1), so anything that is not known to be new enough is a no.
#include "models/analysis/strict_preflight.h"

namespace models {

// One sentence, "" it may be used.
QString whyNoShadow(const Snapshot &snapshot, const StrictScope &scope);

// The name of an AuthorizationPolicy for it in this namespace: what is wanted, with a number behind where an object that is not among
// those which an earlier run has made has that name, for others' objects are never written over.  At most 253 characters.
QString freeShadowName(const Snapshot &snapshot, const QList<ObjectRef> &made, const QString &nameSpace,
                       const QString &wanted);

// istiod's own, by the name that its charts give it or by its image's.
bool isControlPlane(const Deployment::Container &container);

// "1.10.2-distroless" → {1, 10}; {0, 0} if it is no version.
std::pair<int, int> istioVersion(const QString &tag);

} // namespace models
