// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/preflight_scene.h"

#include "models/analysis/strict_plan.h"
#include "models/analysis/workload_selector.h"

#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// What the modes of another state of the mesh are worked out by.
Snapshot policiesOf(const Snapshot &snapshot)
{
    Snapshot policies;
    policies.peerAuthentications = snapshot.peerAuthentications;
    policies.authenticationPolicies = snapshot.authenticationPolicies;
    policies.unavailable = snapshot.unavailable;
    if (snapshot.isOldMesh()) // whose Policies name Services
        policies.index.namespaces = snapshot.index.namespaces;
    policies.istioRootNamespace = snapshot.istioRootNamespace;
    policies.kindsRead = snapshot.kindsRead;
    policies.onlyIn = snapshot.onlyIn;
    return policies;
}

} // namespace

QList<int> portsInMesh(const Pod &pod, const QList<const Service *> &services)
{
    QList<int> ports;
    for (const ContainerPort &port : pod.ports) {
        if (port.container != "istio-proxy"_L1 && port.isTcp)
            ports.append(port.port);
    }
    for (const Service *service : services) {
        for (const ServicePort &port : service->ports) {
            if (port.isTcp())
                ports.append(service->targetPortOf(port, pod));
        }
    }
    QList<int> undeclared = scrapedPorts(pod);
    for (const Service *service : services) {
        if (isScraped(*service))
            undeclared.append(scrapedPorts(*service, pod));
    }
    for (const Probe &probe : pod.probes)
        undeclared.append(plainProbePort(pod, probe));
    for (const int port : std::as_const(undeclared)) {
        if (port > 0 && pod.capturesInbound(port)) // else the agent's own, or a pod without one
            ports.append(port);
    }
    ports.removeAll(0);
    std::sort(ports.begin(), ports.end());
    ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
    return ports;
}

int plainProbePort(const Pod &pod, const Probe &probe)
{
    static const QRegularExpression rewritten(u"^/app-(health|lifecycle)/"_s);
    if (probe.kind == Probe::Kind::Tcp || rewritten.match(probe.url).hasMatch())
        return 0;
    return pod.containerPort(probe.port);
}

QList<int> scrapedPorts(const Pod &pod)
{
    if (pod.annotations.value(u"prometheus.io/scrape"_s) != "true"_L1)
        return {};
    if (const QString named = pod.annotations.value(u"prometheus.io/port"_s); !named.isEmpty())
        return {named.toInt()};
    QList<int> declared;
    for (const ContainerPort &port : pod.ports) {
        if (port.container != "istio-proxy"_L1 && port.isTcp)
            declared.append(port.port);
    }
    return declared;
}

bool isScraped(const Service &service)
{
    return service.annotations.value(u"prometheus.io/scrape"_s) == "true"_L1;
}

QList<int> scrapedPorts(const Service &service, const Pod &pod)
{
    if (const int port = service.annotations.value(u"prometheus.io/port"_s).toInt(); port > 0)
        return {port};
    QList<int> ports;
    for (const ServicePort &port : service.ports) {
        if (port.isTcp() && service.targetPortOf(port, pod) > 0)
            ports.append(service.targetPortOf(port, pod));
    }
    return ports;
}

qint64 wholeCount(double increase) { return std::max<qint64>(1, qRound64(increase)); }

ObjectRef workloadRef(const Pod &pod) { return {pod.workloadKind(), pod.nameSpace, pod.workload()}; }

QString templatePath(const Pod &pod, const QString &podPath)
{
    const QString kind = pod.workloadKind();
    if (kind == "Pod"_L1)
        return podPath;
    return (kind == "CronJob"_L1 ? u"spec.jobTemplate.spec.template."_s : u"spec.template."_s) + podPath;
}

bool isInMesh(const Pod &pod)
{
    return pod.hasSidecar || pod.annotations.value(u"ambient.istio.io/redirection"_s) == "enabled"_L1;
}

bool isOfEdge(const Snapshot &snapshot, const Pod &pod)
{
    return std::any_of(snapshot.edges.begin(), snapshot.edges.end(), [&pod](const EdgeInstallation &edge) {
        return edge.nameSpace == pod.nameSpace && edge.name == pod.workload();
    });
}

QList<const CronJob *> jobsWithoutSidecar(const Snapshot &snapshot)
{
    QList<const CronJob *> jobs;
    for (const CronJob &job : snapshot.cronJobs) {
        if (!job.suspended && !snapshot.injects(job.nameSpace, job.podLabels, job.podAnnotations))
            jobs.append(&job);
    }
    return jobs;
}

