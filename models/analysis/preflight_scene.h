// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The mesh before and after a switch to STRICT, and the rows that checks find on it.  Parts of
// strict_preflight.
#include "models/analysis/strict_preflight.h"

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
    const EdgeView &view() const { return m_view; }
    const PreflightInput &input() const { return m_input; }
    const std::vector<PodPort> &podPorts() const { return m_podPorts; } // in scope, those of a pod together
    // The object that the switch would write to: the oldest one of the scope; nullptr: a new one.
    const PeerAuthentication *target() const { return m_target; }
    const EffectiveMode &modeAfter(const Pod &pod, int port) { return m_modesAfter.of(pod, port); }
    EffectiveModes &modesBefore() { return m_modesBefore; }
    bool inScope(const Pod &pod) const;
    // The first pod of the Service whose port is STRICT after the switch and was not before; nullptr: none.
    const PodPort *strictPodOf(const Service &service, const ServicePort &port) const;
    QList<const Service *> servicesOf(const Pod &pod) const;
    PortException exceptionFor(const Pod &pod, int port) const;

    void add(PreflightRow row) { m_rows.append(std::move(row)); }
    void skip(const QString &check, const QString &why) { m_skipped.insert(check, why); }
    const QList<PreflightRow> &rows() const { return m_rows; }
    const QHash<QString, QString> &skipped() const { return m_skipped; }

private:
    void applyStrict();

    const Snapshot &m_snapshot;
    const EdgeView &m_view;
    const PreflightInput &m_input;
    Snapshot m_after; // its policies only
    const PeerAuthentication *m_target = nullptr;
    EffectiveModes m_modesBefore, m_modesAfter;
    std::vector<PodPort> m_podPorts;
    QHash<const Pod *, std::size_t> m_placeOf; // of the first port of a pod
    QList<PreflightRow> m_rows;
    QHash<QString, QString> m_skipped;
};

ObjectRef workloadRef(const Pod &pod);
QString workloadKey(const Pod &pod); // namespace/workload

// Each looks at one family of §2.3's rows.
void checkPolicies(PreflightScene &scene);
void checkClients(PreflightScene &scene);
void checkServers(PreflightScene &scene);
void checkPlatform(PreflightScene &scene);
void checkEdge(PreflightScene &scene);
void checkEvidence(PreflightScene &scene);
void checkTrustAndRights(PreflightScene &scene);

} // namespace models
