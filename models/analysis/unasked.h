// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What an edge does and this program neither does nor foretells: the services that it asks (AuthService,
// RateLimitService, Consul), what Edge Stack adds (FilterPolicy), the filters that the edge core has not.
// Pure; any thread.
#include "models/analysis/prediction.h"

namespace models {

// RT-017 of each object that asks for such a thing; for information.
QList<Finding> unservedFindings(const Snapshot &snapshot, const EdgeInstallation &edge,
                                const edge::Config &config);

// Who could refuse or change this request before its Mapping is reached, and is not asked here.  decision: of the
// edge's table; head: that it was made for.  Of what the snapshot does not hold (a kind that was not read) nothing, but of
// FilterPolicies that may not be read that they are not known.
QList<PredictionStep> unaskedSteps(const Snapshot &snapshot, const EdgeView &view,
                                   const edge::Decision &decision, const edge::RequestHead &head);

} // namespace models
