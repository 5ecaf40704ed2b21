// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_start_findings.h"

#include "models/analysis/shadow_gate.h"
#include "models/resources/counted.h"

#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

ObjectRef refOf(const EdgeInstallation &edge) { return {edge.kind, edge.nameSpace, edge.name}; }

constexpr qint64 TakingTime = 10; // seconds: the edge takes what is new over, and clocks differ

// The first of them that was there when the pod was seen; "" none went out with the certificate that the sidecar writes.
QString mappingByMeshCertificate(const EdgeView &view, const Snapshot &snapshot, const QDateTime &seenAt)
{
    const auto isNewer = [&](const QString &mapping) {
        return seenAt.isValid()
            && snapshot.mappingChanged.value(mapping) + TakingTime >= seenAt.toSecsSinceEpoch();
    };
    QString first;
    for (auto one = view.mappings.begin(); one != view.mappings.end(); ++one) {
        const bool byMesh =
            one.value()->originatesTls && one.value()->certificate.endsWith("/istio-certs"_L1);
        if (byMesh && (first.isEmpty() || one.key() < first) && !isNewer(one.key()))
            first = one.key();
    }
    return first;
}

const Pod *podOf(const Snapshot &snapshot, const ProxyCertificates &proxy, const EdgeInstallation &edge)
{
    const auto pod = std::find_if(snapshot.pods.begin(), snapshot.pods.end(), [&](const Pod &one) {
        return one.nameSpace == proxy.nameSpace && one.name == proxy.pod && isPodOf(one, edge);
    });
    return pod == snapshot.pods.end() ? nullptr : &*pod;
}

// F2: it was compiled before the sidecar had written the files, and nothing has told it since.
void addNotTaken(QList<Finding> &findings, const Snapshot &snapshot, const EdgeView &view)
{
    const EdgeInstallation &edge = view.installation;
    if (!edge.hasIstioCertificate)
        return;
    for (const ProxyCertificates &proxy : snapshot.edgeProxies) {
        const auto &all = proxy.certificates;
        const Pod *pod = proxy.error.isEmpty() ? podOf(snapshot, proxy, edge) : nullptr;
        if (!pod || !pod->ready || std::any_of(all.begin(), all.end(), [](const LoadedCertificate &one) {
                return !one.isCa && isIstioCertificate(one);
            }))
            continue;
        const QString mapping = mappingByMeshCertificate(view, snapshot, proxy.seenAt);
        if (mapping.isEmpty())
            continue;
        findings.append(
            {u"GD-009"_s,
             Severity::Error,
             {u"Pod"_s, proxy.nameSpace, proxy.pod},
             {},
             u"the pod is ready and has not loaded the mesh's certificate, which Mapping %1 goes out with: 503 where STRICT asks for it"_s
                 .arg(mapping),
             {u"its /certs, seen %1, have %2, none of them istio-certs"_s.arg(
                 proxy.seenAt.toUTC().toString(Qt::ISODate), counted(all.size(), u"certificate"_s))},
             u"restart the pod; holdApplicationUntilProxyStarts: true in proxy.istio.io/config (Istio 1.7 and later) lets the edge start after its sidecar"_s});
    }
}

// F21: until its first configuration the edge answers nothing, its diagnostics say no more than that.
void addUnconfigured(QList<Finding> &findings, const EdgeInstallation &edge)
{
    if (edge.pods == 0 || edge.readyPods > 0)
        return;
    findings.append(
        {u"GD-010"_s,
         Severity::Warning,
         refOf(edge),
         u"status.readyReplicas"_s,
         u"%1: until it has taken its first configuration the edge answers nothing, and its diagnostics cannot be read"_s
             .arg(edge.pods == 1 ? u"its one pod is not ready"_s
                                 : u"none of its %1 pods is ready"_s.arg(edge.pods)),
         {},
         u"wait half a minute; if it stays so, look at the events and the log of the pods"_s});
}

void addAsleep(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge)
{
    const Deployment *deployment = snapshot.deployment(edge.nameSpace, edge.name);
    if (edge.pods > 0 || !deployment || deployment->replicas > 0)
        return;
    findings.append({u"GD-010"_s,
                     Severity::Warning,
                     refOf(edge),
                     u"spec.replicas"_s,
                     u"it is scaled to 0: nothing of what it is configured with is served"_s,
                     {},
                     u"scale it up, or take the edge and its objects away"_s});
}

bool isBeforeOne(const QString &tag)
{
    static const QRegularExpression zero(u"^v?0\\.\\d"_s);
    return zero.match(tag).hasMatch();
}

QString beforeOne(const QString &who, const QString &tag)
{
    return u"%1 %2 is older than all that is known here: what is said of it is said as of the oldest line that is"_s
        .arg(who, tag);
}

// F32: threads about Ambassador and Istio from before 1.0, whose rules are nobody's any more.
void addBeforeOne(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge)
{
    if (isBeforeOne(edge.version))
        findings.append({u"GD-011"_s,
                         Severity::Warning,
                         refOf(edge),
                         u"spec.template.spec.containers[%1].image"_s.arg(edge.container),
                         beforeOne(u"the edge's version"_s, edge.version),
                         {},
                         u"upgrade to 1.11 at least"_s});
    for (const Deployment &deployment : snapshot.deployments) {
        for (const Deployment::Container &container : deployment.containers) {
            if (isControlPlane(container) && isBeforeOne(imageTag(container.image)))
                findings.append({u"GD-011"_s,
                                 Severity::Warning,
                                 {u"Deployment"_s, deployment.nameSpace, deployment.name},
                                 u"spec.template.spec.containers[%1].image"_s.arg(container.name),
                                 beforeOne(u"Istio's version"_s, imageTag(container.image)),
                                 {},
                                 u"upgrade Istio"_s});
        }
    }
}

} // namespace

QList<Finding> edgeStartFindings(const Snapshot &snapshot, const EdgeView &view)
{
    QList<Finding> findings;
    if (!view.installation.name.isEmpty()) {
        addNotTaken(findings, snapshot, view);
        addUnconfigured(findings, view.installation);
        addAsleep(findings, snapshot, view.installation);
        addBeforeOne(findings, snapshot, view.installation);
    }
    return findings;
}

} // namespace models
