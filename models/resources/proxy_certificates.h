// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the proxy of one pod says that it has loaded: Envoy's admin answer GET /certs (API admin.v3.Certificates).
// It tells serial numbers, names and times, never the certificate itself, so the kube::Certificate in it has
// no subject, issuer or fingerprint.
#include "kube/certificate.h"
#include "models/resources/proxy_inbound.h"

namespace models {

struct LoadedCertificate
{
    QString path;                  // the file in the proxy's container, "<inline>" for what came by xDS
    bool isCa = false;             // a trusted root rather than one to show
    kube::Certificate certificate; // serial, names and times only
    bool operator==(const LoadedCertificate &) const = default;
};

struct ProxyCertificates
{
    QString nameSpace, pod;
    QDateTime seenAt; // UTC
    QString error;    // why nothing is known, one sentence; "" it was read
    QList<LoadedCertificate> certificates;
    std::optional<InboundModes> inbound = {}; // of a sidecar, asked at the same time
    QString inboundError = {};                // why that is not known; "" it was not asked, or is
    bool operator==(const ProxyCertificates &) const = default;
};

// In the answer's order, each group's roots after its chain.  Entries without a serial number are left out.
// Error: not JSON of that shape.
kube::Result<QList<LoadedCertificate>> readProxyCertificates(const QByteArray &json);

// Is this what istio-proxy wrote into the volume istio-certs?  By its file (facts integration-guide.md §2.8),
// or, where Envoy names no file, by an identity of the mesh.
bool isIstioCertificate(const LoadedCertificate &loaded);
// The Secret that Ambassador wrote into that file: ".../secrets-decoded/NAME/SHA.crt" → NAME, "" another file.
QString secretOfFile(const QString &path);

} // namespace models