QString workloadKey(const Pod &pod) { return pod.nameSpace + u'/' + pod.workload(); }

PreflightScene::PreflightScene(const Snapshot &snapshot, const EdgeView &view, const PreflightInput &input)
    : m_snapshot(snapshot)
    , m_view(&view)
    , m_input(input)
    , m_after(policiesOf(snapshot))
    , m_modesBefore(snapshot)
    , m_modesAfter(m_after)
    , m_scrapeTargets(models::scrapeTargets(snapshot))
{
    applyStrict();
    findAlongside();
    findAsleep();
    QHash<const Pod *, QList<int>> monitored;
    for (const ScrapeTarget &target : m_scrapeTargets) {
        if (target.pod->capturesInbound(target.port)) // else the agent's own, or a pod without one
            monitored[target.pod].append(target.port);
    }
    for (const Pod &pod : snapshot.pods) {
        if (pod.isGone() || pod.isGateway() || !inScope(pod))
            continue;
        m_placeOf.insert(&pod, m_podPorts.size());
        QList<int> ports = portsInMesh(pod, servicesOf(pod)) + monitored.value(&pod);
        std::sort(ports.begin(), ports.end());
        ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
        for (const int port : std::as_const(ports))
            m_podPorts.push_back({&pod, port, m_modesBefore.of(pod, port), m_modesAfter.of(pod, port)});
    }
}

// The scope's own object, and with includeNarrower the Policies below it too.
void PreflightScene::applyStrictToOldMesh()
{
    const StrictScope &scope = m_input.scope;
    QList<AuthenticationPolicy> &policies = m_after.authenticationPolicies;
    if (!scope.workload.isEmpty())
        return applyStrictToServices();
    qsizetype place = -1;
    for (qsizetype i = 0; i < policies.size(); ++i) {
        const bool isWide = policies[i].targets.isEmpty() && policies[i].name == "default"_L1;
        const bool isBelow = scope.nameSpace.isEmpty() || policies[i].nameSpace == scope.nameSpace;
        if (isWide && policies[i].nameSpace == scope.nameSpace)
            place = i;
        else if (m_input.includeNarrower && isBelow)
            policies[i].mode = MtlsMode::Strict;
    }
    AuthenticationPolicy made;
    made.nameSpace = scope.nameSpace;
    made.name = u"default"_s;
    if (place >= 0)
        setTarget(refOf(policies[place]), policies[place].managedBy);
    else
        policies.append(made);
    policies[place < 0 ? policies.size() - 1 : place].mode = MtlsMode::Strict;
}

// A workload is named by the Services that select it; the Policies that name these become STRICT.
void PreflightScene::applyStrictToServices()
{
    for (const Pod &pod : m_snapshot.pods) {
        if (pod.isGone() || !isNamed(pod))
            continue;
        for (const Service *service : m_snapshot.servicesOf(pod)) {
            bool isNamed = false;
            for (AuthenticationPolicy &policy : m_after.authenticationPolicies) {
                for (const AuthenticationPolicy::Target &target : std::as_const(policy.targets)) {
                    if (policy.nameSpace != service->nameSpace || target.service != service->name)
                        continue;
                    isNamed = isNamed || target.ports.isEmpty();
                    policy.mode = MtlsMode::Strict;
                    setTarget(refOf(policy), policy.managedBy);
                }
            }
            if (isNamed)
                continue;
            AuthenticationPolicy made;
            made.nameSpace = service->nameSpace;
            made.name = u"strict-"_s + service->name;
            made.mode = MtlsMode::Strict;
            made.targets = {{service->name, {}}};
            m_after.authenticationPolicies.append(made);
        }
    }
}

void PreflightScene::setTarget(const ObjectRef &target, const QString &owner)
{
    m_target = target;
    m_targetOwner = owner;
}

