// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Istio's Telemetry (1.11 and later), as far as it takes away what the preflight counts by: the servers' own requests and
// connections, and the label connection_security_policy.  Pure; what is missing stays empty.
#include "models/resources/workload.h"

namespace models {

struct TelemetrySettings
{
    struct Silence // one override that takes the counts away
    {
        QString path; // spec.metrics[0].overrides[1]
        QString what; // "REQUEST_COUNT is disabled", "connection_security_policy is removed"
    };
    QString nameSpace, name;
    Labels selector;         // empty: every pod of its namespace; in the root namespace of the mesh
    bool hasTargets = false; // targetRefs: of gateways and waypoints, no sidecar of a pod
    QList<Silence> silences;
};
TelemetrySettings parseTelemetry(const edge::Value &object);

} // namespace models
