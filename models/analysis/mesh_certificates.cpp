// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/mesh_certificates.h"

#include "models/analysis/certificate_text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct Identity // of a sidecar's own certificate
{
    QString uri;
    const LoadedCertificate *leaf = nullptr;
    const ProxyCertificates *proxy = nullptr;
};

bool isMeshPod(const Snapshot &snapshot, const Pod &pod)
{
    return pod.hasSidecar && pod.phase == "Running"_L1
        && std::none_of(snapshot.edges.begin(), snapshot.edges.end(),
                        [&](const EdgeInstallation &edge) { return isPodOf(pod, edge); });
}

// spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT
bool hasIdentity(const Pod &pod, const QString &uri)
{
    const QString account = pod.serviceAccount.isEmpty() ? u"default"_s : pod.serviceAccount;
    return uri.endsWith(u"/ns/%1/sa/%2"_s.arg(pod.nameSpace, account));
}

const LoadedCertificate *leafOf(const ProxyCertificates &proxy)
{
    const auto found = std::find_if(proxy.certificates.begin(), proxy.certificates.end(), isIstioCertificate);
    return found == proxy.certificates.end() || found->certificate.uriNames.isEmpty() ? nullptr : &*found;
}

QString countText(qsizetype count, const QString &one)
{
    return count == 1 ? u"1 "_s + one : u"%1 %2s"_s.arg(QString::number(count), one);
}

CertificateRow rowOf(const Identity &identity, const Snapshot &snapshot)
{
    QStringList workloads;
    qsizetype pods = 0;
    for (const Pod &pod : snapshot.pods) {
        if (!isMeshPod(snapshot, pod) || !hasIdentity(pod, identity.uri))
            continue;
        ++pods;
        const QString workload = pod.nameSpace + u'/' + pod.workload();
        if (!workloads.contains(workload))
            workloads.append(workload);
    }
    workloads.sort();
    CertificateRow row;
    row.key = u"mesh/"_s + identity.uri;
    row.chain = {identity.leaf->certificate};
    row.subject = subjectOf(identity.leaf->certificate);
    row.storedIn = u"in memory, %1"_s.arg(countText(pods, u"pod"_s));
    row.storedAt = {u"Pod"_s, identity.proxy->nameSpace, identity.proxy->pod};
    row.usedBy = workloads.size() <= 2 ? workloads.join(u", "_s) : countText(workloads.size(), u"workload"_s);
    for (const QString &workload : workloads)
        row.blastRadius.append(u"mutual TLS from and to %1 fails"_s.arg(workload));
    row.renewal = u"istio-proxy, automatic"_s;
    row.rotates = true;
    row.checks = u"loaded"_s;
    row.checksSeverity = Severity::Good;
    row.mesh = true;
    setTimes(row);
    return row;
}

CertificateRow unreadRow(qsizetype count, const QString &why)
{
    CertificateRow row;
    row.key = u"mesh/not-read"_s;
    row.subject = u"sidecars of %1"_s.arg(countText(count, u"workload"_s));
    row.storedIn = u"in memory"_s;
    row.renewal = u"istio-proxy, automatic"_s;
    row.checks = u"not looked at: "_s + why;
    row.mesh = true;
    return row;
}

} // namespace

QList<Pod> meshPodsToAsk(const Snapshot &snapshot)
{
    QMap<std::pair<QString, QString>, const Pod *> chosen;
    for (const Pod &pod : snapshot.pods) {
        if (!isMeshPod(snapshot, pod))
            continue;
        const Pod *&own = chosen[{pod.nameSpace, pod.workload()}];
        const auto rank = [](const Pod &one) { return std::pair(!one.ready, one.name); };
        if (!own || rank(pod) < rank(*own))
            own = &pod;
    }
    QList<Pod> pods;
    for (const Pod *pod : chosen)
        pods.append(*pod);
    return pods;
}

void addMeshCertificates(QList<CertificateRow> &rows, const Snapshot &snapshot)
{
    QMap<QString, Identity> identities;
    qsizetype unread = 0;
    QString why;
    for (const ProxyCertificates &proxy : snapshot.meshProxies) {
        const LoadedCertificate *leaf = leafOf(proxy);
        if (!leaf) {
            ++unread;
            if (why.isEmpty())
                why = proxy.error.isEmpty()
                    ? u"pod %1/%2 names no certificate of the mesh"_s.arg(proxy.nameSpace, proxy.pod)
                    : proxy.error;
            continue;
        }
        const QString uri = leaf->certificate.uriNames.constFirst();
        Identity &known = identities[uri];
        if (!known.leaf || leaf->certificate.notAfter < known.leaf->certificate.notAfter)
            known = {uri, leaf, &proxy};
    }
    for (const Identity &identity : std::as_const(identities))
        rows.append(rowOf(identity, snapshot));
    if (unread > 0)
        rows.append(unreadRow(unread, why));
}

} // namespace models