// Edits the oldest object of the scope, as the switch does; a new one would be the youngest.
void PreflightScene::applyStrict()
{
    if (m_snapshot.isOldMesh())
        return applyStrictToOldMesh();
    const StrictScope &scope = m_input.scope;
    const QString home = scope.nameSpace.isEmpty() ? m_snapshot.istioRootNamespace : scope.nameSpace;
    Labels labels;
    Labels selector;
    if (!scope.workload.isEmpty()) {
        const auto pod = std::find_if(m_snapshot.pods.begin(), m_snapshot.pods.end(),
                                      [&](const Pod &one) { return isNamed(one); });
        labels = pod == m_snapshot.pods.end() ? Labels() : pod->labels;
        if (pod != m_snapshot.pods.end())
            selector = workloadSelector(m_snapshot, *pod);
    }
    bool isFound = false;
    for (qsizetype i = 0; i < m_snapshot.peerAuthentications.size(); ++i) {
        const PeerAuthentication &policy = m_snapshot.peerAuthentications[i];
        const bool fits = policy.nameSpace == home
            && (scope.workload.isEmpty()
                    ? policy.selector.isEmpty()
                    : !policy.selector.isEmpty() && containsAll(labels, policy.selector));
        if (!fits || std::exchange(isFound, isFound || fits))
            continue;
        setTarget(refOf(policy), policy.managedBy);
        m_after.peerAuthentications[i].mode = MtlsMode::Strict;
    }
    if (!isFound) {
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

void PreflightScene::findAsleep()
{
    for (const Deployment &deployment : m_snapshot.deployments) {
        if (deployment.replicas != 0 || deployment.hostNetwork || deployment.kind != "Deployment"_L1
            || !m_snapshot.injects(deployment.nameSpace, deployment.podLabels, deployment.podAnnotations))
            continue;
        Pod pod;
        pod.nameSpace = deployment.nameSpace;
        pod.labels = deployment.podLabels;
        pod.annotations = deployment.podAnnotations;
        pod.serviceAccount = deployment.serviceAccount;
        pod.labels.insert(u"pod-template-hash"_s, u"asleep"_s); // by which it is the Deployment's
        pod.controllerKind = u"ReplicaSet"_s;
        pod.controller = deployment.name + u"-asleep"_s;
        for (const Deployment::Container &container : deployment.containers)
            pod.containers.append(container.name);
        pod.containers.append(u"istio-proxy"_s);
        pod.hasSidecar = true;
        if (inScope(pod))
            m_asleep.push_back(std::move(pod));
    }
}

QList<const Pod *> PreflightScene::asleepBehind(const Service &service) const
{
    QList<const Pod *> pods;
    for (const Pod &pod : m_asleep) {
        if (service.selects(pod))
            pods.append(&pod);
    }
    return pods;
}

void PreflightScene::lookAt(const EdgeView &other, void (*check)(PreflightScene &scene))
{
    const auto known = m_rows.size();
    const EdgeView *own = std::exchange(m_view, &other);
    check(*this);
    m_view = own;
    const QList<PreflightRow> added = m_rows.mid(known);
    m_rows.resize(known);
    for (PreflightRow row : added) {
        const bool isSaid = std::any_of(m_rows.begin(), m_rows.end(), [&row](const PreflightRow &one) {
            return one.check == row.check && one.subject == row.subject && one.message == row.message;
        });
        row.evidence.append(u"edge %1"_s.arg(other.installation.key()));
        if (!isSaid)
            m_rows.append(row);
    }
}

QString PreflightScene::whyUnread(const QString &plural) const
{
    const QString why = m_snapshot.whyUnknown(plural);
    if (why.isEmpty() || m_snapshot.isAbsent(plural))
        return why;
    const bool isRefused = m_snapshot.unavailable.contains(plural) || m_snapshot.onlyIn.contains(plural);
    return why
        + (isRefused
               ? u"; ask for get, list and watch on %1 in all namespaces (sallyportctl doctor has the role)"_s
                     .arg(plural)
               : u"; name the %1 by another -f, or look at the cluster itself"_s.arg(plural));
}

void PreflightScene::skip(const QString &check, const QString &why)
{
    QString &said = m_skipped[check];
    if (!said.split(u"; "_s).contains(why))
        said += said.isEmpty() ? why : u"; "_s + why;
}

// Where one workload is asked for: who else becomes STRICT by the object that is edited for it.
void PreflightScene::findAlongside()
{
    if (m_input.scope.workload.isEmpty())
        return;
    for (const Pod &pod : m_snapshot.pods) {
        if (pod.isGone() || pod.isGateway() || isNamed(pod))
            continue;
        const QList<int> ports = portsInMesh(pod, servicesOf(pod));
        const bool changes = std::any_of(ports.begin(), ports.end(), [&](int port) {
            return m_modesAfter.of(pod, port).mode == MtlsMode::Strict
                && m_modesBefore.of(pod, port).mode != MtlsMode::Strict;
        });
        if (!changes)
            continue;
        m_podsAlongside.insert(&pod);
        if (!m_alongside.contains(workloadKey(pod)))
            m_alongside.append(workloadKey(pod));
    }
    m_alongside.sort();
}

bool PreflightScene::inScope(const Pod &pod) const { return isNamed(pod) || m_podsAlongside.contains(&pod); }

bool PreflightScene::isNamed(const Pod &pod) const
{
    const StrictScope &scope = m_input.scope;
    return (scope.nameSpace.isEmpty() || pod.nameSpace == scope.nameSpace)
        && (scope.workload.isEmpty() || pod.workload() == scope.workload);
}

QList<const Service *> PreflightScene::servicesOf(const Pod &pod) const { return m_snapshot.servicesOf(pod); }

// Who takes the addresses of a headless Service dials its own port, who takes its endpoints the pods' one.
QList<int> PreflightScene::dialled(const Service &service, const ServicePort &port, const Pod &pod)
{
    QList<int> targets{service.targetPortOf(port, pod)};
    if (service.isHeadless() && port.port != targets.first())
        targets.append(port.port);
    return targets;
}

const PreflightScene::PodPort *PreflightScene::strictPodOf(const Service &service,
                                                           const ServicePort &port) const
{
    if (!port.isTcp()) // the same number of TCP may be somebody else's
        return nullptr;
    for (const Pod *pod : m_snapshot.podsOf(service)) {
        for (const int target : dialled(service, port, *pod)) {
            if (const PodPort *strict = strictPortOf(*pod, target))
                return strict;
        }
    }
    return nullptr;
}

namespace {

// Pods of one ReplicaSet, as most that a Service selects, are told alike without working out their names.
bool isOfOneWorkload(const Pod &a, const Pod &b)
{
    const bool haveOneController = !a.controller.isEmpty() && a.controller == b.controller
        && a.controllerKind == b.controllerKind && a.nameSpace == b.nameSpace;
    return haveOneController || workloadKey(a) == workloadKey(b);
}

bool isAmong(const QList<const PreflightScene::PodPort *> &known, const PreflightScene::PodPort &one)
{
    return std::any_of(known.begin(), known.end(), [&](const PreflightScene::PodPort *other) {
        return other->port == one.port && isOfOneWorkload(*other->pod, *one.pod);
    });
}

} // namespace

QList<const PreflightScene::PodPort *> PreflightScene::strictPodsOf(const Service &service,
                                                                    const ServicePort &port) const
{
    QList<const PodPort *> strict;
    for (const Pod *pod : port.isTcp() ? m_snapshot.podsOf(service) : QList<const Pod *>()) {
        for (const int target : dialled(service, port, *pod)) {
            const PodPort *one = strictPortOf(*pod, target);
            if (one && !isAmong(strict, *one))
                strict.append(one);
        }
    }
    return strict;
}

QList<const PreflightScene::PodPort *> PreflightScene::strictPodsOf(const UpstreamTarget &target) const
{
    QList<const PodPort *> strict;
    for (const UpstreamTarget::PodPort &one : target.pods) {
        const PodPort *found = strictPortOf(*one.pod, one.port);
        if (found && !isAmong(strict, *found))
            strict.append(found);
    }
    return strict;
}

QList<const PreflightScene::PodPort *> PreflightScene::strictAfterOf(const UpstreamTarget &target) const
{
    QList<const PodPort *> strict;
    for (const UpstreamTarget::PodPort &one : target.pods) {
        const PodPort *found = portOf(*one.pod, one.port);
        if (found && found->isStrictAfter() && !isAmong(strict, *found))
            strict.append(found);
    }
    return strict;
}

const PreflightScene::PodPort *PreflightScene::portOf(const Pod &pod, int port) const
{
    for (auto place = m_placeOf.value(&pod, m_podPorts.size());
         place < m_podPorts.size() && m_podPorts[place].pod == &pod; ++place) {
        if (m_podPorts[place].port == port)
            return &m_podPorts[place];
    }
    return nullptr;
}

const PreflightScene::PodPort *PreflightScene::strictPortOf(const Pod &pod, int port) const
{
    const PodPort *one = portOf(pod, port);
    return one && one->becomesStrict() ? one : nullptr;
}

const QString &whyNoTelemetry()
{
    static const QString text =
        u"Prometheus was not asked or did not answer; it is asked of a cluster, through its Service, and needs the right to get services/proxy there: sallyportctl doctor goes through it"_s;
    return text;
}

PortException PreflightScene::exceptionFor(const Pod &pod, int port) const
{
    return {pod.nameSpace, pod.workload(), workloadSelector(m_snapshot, pod), port};
}

} // namespace models
