// SPDX-License-Identifier: GPL-3.0-or-later
// P1 … P11: what the policies themselves make of the switch.
#include "models/analysis/client_rules.h"
#include "models/analysis/mesh_findings.h"
#include "models/analysis/preflight_scene.h"
#include "models/resources/counted.h"

#include <algorithm>
#include <map>
#include <tuple>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

const QString &byModes()
{
    static const QString text =
        u"V1: no raw_buffer chain is left in the proxies' listeners for the ports in scope"_s;
    return text;
}

void addSummary(PreflightScene &scene)
{
    // What modeText looks at, so that it is asked once for all ports that are alike.
    const auto kindOf = [](const EffectiveMode &mode) {
        return std::tuple(mode.enforced, mode.known, mode.mode, mode.unset.kind.isEmpty());
    };
    using Kind = decltype(kindOf(EffectiveMode()));
    std::map<std::pair<Kind, Kind>, std::pair<const PreflightScene::PodPort *, int>> alike;
    for (const auto &one : scene.podPorts()) {
        auto &[example, number] = alike[{kindOf(one.before), kindOf(one.after)}];
        example = &one;
        ++number;
    }
    QMap<QString, int> counts;
    for (const auto &[kind, ports] : alike)
        counts[u"%1 → %2"_s.arg(modeText(ports.first->before), modeText(ports.first->after))] += ports.second;
    PreflightRow row;
    row.check = u"P1"_s;
    row.subject = scene.target();
    row.message = u"effective modes before and after"_s;
    for (auto count = counts.begin(); count != counts.end(); ++count)
        row.evidence.append(u"%1: %2 of pods"_s.arg(count.key(), counted(count.value(), u"port"_s)));
    const bool anyStrict = std::any_of(scene.podPorts().begin(), scene.podPorts().end(),
                                       [](const auto &one) { return one.becomesStrict(); });
    if (anyStrict) // B21
        row.evidence.append(
            u"who comes by the API server's proxy (…/services/NAME/proxy/) is refused then; such callers show in no object"_s);
    row.verify = byModes();
    scene.add(row);
    if (!scene.alongside().isEmpty())
        scene.add({.check = u"P1"_s,
                   .subject = scene.target(),
                   .path = u"spec.selector"_s,
                   .message = u"it selects other workloads, which become STRICT with this one: %1"_s.arg(
                       scene.alongside().join(u", "_s)),
                   .verify = byModes()});
}

bool selectsInScope(const PreflightScene &scene, const Labels &selector)
{
    const auto &pods = scene.snapshot().pods;
    return std::any_of(pods.begin(), pods.end(), [&](const Pod &pod) {
        return !pod.isGone() && scene.inScope(pod) && containsAll(pod.labels, selector);
    });
}

// Whether the switch of this scope meets the object at all: the mesh's own twins are nothing to a namespace, whose own object
// counts before them, and what selects other pods is nothing to a workload.
bool meets(const PreflightScene &scene, const ObjectRef &object)
{
    const Snapshot &snapshot = scene.snapshot();
    const StrictScope &scope = scene.input().scope;
    if (scope.nameSpace.isEmpty())
        return true;
    for (const PeerAuthentication &policy : snapshot.peerAuthentications) {
        if (refOf(policy) != object)
            continue;
        const bool isHome = policy.nameSpace == scope.nameSpace;
        return policy.selector.isEmpty() ? isHome && scope.workload.isEmpty()
                                         : (isHome || policy.nameSpace == snapshot.istioRootNamespace)
                && selectsInScope(scene, policy.selector);
    }
    for (const AuthenticationPolicy &policy : snapshot.authenticationPolicies) {
        if (refOf(policy) == object && policy.nameSpace == scope.nameSpace)
            return scope.workload.isEmpty()
                || std::any_of(policy.targets.begin(), policy.targets.end(), [&](const auto &target) {
                       const Service *service = snapshot.service(policy.nameSpace, target.service);
                       return service && selectsInScope(scene, service->selector);
                   });
    }
    return false;
}

