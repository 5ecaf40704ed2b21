// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is wrong with one route, as findings with stable codes: RT- (routes), TLS- (origination and
// termination), MT- (the mesh).
#include "edge/config.h"
#include "models/analysis/edge_view.h"

namespace models {

struct RouteFacts
{
    ObjectRef subject;
    std::vector<const edge::Diagnostic *> diagnostics; // of this Mapping
    const edge::Value *object = nullptr;               // nullptr: it stands in an annotation
    bool getsNothing = false;                          // its share of its group is 0 %
    const edge::Route *restTakenBy =
        nullptr; // of another group, wherever this one leaves something by weight
    bool comesAgain = false; // to this Mapping, where it leads to the edge itself
};
// MappingVerdict::stateReason of every Mapping of an edge without a Listener, which is one finding of the edge (edgeStateFindings).
const QString &whyNoListener();
QList<Finding> routeFindings(const Snapshot &snapshot, const EdgeInstallation &edge, const RouteFacts &facts,
                             const MappingVerdict &verdict);
// Of a hop that is broken, on the way from an object that names an upstream: what it is, where in the object, what to do.
Finding brokenHopFinding(const Hop &hop, const ObjectRef &subject);
QList<Finding> edgeStateFindings(const EdgeView &view); // by its Mappings' verdicts

} // namespace models
