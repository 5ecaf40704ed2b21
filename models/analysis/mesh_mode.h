// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which mTLS mode a pod's port has by Istio's own rule (facts mesh-security.md §1.6, with its twelve
// vectors), and which object says so.
#include "models/resources/finding.h"
#include "models/resources/snapshot.h"

#include <deque>

namespace models {

struct EffectiveMode
{
    MtlsMode mode = MtlsMode::Permissive;
    bool known = true;    // false: what decides it was not read; mode is Unset and reason says why
    bool enforced = true; // false: no sidecar stands before the port; the mode is only intended
    ObjectRef decidedBy;  // kind "": Istio's default
    QString reason;       // "mesh-wide PeerAuthentication istio-system/default"
    ObjectRef unset; // the narrowest object, where it says UNSET or nothing, so that the mode is inherited
    bool hasSidecar = false; // where it is not enforced: the pod has one, and it does not intercept this port
    bool operator==(const EffectiveMode &) const = default;
};
EffectiveMode effectiveMode(const Snapshot &snapshot, const Pod &pod, int port);

// The same for many pods and ports: what holds for a whole namespace or pod is worked out once, and those that are alike
// share one.  snapshot must outlive it and stay as it is.  Thread: one at a time.
class EffectiveModes
{
public:
    explicit EffectiveModes(const Snapshot &snapshot);
    EffectiveModes(const EffectiveModes &) = delete;
    EffectiveModes &operator=(const EffectiveModes &) = delete;
    const EffectiveMode &of(const Pod &pod, int port); // valid as long as this

private:
    struct Surroundings // of a pod: the same for all of its ports but those that the workload's object names
    {
        const EffectiveMode *mode = nullptr;
        const PeerAuthentication *workload = nullptr;
        const EffectiveMode *enforced = nullptr;    // the same, where a sidecar stands before the port
        QList<const PeerAuthentication *> policies; // with a selector, of a namespace
    };
    Surroundings surroundingsOf(const Pod &pod);
    const EffectiveMode &kept(EffectiveMode mode);
    const EffectiveMode &ofOldMesh(const Pod &pod, int port);

    const Snapshot &m_snapshot;
    const bool m_known; // the kinds that decide were read
    const bool m_isOld; // and they are those of Istio up to 1.4
    std::deque<EffectiveMode> m_all;
    QHash<QString, Surroundings> m_namespaces;
    const Pod *m_pod = nullptr; // that m_around is of
    Surroundings m_around;
};
QString modeText(
    const EffectiveMode &mode); // "STRICT", "STRICT (inherited)", "no sidecar", "not intercepted", "unknown"
EffectiveMode meshMode(const Snapshot &snapshot); // of the mesh as a whole
// The policy to edit where the mode of the mesh is to change: of several in Istio's root namespace without a selector only the
// oldest counts, whatever its name and also where it says UNSET; nullptr: there is none yet.
const PeerAuthentication *meshWidePolicy(const Snapshot &snapshot);
EffectiveMode namespaceMode(const Snapshot &snapshot, const QString &nameSpace);

struct WorkloadPosture // one row of the page Mesh security and of `sallyportctl posture`
{
    QString key; // namespace/workload:port
    QString nameSpace, workload, workloadKind;
    int port = 0;
    QString portName;
    int pods = 0, podsWithSidecar = 0;
    int podsIntercepted = 0; // of them, those whose sidecar stands before this port
    EffectiveMode mode;
    Severity severity = Severity::Unknown;
    QString enforced;             // what the proxy of one of its pods has: "STRICT"; "" it was not asked
    QString enforcedNote;         // which one and when, or why its answer is not known
    bool enforcedDiffers = false; // from what the objects ask for
    QString observed;             // of the workload, from telemetry: "mutual TLS, 120 requests"; "" unknown
    double mutualShare = -1;      // of its requests and connections; negative: unknown, or there were none
    bool operator==(const WorkloadPosture &) const = default;
};
// Where STRICT is meant and some pod takes clear text all the same, and that is a fault (MT-018): pods of injected namespaces,
// but those of edges, whose callers are outside the mesh on purpose.
class StrictExpectation
{
public:
    explicit StrictExpectation(const Snapshot &snapshot);
    bool isAmiss(const WorkloadPosture &row) const;

private:
    QSet<QString> m_injected, m_edges;
};
QList<WorkloadPosture> workloadPostures(const Snapshot &snapshot);

// What the proxies themselves have, of those that were asked (Snapshot::meshProxies): enforced and its note.
void addEnforced(QList<WorkloadPosture> &postures, const Snapshot &snapshot);

// The postures of one snapshot after another: those of a namespace whose pods, Services and PeerAuthentications are as
// they were (as far as the snapshots come from one SnapshotMaker) are not made again.  The result is
// workloadPostures()'s.  Thread: one at a time.
class PostureMaker
{
public:
    QList<WorkloadPosture> make(const Snapshot &snapshot);

private:
    struct Made // of one namespace
    {
        std::shared_ptr<const NamespaceContents> contents;
        QList<PeerAuthentication> policies;
        QList<WorkloadPosture> rows;
    };
    QHash<QString, Made> m_made;
    QList<PeerAuthentication> m_rootPolicies;
    QList<AuthenticationPolicy> m_oldPolicies;
    QString m_whyUnknown; // "" what decides was read
    QString m_rootNamespace;
};

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