// Findings that stand today are in the way of a switch too, under the preflight's own names.
void addFromFindings(PreflightScene &scene)
{
    const QHash<QString, QPair<QString, Level>> checks{{u"MT-010"_s, {u"P2"_s, Level::Blocker}},
                                                       {u"MT-011"_s, {u"P3"_s, Level::Blocker}},
                                                       {u"MT-012"_s, {u"P4"_s, Level::Likely}},
                                                       {u"MT-013"_s, {u"P8"_s, Level::Likely}}};
    for (const Finding &finding : policyFindings(scene.snapshot())) {
        const auto check = checks.constFind(finding.code);
        if (check == checks.constEnd() || !meets(scene, finding.subject))
            continue;
        const Level level = finding.severity == Severity::Info ? Level::Info : check->second;
        scene.add(rowOf(check->first, level, finding, byModes()));
    }
}

// One row for each object that keeps or made the mode, with how many ports it is about.
struct ByObject
{
    QMap<QString, QPair<ObjectRef, QSet<QString>>> rows; // text → object, workloads
    void add(const ObjectRef &object, const Pod &pod)
    {
        auto &row = rows[object.text()];
        row.first = object;
        row.second.insert(workloadKey(pod));
    }
};

QStringList sorted(const QSet<QString> &set)
{
    QStringList list(set.begin(), set.end());
    list.sort();
    return list;
}

QByteArray permissivePatch(const Snapshot &snapshot)
{
    return snapshot.isOldMesh() ? R"({"spec":{"peers":[{"mtls":{"mode":"PERMISSIVE"}}]}})"
                                : R"({"spec":{"mtls":{"mode":"PERMISSIVE"}}})";
}

QString modePath(const Snapshot &snapshot)
{
    return snapshot.isOldMesh() ? u"spec.peers"_s : u"spec.mtls.mode"_s;
}

// The object lets this very port stay PERMISSIVE, and is not about the workload as a whole.
bool isNamedException(const Snapshot &snapshot, const PreflightScene::PodPort &one)
{
    if (one.after.mode != MtlsMode::Permissive)
        return false;
    for (const PeerAuthentication &policy : snapshot.peerAuthentications) {
        if (refOf(policy) == one.after.decidedBy)
            return policy.portModes.value(one.port, MtlsMode::Unset) == MtlsMode::Permissive;
    }
    for (const AuthenticationPolicy &policy : snapshot.authenticationPolicies) {
        if (refOf(policy) == one.after.decidedBy)
            return !policy.targets.isEmpty()
                && std::none_of(policy.targets.begin(), policy.targets.end(),
                                [](const auto &target) { return target.ports.isEmpty(); });
    }
    return false;
}

// Ports that an earlier run has let stay PERMISSIVE, or somebody by the same means.
void addNamedException(PreflightScene &scene, const PreflightScene::PodPort &one, QSet<QString> &said)
{
    const QString port = u"%1 of %2"_s.arg(one.port).arg(workloadKey(*one.pod));
    if (said.contains(port))
        return;
    said.insert(port);
    const bool isOld = scene.snapshot().isOldMesh();
    scene.add(
        {.check = u"P5"_s,
         .level = Level::Likely,
         .subject = one.after.decidedBy,
         .path = isOld ? modePath(scene.snapshot()) : u"spec.portLevelMtls.%1.mode"_s.arg(one.port),
         .value = u"PERMISSIVE"_s,
         .message = u"port %1 stays PERMISSIVE: this object names it as an exception already"_s.arg(port),
         .remedy = u"keep it as an exception, or make it STRICT once nobody needs it any more"_s,
         .verify = byModes(),
         .exception = scene.exceptionFor(*one.pod, one.port)});
}

