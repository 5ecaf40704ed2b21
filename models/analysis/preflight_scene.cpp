// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/preflight_scene.h"

#include "models/analysis/strict_plan.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

QList<int> portsOf(const Pod &pod, const QList<const Service *> &services) // sorted, each once
{
    QList<int> ports;
    for (const ContainerPort &port : pod.ports) {
        if (port.container != "istio-proxy"_L1)
            ports.append(port.port);
    }
    for (const Service *service : services) {
        for (const ServicePort &port : service->ports)
            ports.append(service->targetPortOf(port, pod));
    }
    ports.removeAll(0);
    std::sort(ports.begin(), ports.end());
    ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
    return ports;
}

// What the modes of another state of the mesh are worked out by.
Snapshot policiesOf(const Snapshot &snapshot)
{
    Snapshot policies;
    policies.peerAuthentications = snapshot.peerAuthentications;
    policies.istioRootNamespace = snapshot.istioRootNamespace;
    policies.kindsRead = snapshot.kindsRead;
    policies.onlyIn = snapshot.onlyIn;
    return policies;
}

} // namespace

ObjectRef workloadRef(const Pod &pod) { return {u"Deployment"_s, pod.nameSpace, pod.workload()}; }

QString workloadKey(const Pod &pod) { return pod.nameSpace + u'/' + pod.workload(); }

PreflightScene::PreflightScene(const Snapshot &snapshot, const EdgeView &view, const PreflightInput &input)
    : m_snapshot(snapshot)
    , m_view(view)
    , m_input(input)
    , m_after(policiesOf(snapshot))
    , m_modesBefore(snapshot)
    , m_modesAfter(m_after)
{
    applyStrict();
    for (const Pod &pod : snapshot.pods) {
        if (pod.isGone() || pod.isGateway() || !inScope(pod))
            continue;
        m_placeOf.insert(&pod, m_podPorts.size());
        for (const int port : portsOf(pod, servicesOf(pod)))
            m_podPorts.push_back({&pod, port, m_modesBefore.of(pod, port), m_modesAfter.of(pod, port)});
    }
}

// Edits the oldest object of the scope, as the switch does; a new one would be the youngest.
void PreflightScene::applyStrict()
{
    const StrictScope &scope = m_input.scope;
    const QString home = scope.nameSpace.isEmpty() ? m_snapshot.istioRootNamespace : scope.nameSpace;
    Labels labels;
    Labels selector;
    if (!scope.workload.isEmpty()) {
        const auto pod = std::find_if(m_snapshot.pods.begin(), m_snapshot.pods.end(),
                                      [&](const Pod &one) { return inScope(one); });
        labels = pod == m_snapshot.pods.end() ? Labels() : pod->labels;
        if (pod != m_snapshot.pods.end())
            selector = workloadSelector(m_snapshot, *pod);
    }
    for (qsizetype i = 0; i < m_snapshot.peerAuthentications.size(); ++i) {
        const PeerAuthentication &policy = m_snapshot.peerAuthentications[i];
        const bool fits = policy.nameSpace == home
            && (scope.workload.isEmpty()
                    ? policy.selector.isEmpty()
                    : !policy.selector.isEmpty() && containsAll(labels, policy.selector));
        if (!fits || m_target)
            continue;
        m_target = &policy;
        m_after.peerAuthentications[i].mode = MtlsMode::Strict;
    }
    if (!m_target) {
        PeerAuthentication made;
        made.nameSpace = home;
        made.name = scope.workload.isEmpty() ? u"default"_s : scope.workload;
        made.selector = selector;
        made.mode = MtlsMode::Strict;
        m_after.peerAuthentications.append(made);
    }
    for (PeerAuthentication &policy : m_after.peerAuthentications) {
        const bool narrower = m_input.includeNarrower && scope.workload.isEmpty()
            && policy.nameSpace != m_snapshot.istioRootNamespace
            && (scope.nameSpace.isEmpty() || policy.nameSpace == scope.nameSpace);
        if (narrower && (policy.mode != MtlsMode::Unset || policy.selector.isEmpty()))
            policy.mode = MtlsMode::Strict;
    }
    for (qsizetype i = 0; i < m_after.peerAuthentications.size(); ++i)
        m_after.index.policies[m_after.peerAuthentications[i].nameSpace].append(i);
}

bool PreflightScene::inScope(const Pod &pod) const
{
    const StrictScope &scope = m_input.scope;
    return (scope.nameSpace.isEmpty() || pod.nameSpace == scope.nameSpace)
        && (scope.workload.isEmpty() || pod.workload() == scope.workload);
}

QList<const Service *> PreflightScene::servicesOf(const Pod &pod) const { return m_snapshot.servicesOf(pod); }

const PreflightScene::PodPort *PreflightScene::strictPodOf(const Service &service,
                                                           const ServicePort &port) const
{
    for (const Pod *pod : m_snapshot.podsOf(service)) {
        const int target = service.isHeadless() ? port.port : service.targetPortOf(port, *pod);
        for (auto place = m_placeOf.value(pod, m_podPorts.size());
             place < m_podPorts.size() && m_podPorts[place].pod == pod; ++place) {
            if (m_podPorts[place].port == target && m_podPorts[place].becomesStrict())
                return &m_podPorts[place];
        }
    }
    return nullptr;
}

PortException PreflightScene::exceptionFor(const Pod &pod, int port) const
{
    return {pod.nameSpace, pod.workload(), workloadSelector(m_snapshot, pod), port};
}

} // namespace models
