// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// PEM and DER certificates → plain values, by OpenSSL.  The one reader outside edge/tls.  Never reads keys.
#include "kube/result.h"

#include <QDateTime>
#include <QStringList>

namespace kube {

struct Certificate
{
    QString subject, issuer; // one line, "CN=…, O=…"; subject is "" for Istio's workload certificates
    QString serial;          // lower-case hex
    QString fingerprint;     // SHA-256, lower-case hex
    QStringList dnsNames, uriNames, ipAddresses;
    QDateTime notBefore, notAfter; // UTC
    QString keyAlgorithm;    // "RSA 2048", "EC P-256", "Ed25519"
    QString signatureAlgorithm;
    bool isCa = false;
    bool operator==(const Certificate &) const = default;
};

Result<QList<Certificate>> readPem(const QByteArray &pem); // every CERTIFICATE block in order; other blocks are skipped unread
Result<Certificate> readDer(const QByteArray &der);

} // namespace kube