void addNarrower(PreflightScene &scene)
{
    ByObject kept;
    ByObject jumps;
    QSet<QString> named;
    for (const auto &one : scene.podPorts()) {
        const bool isKept = one.after.enforced && one.after.known && one.after.mode != MtlsMode::Strict
            && !one.after.decidedBy.kind.isEmpty();
        if (isKept && isNamedException(scene.snapshot(), one))
            addNamedException(scene, one, named);
        else if (isKept)
            kept.add(one.after.decidedBy, *one.pod);
        if (one.becomesStrict() && one.before.known && one.before.mode == MtlsMode::Disable)
            jumps.add(one.before.decidedBy, *one.pod);
    }
    for (const auto &[object, workloads] : kept.rows)
        scene.add({.check = u"P5"_s,
                   .level = scene.input().scope.nameSpace.isEmpty() ? Level::Likely : Level::Info,
                   .subject = object,
                   .path = modePath(scene.snapshot()),
                   .message = workloads.size() == 1
                       ? u"1 workload stays below STRICT by this narrower object"_s
                       : u"%1 workloads stay below STRICT by this narrower object"_s.arg(workloads.size()),
                   .evidence = sorted(workloads),
                   .remedy = u"make it STRICT too, or name it as an exception"_s,
                   .verify = byModes()});
    for (const auto &[object, workloads] : jumps.rows)
        scene.add(
            {.check = u"P7"_s,
             .level = Level::Blocker,
             .subject = object,
             .path = modePath(scene.snapshot()),
             .value = u"DISABLE"_s,
             .message =
                 u"%1 from DISABLE to STRICT in one step: clients and servers get it at different moments"_s
                     .arg(counted(workloads.size(), u"workload goes"_s, u"workloads go"_s)),
             .evidence = sorted(workloads),
             .remedy = u"make it PERMISSIVE first and wait until every proxy has it"_s,
             .patch = permissivePatch(scene.snapshot()),
             .verify = byModes()});
}

void addBelowDisable(PreflightScene &scene)
{
    if (scene.input().scope.workload.isEmpty())
        return;
    const EffectiveMode outer = namespaceMode(scene.snapshot(), scene.input().scope.nameSpace);
    if (outer.known && outer.mode == MtlsMode::Disable)
        scene.add(
            {.check = u"P6"_s,
             .level = Level::Blocker,
             .subject = outer.decidedBy,
             .path = modePath(scene.snapshot()),
             .value = u"DISABLE"_s,
             .message =
                 u"clients decide by the namespace's mode whether they use TLS; below DISABLE they send clear text to the STRICT workload"_s,
             .remedy = u"make the namespace PERMISSIVE first"_s,
             .patch = permissivePatch(scene.snapshot()),
             .verify = u"V3: no new 503 with UC or UF of its clients"_s});
}

// Some client in the mesh would call this port without the mesh's TLS.
bool hasPlainClient(const ClientRules &rules, const Service &service, const ServicePort &port)
{
    const QList<ClientRule> taken =
        rules.of(service.nameSpace, serviceHost(service.nameSpace, service.name), port);
    return std::any_of(taken.begin(), taken.end(),
                       [](const ClientRule &one) { return one.tls != ClientTls::IstioMutual; });
}

// Where clients do not find out by themselves (Istio up to 1.4, or enableAutoMtls off): the Services that become STRICT
// and that no DestinationRule asks mutual TLS for.
QStringList withoutClientRule(const PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    QStringList plain;
    if (snapshot.mesh.autoMtls && !snapshot.isOldMesh())
        return plain;
    const ClientRules rules(snapshot);
    for (const Service &service : snapshot.services) {
        for (const ServicePort &port : service.ports) {
            const QString name = service.nameSpace + u'/' + service.name;
            if (scene.strictPodOf(service, port) && !plain.contains(name)
                && hasPlainClient(rules, service, port))
                plain.append(name);
        }
    }
    plain.sort();
    return plain;
}

PreflightRow withoutAutoMtls(const Snapshot &snapshot, const QStringList &services)
{
    PreflightRow row;
    row.check = u"P9"_s;
    row.level = Level::Likely;
    if (snapshot.isOldMesh()) {
        row.message =
            u"Istio up to 1.4 has no automatic mutual TLS: clients of %1 Services send clear text, since no "
            "DestinationRule says ISTIO_MUTUAL for them"_s.arg(services.size());
        row.remedy = u"write the rules first, or one for *.local"_s;
    } else {
        const QString &source = snapshot.mesh.source;
        row.subject = {u"ConfigMap"_s, source.section(u' ', 1).section(u'/', 0, 0), source.section(u'/', 1)};
        row.path = u"data.mesh.enableAutoMtls"_s;
        row.value = u"false"_s;
        row.message =
            u"clients use mutual TLS only where a DestinationRule says ISTIO_MUTUAL, and none does for %1 "
            "Services"_s.arg(services.size());
        row.remedy = u"switch enableAutoMtls on, or write the rules first"_s;
    }
    row.evidence = services;
    row.verify = u"V3"_s;
    return row;
}

