// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/preflight_scene.h"

#include "models/analysis/service_index.h"
#include "models/analysis/strict_plan.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

QString placeKey(const Pod &pod, int port) { return u"%1/%2:%3"_s.arg(pod.nameSpace, pod.name).arg(port); }

QSet<int> portsOf(const Pod &pod, const QList<const Service *> &services)
{
    QSet<int> ports;
    for (const ContainerPort &port : pod.ports) {
        if (port.container != "istio-proxy"_L1)
            ports.insert(port.port);
    }
    for (const Service *service : services) {
        for (const ServicePort &port : service->ports)
            ports.insert(service->targetPortOf(port, pod));
    }
    ports.remove(0);
    return ports;
}

} // namespace

ObjectRef workloadRef(const Pod &pod) { return {u"Deployment"_s, pod.nameSpace, pod.workload()}; }

QString workloadKey(const Pod &pod) { return pod.nameSpace + u'/' + pod.workload(); }

PreflightScene::PreflightScene(const Snapshot &snapshot, const EdgeView &view, const PreflightInput &input)
    : m_snapshot(snapshot)
    , m_view(view)
    , m_input(input)
{
    m_after.peerAuthentications = snapshot.peerAuthentications;
    m_after.istioRootNamespace = snapshot.istioRootNamespace;
    m_after.kindsRead = snapshot.kindsRead;
    m_after.onlyIn = snapshot.onlyIn;
    const ServiceIndex services(snapshot.services);
    for (const Pod &pod : snapshot.pods)
        m_servicesOf.insert(&pod, services.of(pod));
    applyStrict();
    for (const Pod &pod : snapshot.pods) {
        if (pod.isGone() || pod.isGateway() || !inScope(pod))
            continue;
        for (const int port : portsOf(pod, servicesOf(pod))) {
            m_placeOf.insert(placeKey(pod, port), m_podPorts.size());
            m_podPorts.append({&pod, port, effectiveMode(snapshot, pod, port), modeAfter(pod, port)});
        }
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

QList<const Service *> PreflightScene::servicesOf(const Pod &pod) const { return m_servicesOf.value(&pod); }

const PreflightScene::PodPort *PreflightScene::strictPodOf(const Service &service,
                                                           const ServicePort &port) const
{
    for (const Pod *pod : m_snapshot.podsOf(service)) {
        const int target = service.isHeadless() ? port.port : service.targetPortOf(port, *pod);
        const auto place = m_placeOf.constFind(placeKey(*pod, target));
        if (place != m_placeOf.constEnd() && m_podPorts[*place].becomesStrict())
            return &m_podPorts[*place];
    }
    return nullptr;
}

PortException PreflightScene::exceptionFor(const Pod &pod, int port) const
{
    return {pod.nameSpace, pod.workload(), workloadSelector(m_snapshot, pod), port};
}

} // namespace models
