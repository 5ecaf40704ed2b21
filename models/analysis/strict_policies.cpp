// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/strict_policies.h"

#include "models/analysis/strict_objects.h"
#include "models/analysis/strict_plan.h"
#include "models/analysis/workload_selector.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

QString workloadOf(const Pod &pod) { return pod.nameSpace + u'/' + pod.workload(); }

class PeerAuthentications : public StrictPolicies
{
public:
    explicit PeerAuthentications(const Snapshot &snapshot)
        : m_snapshot(snapshot)
        , m_policies(snapshot.peerAuthentications)
    {
    }

    QList<ObjectRef> all(const QString &nameSpace) const override
    {
        QList<ObjectRef> refs;
        for (const PeerAuthentication &policy : m_policies) {
            if (nameSpace.isEmpty() || policy.nameSpace == nameSpace || policy.nameSpace == root())
                refs.append(refOf(policy));
        }
        return refs;
    }
    std::optional<MtlsMode> ofNamespace(const QString &nameSpace) const override
    {
        const qsizetype own = placeOfOldest(nameSpace, nullptr);
        return own < 0 ? std::nullopt : std::optional(m_policies[own].mode);
    }
    PolicyEdit setNamespace(const QString &nameSpace, MtlsMode mode) override
    {
        PeerAuthentication *own = oldest(nameSpace, nullptr);
        const bool isNew = !own;
        if (isNew)
            own = &made(nameSpace, u"default"_s, {});
        const bool isChanged = std::exchange(own->mode, mode) != mode || isNew;
        return {refOf(*own), policyObject(*own), isNew, isChanged, false, {}};
    }
    std::vector<PolicyEdit> setWorkload(const WorkloadWish &wish) override
    {
        PeerAuthentication *own = oldest(wish.pod->nameSpace, &wish.pod->labels);
        const bool isNew = !own;
        if (isNew)
            own = &made(wish.pod->nameSpace, wish.name, workloadSelector(m_snapshot, *wish.pod));
        const PeerAuthentication before = *own;
        own->mode = MtlsMode::Strict;
        const QStringList others = isNew ? QStringList() : othersOf(*own, *wish.pod);
        for (const QString &workload : others + QStringList{workloadOf(*wish.pod)}) {
            for (const int port : wish.permissivePorts.value(workload))
                own->portModes.insert(port, MtlsMode::Permissive);
        }
        const bool isChanged = isNew || !(*own == before);
        return {
            {refOf(*own), policyObject(*own), isNew, isChanged, isNew && own->portModes.isEmpty(), others}};
    }
    std::vector<PolicyEdit> passing(const QList<ObjectRef> &made) const override
    {
        std::vector<PolicyEdit> edits;
        for (const PeerAuthentication &policy : m_policies) {
            if (!made.contains(refOf(policy)) || policy.selector.isEmpty() || policy.mode != MtlsMode::Strict
                || !policy.portModes.isEmpty())
                continue;
            PolicyEdit edit{refOf(policy), {}, false, false, true, {}};
            for (const Pod &pod : m_snapshot.pods) {
                if (pod.nameSpace == policy.nameSpace && !pod.isGone() && pod.hasSidecar
                    && containsAll(pod.labels, policy.selector) && !edit.workloads.contains(workloadOf(pod)))
                    edit.workloads.append(workloadOf(pod));
            }
            edits.push_back(std::move(edit));
        }
        return edits;
    }
    std::optional<MtlsMode> ofMesh() const override { return ofNamespace(root()); }
    PolicyEdit setMesh(MtlsMode mode) override { return setNamespace(root(), mode); }
    QStringList namespacesBelowStrict() const override
    {
        QStringList names;
        for (const PeerAuthentication &policy : m_policies) {
            if (policy.nameSpace != root() && policy.selector.isEmpty() && policy.mode != MtlsMode::Strict
                && policy.mode != MtlsMode::Unset && !names.contains(policy.nameSpace))
                names.append(policy.nameSpace);
        }
        return names;
    }

private:
    const QString &root() const { return m_snapshot.istioRootNamespace; }