// Two that agree are one mesh; else policies of one root namespace are nothing to the other, or it trusts other identities.
void addControlPlanes(PreflightScene &scene, const QStringList &revisions)
{
    QStringList evidence;
    QSet<QString> roots, domains;
    for (const QString &revision : revisions) {
        const auto mesh = scene.snapshot().meshes.constFind(revision);
        if (mesh == scene.snapshot().meshes.constEnd()) {
            evidence.append(revision);
            continue;
        }
        roots.insert(mesh->rootNamespace);
        domains.insert(mesh->trustDomain);
        evidence.append(u"%1: root namespace %2, trust domain %3 (%4)"_s.arg(
            revision, mesh->rootNamespace, mesh->trustDomain, mesh->source));
    }
    const bool differs = roots.size() > 1 || domains.size() > 1;
    const QString what = roots.size() > 1
        ? u", and their root namespaces differ: a policy of one is nothing to the other"_s
        : differs ? u", and their trust domains differ: they may refuse each other's certificates"_s
                  : QString();
    scene.add({.check = u"P10"_s,
               .level = differs ? Level::Likely : Level::Info,
               .message = u"%1 control planes govern the scope%2"_s.arg(revisions.size()).arg(what),
               .evidence = evidence,
               .remedy = differs
                   ? u"switch the namespaces of each by themselves, or let the two agree first"_s
                   : u"run this preflight for each"_s,
               .verify = byModes()});
}

void addMesh(PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    const QStringList plain = withoutClientRule(scene);
    if (!plain.isEmpty() && !snapshot.knows(u"destinationrules"_s)
        && !snapshot.isAbsent(u"destinationrules"_s))
        scene.skip(u"P9"_s, scene.whyUnread(u"destinationrules"_s));
    else if (!plain.isEmpty())
        scene.add(withoutAutoMtls(snapshot, plain));
    QSet<QString> revisions;
    for (const auto &one : scene.podPorts()) {
        if (const QString revision = one.pod->labels.value(u"istio.io/rev"_s); !revision.isEmpty())
            revisions.insert(revision);
    }
    if (revisions.size() > 1)
        addControlPlanes(scene, sorted(revisions));
}

void addUnenforced(PreflightScene &scene)
{
    QMap<QString, QPair<const Pod *, QSet<int>>> bare;
    for (const auto &one : scene.podPorts()) {
        if (one.after.enforced || one.after.mode != MtlsMode::Strict)
            continue;
        bare[workloadKey(*one.pod)].first = one.pod;
        bare[workloadKey(*one.pod)].second.insert(one.port);
    }
    for (const auto &[pod, ports] : bare) {
        QStringList numbers;
        for (const int port : ports)
            numbers.append(QString::number(port));
        numbers.sort();
        const QString why = pod->hostNetwork ? u"hostNetwork pods are never injected"_s
            : pod->hasSidecar                ? u"the sidecar does not stand before these ports"_s
                                             : u"no sidecar"_s;
        scene.add({.check = u"P11"_s,
                   .level = Level::Info,
                   .subject = workloadRef(*pod),
                   .value = numbers.join(u", "_s),
                   .message = u"STRICT would be meant and not enforced: %1"_s.arg(why),
                   .remedy = u"inject it, or declare it as outside the mesh"_s,
                   .verify = byModes()});
    }
}

} // namespace

void checkPolicies(PreflightScene &scene)
{
    addSummary(scene);
    addFromFindings(scene);
    addNarrower(scene);
    addBelowDisable(scene);
    addMesh(scene);
    addUnenforced(scene);
}

} // namespace models
