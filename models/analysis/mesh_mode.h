// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which mTLS mode a pod's port has by Istio's own rule (facts mesh-security.md §1.6, with its twelve
// vectors), and which object says so.
#include "models/resources/finding.h"
#include "models/resources/snapshot.h"

namespace models {

struct EffectiveMode
{
    MtlsMode mode = MtlsMode::Permissive;
    bool known = true; // false: PeerAuthentications were not read; mode is Unset and reason says why
    bool enforced = true; // false: no sidecar before the port; the mode is only intended
    ObjectRef decidedBy; // kind "": Istio's default
    QString reason; // "mesh-wide PeerAuthentication istio-system/default"
};
EffectiveMode effectiveMode(const Snapshot &snapshot, const Pod &pod, int port);
QString modeText(const EffectiveMode &mode); // "STRICT", "no sidecar", "unknown"
EffectiveMode meshMode(const Snapshot &snapshot); // of the mesh as a whole
EffectiveMode namespaceMode(const Snapshot &snapshot, const QString &nameSpace);

struct WorkloadPosture // one row of the page Mesh security and of `sallyportctl posture`
{
    QString key; // namespace/workload:port
    QString nameSpace, workload;
    int port = 0;
    QString portName;
    int pods = 0, podsWithSidecar = 0;
    EffectiveMode mode;
    Severity severity = Severity::Unknown;
    QString observed; // from telemetry, "" unknown
    bool operator==(const WorkloadPosture &) const { return false; }
};
QList<WorkloadPosture> workloadPostures(const Snapshot &snapshot);

} // namespace models