    // The place of the oldest object of a namespace (labels: that selects them; nullptr: without a selector), -1: there is
    // none.  A second one would be ignored.
    qsizetype placeOfOldest(const QString &nameSpace, const Labels *labels) const
    {
        const auto found =
            std::find_if(m_policies.begin(), m_policies.end(), [&](const PeerAuthentication &policy) {
                return policy.nameSpace == nameSpace
                    && (labels ? !policy.selector.isEmpty() && containsAll(*labels, policy.selector)
                               : policy.selector.isEmpty());
            });
        return found == m_policies.end() ? -1 : found - m_policies.begin();
    }
    // Who goes along with the pod's workload: an older object may select more than it.
    QStringList othersOf(const PeerAuthentication &policy, const Pod &asked) const
    {
        QStringList workloads;
        for (const Pod &pod : m_snapshot.pods) {
            const QString workload = workloadOf(pod);
            const bool isSelected = pod.nameSpace == policy.nameSpace && !pod.isGone()
                && containsAll(pod.labels, policy.selector) && workload != workloadOf(asked);
            // Where an older object selects it, that one counts for it.
            if (isSelected && !workloads.contains(workload)
                && placeOfOldest(pod.nameSpace, &pod.labels) == &policy - m_policies.constData())
                workloads.append(workload);
        }
        return workloads;
    }
    // To be written to: m_policies is shared with the snapshot until it is asked for without const.
    PeerAuthentication *oldest(const QString &nameSpace, const Labels *labels)
    {
        const qsizetype place = placeOfOldest(nameSpace, labels);
        return place < 0 ? nullptr : &m_policies[place];
    }
    PeerAuthentication &made(const QString &nameSpace, const QString &name, const Labels &selector)
    {
        PeerAuthentication policy;
        policy.nameSpace = nameSpace;
        policy.name = name;
        policy.selector = selector;
        policy.apiVersion = m_policies.isEmpty() ? QString() : m_policies.first().apiVersion;
        m_policies.append(policy); // the youngest
        return m_policies.last();
    }

    const Snapshot &m_snapshot;
    QList<PeerAuthentication> m_policies; // oldest first
};

// Istio up to 1.4: the closest object alone decides; a workload is named by the Services that select it.
class AuthenticationPolicies : public StrictPolicies
{
public:
    explicit AuthenticationPolicies(const Snapshot &snapshot)
        : m_snapshot(snapshot)
        , m_policies(snapshot.authenticationPolicies)
    {
    }

    QList<ObjectRef> all(const QString &nameSpace) const override
    {
        QList<ObjectRef> refs;
        for (const AuthenticationPolicy &policy : m_policies) {
            if (nameSpace.isEmpty() || policy.nameSpace.isEmpty() || policy.nameSpace == nameSpace)
                refs.append(refOf(policy));
        }
        return refs;
    }
    std::optional<MtlsMode> ofNamespace(const QString &nameSpace) const override
    {
        const qsizetype own = placeOfWide(nameSpace);
        return own < 0 ? std::nullopt : std::optional(m_policies[own].mode);
    }
    PolicyEdit setNamespace(const QString &nameSpace, MtlsMode mode) override
    {
        const qsizetype own = placeOfWide(nameSpace);
        return own < 0 ? made(nameSpace, u"default"_s, mode, {}) : changed(own, mode);
    }
    std::vector<PolicyEdit> setWorkload(const WorkloadWish &wish) override;
    std::vector<PolicyEdit> passing(const QList<ObjectRef> &made) const override
    {
        std::vector<PolicyEdit> edits;
        for (const AuthenticationPolicy &policy : m_policies) {
            if (!made.contains(refOf(policy)) || policy.targets.isEmpty() || policy.mode != MtlsMode::Strict)
                continue;
            PolicyEdit edit{refOf(policy), {}, false, false, true, {}};
            for (const Service &service : m_snapshot.services) {
                if (!names(policy, service, true))
                    continue;
                for (const Pod *pod : m_snapshot.podsOf(service)) {
                    if (pod->hasSidecar && !edit.workloads.contains(workloadOf(*pod)))
                        edit.workloads.append(workloadOf(*pod));
                }
            }
            edits.push_back(std::move(edit));
        }
        return edits;
    }
    std::optional<MtlsMode> ofMesh() const override { return ofNamespace({}); }
    PolicyEdit setMesh(MtlsMode mode) override { return setNamespace({}, mode); }
    QStringList namespacesBelowStrict() const override
    {
        QStringList names;
        for (const AuthenticationPolicy &policy : m_policies) {
            if (!policy.nameSpace.isEmpty() && policy.targets.isEmpty() && policy.name == "default"_L1
                && policy.mode != MtlsMode::Strict && !names.contains(policy.nameSpace))
                names.append(policy.nameSpace);
        }
        return names;
    }

private:
    // "": the MeshPolicy.  Any other name than default is without effect.
    qsizetype placeOfWide(const QString &nameSpace) const
    {
        for (qsizetype i = 0; i < m_policies.size(); ++i) {
            if (m_policies[i].nameSpace == nameSpace && m_policies[i].targets.isEmpty()
                && m_policies[i].name == "default"_L1)
                return i;
        }
        return -1;
    }
    PolicyEdit made(const QString &nameSpace, const QString &name, MtlsMode mode,
                    const QList<AuthenticationPolicy::Target> &targets)
    {
        AuthenticationPolicy policy;
        policy.nameSpace = nameSpace;
        policy.name = name.left(253);
        policy.mode = mode;
        policy.targets = targets;
        m_policies.append(policy);
        return {refOf(policy), policyObject(policy), true, true, false, {}};
    }
    PolicyEdit changed(qsizetype place, MtlsMode mode)
    {
        AuthenticationPolicy &policy = m_policies[place];
        const bool isChanged = std::exchange(policy.mode, mode) != mode;
        return {refOf(policy), policyObject(policy), false, isChanged, false, {}};
    }
    bool names(const AuthenticationPolicy &policy, const Service &service, bool wholeService) const
    {
        return policy.nameSpace == service.nameSpace
            && std::any_of(policy.targets.begin(), policy.targets.end(), [&](const auto &target) {
                   return target.service == service.name && (!wholeService || target.ports.isEmpty());
               });
    }
    // Service ports behind which one of its pods has a port that stays PERMISSIVE.
    QList<int> permissivePortsOf(const Service &service, const WorkloadWish &wish) const
    {
        QList<int> ports;
        for (const ServicePort &port : service.ports) {
            for (const Pod *pod : m_snapshot.podsOf(service)) {
                if (wish.permissivePorts.value(workloadOf(*pod)).contains(service.targetPortOf(port, *pod))
                    && !ports.contains(port.port))
                    ports.append(port.port);
            }
        }
        return ports;
    }
    void setService(const Service &service, const WorkloadWish &wish, std::vector<PolicyEdit> &edits);

