// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/failure_findings.h"

#include "models/analysis/edge_identity.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// As Istio compares: *, PREFIX*, *SUFFIX or the whole; an identity that is none matches nothing.
bool matches(const QString &pattern, const QString &identity)
{
    if (identity.isEmpty())
        return false;
    if (pattern == "*"_L1)
        return true;
    if (pattern.endsWith(u'*'))
        return identity.startsWith(QStringView(pattern).chopped(1));
    return pattern.startsWith(u'*') ? identity.endsWith(QStringView(pattern).mid(1)) : pattern == identity;
}

// Names of one trust domain count for its aliases and for cluster.local, too.
QStringList namesOf(const Snapshot &snapshot, const QString &identity)
{
    QStringList names{identity};
    const QString own = identity.section(u'/', 0, 0);
    QStringList domains = snapshot.mesh.trustDomainAliases;
    domains.append({snapshot.mesh.trustDomain, u"cluster.local"_s});
    for (const QString &domain : domains.contains(own) ? domains : QStringList())
        names.append(domain + identity.mid(own.size()));
    return names;
}

bool mayMatch(const AuthorizationPolicy::Source &source, const QStringList &names)
{
    const auto anyName = [&](const QString &pattern) {
        return std::any_of(names.begin(), names.end(),
                           [&](const QString &name) { return matches(pattern, name); });
    };
    const auto isThere = [&](const QString &pattern) {
        return matches(pattern, names.constFirst().section(u'/', 2, 2));
    };
    return (source.principals.isEmpty()
            || std::any_of(source.principals.begin(), source.principals.end(), anyName))
        && (source.namespaces.isEmpty()
            || std::any_of(source.namespaces.begin(), source.namespaces.end(), isThere));
}

bool mayLetIn(const AuthorizationPolicy &policy, const QStringList &names)
{
    return std::any_of(policy.rules.begin(), policy.rules.end(), [&](const AuthorizationPolicy::Rule &rule) {
        return rule.from.isEmpty()
            || std::any_of(
                   rule.from.begin(), rule.from.end(),
                   [&](const AuthorizationPolicy::Source &source) { return mayMatch(source, names); });
    });
}

// Every request of this caller, whatever it asks for.
bool surelyMatches(const AuthorizationPolicy::Source &source, const QStringList &names)
{
    const auto isOne = [&](const QString &pattern) {
        return std::any_of(names.begin(), names.end(),
                           [&](const QString &name) { return matches(pattern, name); });
    };
    const auto isThere = [&](const QString &pattern) {
        return matches(pattern, names.constFirst().section(u'/', 2, 2));
    };
    return !source.hasOther && mayMatch(source, names)
        && std::none_of(source.notPrincipals.begin(), source.notPrincipals.end(), isOne)
        && std::none_of(source.notNamespaces.begin(), source.notNamespaces.end(), isThere);
}

bool surelyRefuses(const AuthorizationPolicy &policy, const QStringList &names)
{
    return std::any_of(policy.rules.begin(), policy.rules.end(), [&](const AuthorizationPolicy::Rule &rule) {
        return !rule.isOfSomeOnly
            && (rule.from.isEmpty()
                || std::any_of(
                    rule.from.begin(), rule.from.end(),
                    [&](const AuthorizationPolicy::Source &source) { return surelyMatches(source, names); }));
    });
}

bool binds(const AuthorizationPolicy &policy, const Pod &pod, const Snapshot &snapshot)
{
    return !policy.dryRun && !policy.hasTargets
        && (policy.nameSpace == pod.nameSpace || policy.nameSpace == snapshot.istioRootNamespace)
        && containsAll(pod.labels, policy.selector);
}

// F10: what refuses the edge at this pod, as a sentence's beginning; "" nothing is known to.
QString refusingPolicy(const Snapshot &snapshot, const Pod &pod, const QStringList &names)
{
    QString first;
    bool isLetIn = false;
    for (const AuthorizationPolicy &policy : snapshot.authorizationPolicies) {
        if (!binds(policy, pod, snapshot))
            continue;
        const QString name = u"AuthorizationPolicy %1/%2"_s.arg(policy.nameSpace, policy.name);
        if (policy.action == "DENY"_L1 && surelyRefuses(policy, names))
            return name + u" denies"_s; // before any that lets it in
        if (policy.action != "ALLOW"_L1)
            continue;
        isLetIn = isLetIn || mayLetIn(policy, names);
        if (first.isEmpty())
            first = name + u" lets in only others, and not"_s;
    }
    return isLetIn ? QString() : first;
}

void addRefusals(QList<Finding> &findings, const Snapshot &snapshot, const EdgeView &view)
{
    const auto &policies = snapshot.authorizationPolicies;
    if (std::none_of(policies.begin(), policies.end(), [](const AuthorizationPolicy &policy) {
            return (policy.action == "ALLOW"_L1 || policy.action == "DENY"_L1) && !policy.dryRun;
        }))
        return;
    EffectiveModes modes(snapshot);
    for (auto one = view.mappings.begin(); one != view.mappings.end(); ++one) {
        const MappingVerdict &verdict = *one.value();
        const auto identity = edgeIdentity(snapshot, view, verdict);
        if (!identity || verdict.upstreamHost.isEmpty())
            continue;
        const UpstreamTarget target = resolveUpstream(snapshot, verdict.upstreamHost, verdict.upstreamPort,
                                                      view.installation.ambassadorNamespace, modes);
        const QStringList names = namesOf(snapshot, *identity);
        for (const UpstreamTarget::PodPort &port : target.pods) {
            const QString policy =
                port.mode.enforced ? refusingPolicy(snapshot, *port.pod, names) : QString();
            if (policy.isEmpty())
                continue;
            findings.append(
                {u"MT-026"_s,
                 Severity::Error,
                 {u"Mapping"_s, one.key().section(u'/', 0, 0), one.key().section(u'/', 1)},
                 verdict.tlsContext.isEmpty() ? u"spec.service"_s : u"spec.tls"_s,
                 u"%1 the edge, which comes to %2 %3: 403, RBAC: access denied"_s.arg(
                     policy, port.pod->workload(),
                     identity->isEmpty() ? u"without an identity"_s : u"as "_s + *identity),
                 {u"pod %1/%2"_s.arg(port.pod->nameSpace, port.pod->name)},
                 u"let the edge's account in, or let it come with the certificate of one that is"_s});
            break;
        }
    }
}

