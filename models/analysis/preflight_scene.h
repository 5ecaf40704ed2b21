// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The mesh before and after a switch to STRICT, and the rows that checks find on it.  Parts of
// strict_preflight.
#include "models/analysis/scrape_targets.h"
#include "models/analysis/strict_preflight.h"
#include "models/analysis/upstream_target.h"

#include <deque>

namespace models {

class PreflightScene
{
public:
    struct PodPort
    {
        const Pod *pod;
        int port;
        const EffectiveMode &before, &after; // the scene's
        bool becomesStrict() const
        {
            return after.enforced && after.mode == MtlsMode::Strict
                && !(before.enforced && before.mode == MtlsMode::Strict);
        }
        bool isStrictAfter() const { return after.enforced && after.mode == MtlsMode::Strict; }
    };
    PreflightScene(const Snapshot &snapshot, const EdgeView &view, const PreflightInput &input);

    const Snapshot &snapshot() const { return m_snapshot; }
    const EdgeView &view() const { return *m_view; }
    const PreflightInput &input() const { return m_input; }
    const std::vector<PodPort> &podPorts() const { return m_podPorts; } // in scope, those of a pod together
    const std::vector<ScrapeTarget> &scrapeTargets() const { return m_scrapeTargets; } // of monitors
    // The object that the switch would write to: the oldest one of the scope; kind "": a new one.
    const ObjectRef &target() const { return m_target; }
    const QString &targetOwner() const { return m_targetOwner; } // what would set it back; "" nobody is known
    const EffectiveMode &modeAfter(const Pod &pod, int port) { return m_modesAfter.of(pod, port); }
    EffectiveModes &modesBefore() { return m_modesBefore; }
    // Of the scope, or made STRICT with it: an object that selects a workload may select others, too.
    bool inScope(const Pod &pod) const;
    const QStringList &alongside() const { return m_alongside; } // those others: namespace/workload, sorted
    // The first pod of the Service whose port is STRICT after the switch and was not before; nullptr: none.
    const PodPort *strictPodOf(const Service &service, const ServicePort &port) const;
    // The same for all that it leads to, one pod of each workload and port.
    QList<const PodPort *> strictPodsOf(const Service &service, const ServicePort &port) const;
    // The same of an upstream of the edge.
    QList<const PodPort *> strictPodsOf(const UpstreamTarget &target) const;
    QList<const PodPort *>
    strictAfterOf(const UpstreamTarget &target) const;           // and those that were STRICT before
    const PodPort *strictPortOf(const Pod &pod, int port) const; // nullptr: it does not become STRICT
    // Pods that a Deployment would have which is scaled to nothing, with a sidecar; they are in no list of the snapshot's.
    QList<const Pod *> asleepBehind(const Service &service) const;
    bool isAsleep(const Pod &pod) const { return pod.phase.isEmpty() && pod.name.isEmpty(); }
    QList<const Service *> servicesOf(const Pod &pod) const;
    PortException exceptionFor(const Pod &pod, int port) const;

    // What a look at another edge of the cluster adds; rows that both edges have stand once.
    void lookAt(const EdgeView &other, void (*check)(PreflightScene &scene));
    void add(PreflightRow row) { m_rows.append(std::move(row)); }
    // Not read, or in one namespace alone; a kind that the server does not serve has no objects.
    bool isUnread(const QString &plural) const
    {
        return !m_snapshot.knows(plural) && !m_snapshot.isAbsent(plural);
    }
    QString whyUnread(const QString &plural) const;      // and how to have it read
    void skip(const QString &check, const QString &why); // each reason once, all of them kept
    const QList<PreflightRow> &rows() const { return m_rows; }
    const QHash<QString, QString> &skipped() const { return m_skipped; }

private:
    const PodPort *portOf(const Pod &pod, int port) const;
    static QList<int> dialled(const Service &service, const ServicePort &port, const Pod &pod);
    bool isNamed(const Pod &pod) const; // by the scope itself
    void applyStrict();
    void findAlongside();
    void applyStrictToOldMesh();
    void applyStrictToServices();
    void setTarget(const ObjectRef &target, const QString &owner);
    void findAsleep();

