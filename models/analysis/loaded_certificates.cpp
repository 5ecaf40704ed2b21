// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/loaded_certificates.h"

#include "models/analysis/certificate_text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

CertificateRow meshRow(const ProxyCertificates &proxy, const LoadedCertificate &loaded,
                       const CertificateUsers &edgeFiles)
{
    CertificateRow row;
    row.key = u"loaded/%1/%2/istio-certs"_s.arg(proxy.nameSpace, proxy.pod);
    row.chain = {loaded.certificate};
    row.subject = u"istio-certs (edge)"_s;
    row.storedAt = {u"Pod"_s, proxy.nameSpace, proxy.pod};
    row.storedIn = u"files in pod "_s + proxy.pod;
    row.usedBy = edgeFiles.text();
    row.blastRadius = edgeFiles.blastRadius();
    row.hit = edgeFiles.hit();
    row.renewal = u"istio-proxy, automatic"_s;
    row.rotates = true;
    row.checks = u"loaded"_s;
    row.checksSeverity = Severity::Good;
    row.mesh = true;
    setTimes(row);
    return row;
}

// Entries of one Secret in the order of the proxy's answer: the leaf is the first of each file.
const LoadedCertificate *loadedFrom(const ProxyCertificates &proxy, const QString &secretName)
{
    const auto found =
        std::find_if(proxy.certificates.begin(), proxy.certificates.end(), [&](const auto &loaded) {
            return !loaded.isCa && secretOfFile(loaded.path).section(u'.', 0, 0) == secretName;
        });
    return found == proxy.certificates.end() ? nullptr : &*found;
}

bool holds(const ProxyCertificates &proxy, const QString &serial)
{
    return std::any_of(proxy.certificates.begin(), proxy.certificates.end(), [&](const auto &loaded) {
        return !loaded.isCa && loaded.certificate.serial == serial;
    });
}

void compareStored(CertificateRow &row, const ProxyCertificates &proxy)
{
    const bool isServed = row.dataKey == "tls.crt"_L1 && !row.usedBy.isEmpty() && !row.chain.isEmpty();
    if (!isServed || row.checksSeverity != Severity::Good)
        return;
    if (holds(proxy, row.chain.first().serial)) {
        if (!row.checks.contains("loaded = stored"_L1))
            row.checks += u"; loaded = stored"_s;
        return;
    }
    const LoadedCertificate *other = loadedFrom(proxy, row.storedAt.name);
    if (!other)
        return; // the edge has not loaded this one, which is the TLSContext's own trouble
    row.checks = u"pod %1 has loaded another one, serial %2, which ends %3"_s.arg(
        proxy.pod, other->certificate.serial, other->certificate.notAfter.toUTC().toString(Qt::ISODate));
    row.checksSeverity = Severity::Warning;
    row.faultCode = u"CERT-010"_s;
}

} // namespace

LoadedSummary addLoaded(QList<CertificateRow> &rows, const Snapshot &snapshot, const EdgeInstallation &edge,
                        const CertificateUsers &edgeFiles)
{
    LoadedSummary summary;
    QList<CertificateRow> mesh;
    for (const ProxyCertificates &proxy : snapshot.edgeProxies) {
        const bool isOurs = std::any_of(snapshot.pods.begin(), snapshot.pods.end(), [&](const Pod &pod) {
            return pod.nameSpace == proxy.nameSpace && pod.name == proxy.pod && isPodOf(pod, edge);
        });
        if (!isOurs)
            continue;
        if (!proxy.error.isEmpty()) {
            if (summary.error.isEmpty())
                summary.error = proxy.error;
            continue;
        }
        summary.wasAsked = true;
        for (CertificateRow &row : rows)
            compareStored(row, proxy);
        const auto own =
            std::find_if(proxy.certificates.begin(), proxy.certificates.end(), isIstioCertificate);
        if (own == proxy.certificates.end())
            continue;
        summary.hasIstioCertificate = true;
        mesh.append(meshRow(proxy, *own, edgeFiles));
    }
    rows += mesh;
    return summary;
}

} // namespace models