bool isMounted(const Deployment::Container &container, const QString &file)
{
    return std::any_of(container.mounts.begin(), container.mounts.end(), [&](QString folder) {
        while (folder.size() > 1 && folder.endsWith(u'/'))
            folder.chop(1);
        return file == folder || file.startsWith(folder + u'/');
    });
}

// F12: what a TLSContext reads from the edge's own disk, where nothing is mounted.
void addUnmountedFiles(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge)
{
    const Deployment *deployment = snapshot.deployment(edge.nameSpace, edge.name);
    const Deployment::Container *container = deployment ? deployment->container(edge.container) : nullptr;
    if (!container)
        return;
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() != "TLSContext" || !whyNotForEdge(object, edge).isEmpty())
            continue;
        for (const char *field : {"cert_chain_file", "private_key_file", "cacert_chain_file"}) {
            const QString file = text(object.at({"spec", field}));
            if (file.isEmpty() || isMounted(*container, file))
                continue;
            findings.append(
                {u"TLS-010"_s,
                 Severity::Error,
                 {u"TLSContext"_s, text(object.at({"metadata", "namespace"})),
                  text(object.at({"metadata", "name"}))},
                 u"spec."_s + QLatin1String(field),
                 u"container %1 of %2 mounts no volume that %3 could be in: it finds no such file"_s.arg(
                     edge.container, edge.key(), file),
                 {},
                 u"mount the volume that holds it, or name a Secret by spec.secret"_s});
            break;
        }
    }
}

// F25: a proxy among the containers goes on when the job is done, so its pod never completes.
void addEndlessJobs(QList<Finding> &findings, const Snapshot &snapshot)
{
    QSet<QString> said;
    for (const Pod &pod : snapshot.pods) {
        const bool isJobs =
            pod.labels.contains(u"job-name"_s) || pod.labels.contains(u"batch.kubernetes.io/job-name"_s);
        if (!isJobs || pod.isGone() || pod.isGateway() || !pod.containers.contains(u"istio-proxy"_s)
            || said.contains(pod.nameSpace + u'/' + pod.workload()))
            continue;
        said.insert(pod.nameSpace + u'/' + pod.workload());
        findings.append(
            {u"MT-027"_s,
             Severity::Info,
             {u"Job"_s, pod.nameSpace, pod.controller.isEmpty() ? pod.workload() : pod.controller},
             u"spec.template"_s,
             u"its sidecar is one of the containers and ends only when it is told to: the job may never complete"_s,
             {u"pod %1/%2"_s.arg(pod.nameSpace, pod.name)},
             u"use native sidecars (Istio 1.27 does by itself), or call /quitquitquit of istio-proxy at the end"_s});
    }
}

// F29: Edge Stack's own Redis is called in clear text.
void addRefusingRedis(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge)
{
    const Deployment *deployment = snapshot.deployment(edge.nameSpace, edge.name);
    const Deployment::Container *container = deployment ? deployment->container(edge.container) : nullptr;
    const QString url = container ? container->environment.value(u"REDIS_URL"_s) : QString();
    const auto ownPod = std::find_if(snapshot.pods.begin(), snapshot.pods.end(),
                                     [&](const Pod &pod) { return isPodOf(pod, edge); });
    if (url.isEmpty() || ownPod == snapshot.pods.end() || ownPod->capturesOutbound())
        return;
    const int port = url.section(u':', 1).toInt();
    const UpstreamTarget target =
        resolveUpstream(snapshot, url.section(u':', 0, 0), port > 0 ? port : 6379, edge.nameSpace);
    for (const UpstreamTarget::PodPort &one : target.pods) {
        if (!one.mode.known || !one.mode.enforced || one.mode.mode != MtlsMode::Strict)
            continue;
        findings.append(
            {u"MT-028"_s,
             Severity::Error,
             target.serviceRef,
             u"spec.ports"_s,
             u"%1 calls it in clear text (REDIS_URL), and port %2 of its pods is STRICT by %3: refused"_s.arg(
                 edge.key(), QString::number(one.port), one.mode.reason),
             {u"pod %1/%2"_s.arg(one.pod->nameSpace, one.pod->name)},
             u"exclude Redis from injection, or let its port stay PERMISSIVE"_s});
        return;
    }
}

} // namespace

QList<Finding> failureFindings(const Snapshot &snapshot, const EdgeView &view)
{
    QList<Finding> findings;
    addRefusals(findings, snapshot, view);
    addEndlessJobs(findings, snapshot);
    if (!view.installation.name.isEmpty()) {
        addUnmountedFiles(findings, snapshot, view.installation);
        addRefusingRedis(findings, snapshot, view.installation);
    }
    return findings;
}

} // namespace models