    const Snapshot &m_snapshot;
    const EdgeView *m_view; // the one that is looked at
    const PreflightInput &m_input;
    Snapshot m_after; // its policies only
    ObjectRef m_target;
    QSet<const Pod *> m_podsAlongside;
    QStringList m_alongside;
    QString m_targetOwner;
    EffectiveModes m_modesBefore, m_modesAfter;
    std::vector<ScrapeTarget> m_scrapeTargets;
    std::vector<PodPort> m_podPorts;
    std::deque<Pod> m_asleep;                  // the modes know pods by their place
    QHash<const Pod *, std::size_t> m_placeOf; // of the first port of a pod
    QList<PreflightRow> m_rows;
    QHash<QString, QString> m_skipped;
};

// The ports of a pod that STRICT is about: those that its containers declare, that its Services lead to, and those that the
// kubelet and Prometheus ask, which need not be declared anywhere.  Sorted, each once.
QList<int> portsInMesh(const Pod &pod, const QList<const Service *> &services);
// Of an HTTP or gRPC probe that the injector has not rewritten to ask the agent; 0: none, or a TCP one, which the sidecar
// answers itself.
int plainProbePort(const Pod &pod, const Probe &probe);
// By its annotations prometheus.io/…, as the job for pods of a common Prometheus configuration reads them: the port that is named,
// else each that its own containers declare.
QList<int> scrapedPorts(const Pod &pod);
bool isScraped(const Service &service);                          // by its own annotations
QList<int> scrapedPorts(const Service &service, const Pod &pod); // of one that is scraped
// What PromQL's increase() makes of a count: it extrapolates, so that three may be 3.0417.  At least 1.
qint64 wholeCount(double increase);
ObjectRef workloadRef(const Pod &pod);
// Where a field of the pod stands in workloadRef(pod): below the template, unless that is the pod itself.
QString templatePath(const Pod &pod, const QString &podPath);
QString workloadKey(const Pod &pod); // namespace/workload
bool isInMesh(const Pod &pod);       // by a sidecar, or by the node's ztunnel (facts mesh-security.md §1.9)
bool isOfEdge(const Snapshot &snapshot, const Pod &pod); // one of the installations that the snapshot knows
// Whose pods get no sidecar, and that are not suspended.
QList<const CronJob *> jobsWithoutSidecar(const Snapshot &snapshot);

const QString &whyNoTelemetry(); // where PreflightInput::telemetry is absent
const QString &verifyEdge();     // how what the edge does is verified
// What a finding says of today, where it holds under STRICT, too.
PreflightRow rowOf(const QString &check, PreflightLevel level, const Finding &finding, const QString &verify);

// Each looks at one family of §2.3's rows.
void checkPolicies(PreflightScene &scene);
void checkClientRules(PreflightScene &scene);
void checkClients(PreflightScene &scene);
void checkServers(PreflightScene &scene);
void checkPlatform(PreflightScene &scene);
void checkEdge(PreflightScene &scene);
void checkOtherEdge(PreflightScene &scene); // the view is the other edge's
void checkEdgePod(PreflightScene &scene);   // parts of the two before
void checkEdgeCalls(PreflightScene &scene); // Filters, and what its sidecar does to what it sends
void checkContexts(PreflightScene &scene);
void checkLoadedCertificate(PreflightScene &scene); // by what its admin port has told
void checkThatOneIsLoaded(PreflightScene &scene);   // where Mappings go out with it
void checkEvidence(PreflightScene &scene);
void checkTrustAndRights(PreflightScene &scene);
void skipUnread(PreflightScene &scene); // after all of them: what stands on kinds that were not read

} // namespace models
