// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/old_mesh_findings.h"

#include "models/analysis/upstream_target.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// The ports of a Service that a target means, by number; one that the Service does not have, or whose Service is not
// there, as it is written.
QSet<QString> portsMeant(const Snapshot &snapshot, const QString &nameSpace,
                         const AuthenticationPolicy::Target &target)
{
    const Service *service = snapshot.service(nameSpace, target.service);
    QSet<QString> meant;
    for (const QString &written : target.ports) {
        QString port = written;
        for (const ServicePort &one : service ? service->ports : QList<ServicePort>()) {
            if (!one.name.isEmpty() && one.name == written)
                port = QString::number(one.port);
        }
        meant.insert(port);
    }
    return meant;
}

// But for whom it is about.
bool saysTheSame(const AuthenticationPolicy &a, const AuthenticationPolicy &b)
{
    return a.mode == b.mode && a.spec["origins"] == b.spec["origins"];
}

// Istio up to 1.4: of two Policies for one Service, or for one port of it, the older counts as a whole; one for a port
// beside one for the Service is no conflict (facts mesh-security.md §1.10).
void addTargetsNamedTwice(QList<Finding> &findings, const Snapshot &snapshot)
{
    struct Named
    {
        const AuthenticationPolicy *policy;
        QSet<QString> ports;
    };
    QHash<QString, QList<Named>> byService; // oldest first
    for (const AuthenticationPolicy &policy : snapshot.authenticationPolicies) {
        for (qsizetype i = 0; i < policy.targets.size() && !policy.nameSpace.isEmpty(); ++i) {
            const AuthenticationPolicy::Target &target = policy.targets[i];
            const Named own{&policy, portsMeant(snapshot, policy.nameSpace, target)};
            QList<Named> &all = byService[policy.nameSpace + u'/' + target.service];
            const auto older = std::find_if(all.begin(), all.end(), [&own](const Named &one) {
                return one.policy != own.policy
                    && (own.ports.isEmpty() ? one.ports.isEmpty() : one.ports.intersects(own.ports));
            });
            if (older != all.end())
                findings.append(
                    {u"MT-013"_s,
                     saysTheSame(*older->policy, policy) ? Severity::Info : Severity::Warning,
                     refOf(policy),
                     u"spec.targets[%1]"_s.arg(i),
                     own.ports.isEmpty()
                         ? u"names Service %1 as the older %2 does; for it only the older one counts, as a whole"_s
                               .arg(target.service, refOf(*older->policy).text())
                         : u"names ports of Service %1 that the older %2 names too; for them only the older one counts, as a whole"_s
                               .arg(target.service, refOf(*older->policy).text()),
                     {},
                     u"put both into one object"_s});
            all.append(own);
        }
    }
}

Finding withoutEffect(const AuthenticationPolicy &policy, const QString &path, const QString &why,
                      const QString &remedy)
{
    return {u"MT-031"_s, Severity::Warning, refOf(policy), path, why, {}, remedy};
}

bool hasPort(const Service &service, const QString &written)
{
    return std::any_of(service.ports.begin(), service.ports.end(), [&written](const ServicePort &port) {
        return port.name == written || QString::number(port.port) == written;
    });
}

void addTarget(QList<Finding> &findings, const Snapshot &snapshot, const AuthenticationPolicy &policy,
               qsizetype at)
{
    const AuthenticationPolicy::Target &target = policy.targets[at];
    const QString path = u"spec.targets[%1]"_s.arg(at);
    const Service *service = snapshot.service(policy.nameSpace, target.service);
    if (!service) {
        const auto kind = resolveUpstream(snapshot, target.service + u'.' + policy.nameSpace, 80, {}).kind;
        if (kind == UpstreamTarget::Kind::Missing)
            findings.append(withoutEffect(policy, path + u".name"_s,
                                          u"there is no Service %1/%2, so it decides nothing there"_s.arg(
                                              policy.nameSpace, target.service),
                                          u"correct the name, or take the target out"_s));
        return;
    }
    for (const QString &port : target.ports) {
        if (!hasPort(*service, port))
            findings.append(withoutEffect(policy, path + u".ports"_s,
                                          u"Service %1/%2 has no port %3, so it decides nothing there"_s.arg(
                                              policy.nameSpace, target.service, port),
                                          u"write a port of the Service, by its number or name"_s));
    }
}

// Of a whole namespace or mesh the name counts; else the Services that are named.
void addWithoutEffect(QList<Finding> &findings, const Snapshot &snapshot)
{
    for (const AuthenticationPolicy &policy : snapshot.authenticationPolicies) {
        const bool isOfMesh = policy.nameSpace.isEmpty();
        if ((isOfMesh || policy.targets.isEmpty()) && policy.name != "default"_L1)
            findings.append(withoutEffect(
                policy, u"metadata.name"_s,
                isOfMesh
                    ? u"a MeshPolicy counts under the name default alone: this one has no effect"_s
                    : u"a Policy without targets counts under the name default alone: this one has no effect"_s,
                isOfMesh ? u"name it default"_s : u"name it default, or give it targets"_s));
        for (qsizetype i = 0; i < policy.targets.size() && !isOfMesh; ++i)
            addTarget(findings, snapshot, policy, i);
    }
}

} // namespace

QList<Finding> oldMeshFindings(const Snapshot &snapshot)
{
    QList<Finding> findings;
    addTargetsNamedTwice(findings, snapshot);
    addWithoutEffect(findings, snapshot);
    return findings;
}

} // namespace models
