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
    bool known = true;    // false: PeerAuthentications were not read; mode is Unset and reason says why
    bool enforced = true; // false: no sidecar before the port; the mode is only intended
    ObjectRef decidedBy;  // kind "": Istio's default
    QString reason;       // "mesh-wide PeerAuthentication istio-system/default"
    ObjectRef unset; // the narrowest object, where it says UNSET or nothing, so that the mode is inherited
    bool operator==(const EffectiveMode &) const = default;
};
EffectiveMode effectiveMode(const Snapshot &snapshot, const Pod &pod, int port);
QString modeText(const EffectiveMode &mode);      // "STRICT", "STRICT (inherited)", "no sidecar", "unknown"
EffectiveMode meshMode(const Snapshot &snapshot); // of the mesh as a whole
// The policy to edit where the mode of the mesh is to change: of several in Istio's root namespace without a selector only the
// oldest counts, whatever its name and also where it says UNSET; nullptr: there is none yet.
const PeerAuthentication *meshWidePolicy(const Snapshot &snapshot);
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
    QString observed;        // of the workload, from telemetry: "mutual TLS, 120 requests"; "" unknown
    double mutualShare = -1; // of its requests and connections; negative: unknown, or there were none
    bool operator==(const WorkloadPosture &) const = default;
};
QList<WorkloadPosture> workloadPostures(const Snapshot &snapshot);

// What servers' own sidecars counted (reporter destination; the source side cannot tell, §2.2).  Istio's metrics
// know no port, so it is said of a workload as a whole.
struct ObservedTraffic
{
    struct Counts
    {
        double mutual = 0, plain = 0, other = 0; // other: the label says neither, and proves nothing
    };
    QHash<QString, Counts> workloads; // namespace/workload
    QString window;                   // "15 min", for the words
};
void addObserved(QList<WorkloadPosture> &postures, const ObservedTraffic &traffic);

} // namespace models