    const Snapshot &m_snapshot;
    QList<AuthenticationPolicy> m_policies;
};

void AuthenticationPolicies::setService(const Service &service, const WorkloadWish &wish,
                                        std::vector<PolicyEdit> &edits)
{
    QStringList workloads; // whoever else stands behind it goes along
    for (const Pod *pod : m_snapshot.podsOf(service)) {
        if (!workloads.contains(workloadOf(*pod)))
            workloads.append(workloadOf(*pod));
    }
    const QList<int> permissive = permissivePortsOf(service, wish);
    bool hasWhole = false;
    const qsizetype known = m_policies.size();
    for (qsizetype i = 0; i < known; ++i) {
        if (!names(m_policies[i], service, false))
            continue;
        hasWhole = hasWhole || names(m_policies[i], service, true);
        const bool isException = m_policies[i].mode == MtlsMode::Permissive
            && std::any_of(m_policies[i].targets.begin(), m_policies[i].targets.end(),
                           [&](const AuthenticationPolicy::Target &target) {
                               return std::any_of(permissive.begin(), permissive.end(), [&](int port) {
                                   return target.ports.contains(QString::number(port));
                               });
                           });
        if (!isException)
            edits.push_back(changed(i, MtlsMode::Strict));
    }
    for (const int port : permissive) { // before the Service as a whole is STRICT
        const QString name = u"permissive-%1-%2"_s.arg(service.name).arg(port);
        const bool isThere = std::any_of(m_policies.begin(), m_policies.end(), [&](const auto &policy) {
            return policy.nameSpace == service.nameSpace && policy.name == name;
        });
        if (!isThere)
            edits.insert(edits.begin(),
                         made(service.nameSpace, name, MtlsMode::Permissive,
                              {{service.name, {QString::number(port)}}}));
    }
    if (!hasWhole) {
        edits.push_back(
            made(service.nameSpace, u"strict-"_s + service.name, MtlsMode::Strict, {{service.name, {}}}));
        edits.back().isPassing = true;
    }
    for (PolicyEdit &edit : edits)
        edit.workloads = workloads;
}

std::vector<PolicyEdit> AuthenticationPolicies::setWorkload(const WorkloadWish &wish)
{
    std::vector<PolicyEdit> all;
    for (const Service *service : m_snapshot.servicesOf(*wish.pod)) {
        std::vector<PolicyEdit> edits;
        setService(*service, wish, edits);
        all.insert(all.end(), edits.begin(), edits.end());
    }
    return all;
}

} // namespace

std::unique_ptr<StrictPolicies> strictPolicies(const Snapshot &snapshot)
{
    if (snapshot.isOldMesh())
        return std::make_unique<AuthenticationPolicies>(snapshot);
    return std::make_unique<PeerAuthentications>(snapshot);
}

} // namespace models
