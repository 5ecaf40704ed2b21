// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// PEM and DER certificates → plain values, by OpenSSL.  The one reader outside edge/tls.  Reads no keys but to compare.
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
    QString keyAlgorithm;          // "RSA 2048", "EC P-256", "Ed25519"
    QString signatureAlgorithm;
    bool isCa = false;
    bool operator==(const Certificate &) const = default;
};

Result<QList<Certificate>>
readPem(const QByteArray &pem); // every CERTIFICATE block in order; other blocks are skipped unread
Result<Certificate> readDer(const QByteArray &der);

// The CERTIFICATE blocks of a text, markers included, in order; whatever stands between or around them (keys!) is left out.
// A block that another block begins in is none.  Of one that the text ends in, after a whole one, its first marker stays: who reads
// a chain (OpenSSL, so Envoy) refuses all of such a file, and so does readPem().
QList<QByteArray> certificateBlocks(const QByteArray &pem);

// Do these PEM texts hold a certificate and its own private key?  (The one place here that looks at a key; it keeps nothing.)
bool isKeyOf(const QByteArray &certificatePem, const QByteArray &keyPem);

// Leaf first, as servers send it: each certificate must be signed by the next one.  The error names the first pair that is not.
Result<void> checkChainOrder(const QByteArray &chainPem);
// Does a path lead from the first certificate over the others to one of the roots, all of them in force at that time?
// Names and purposes are not looked at.
Result<void> verifyChain(const QByteArray &chainPem, const QByteArray &rootsPem, const QDateTime &at);
// The same by the authorities that OpenSSL finds on this machine.
Result<void> verifyChainBySystem(const QByteArray &chainPem, const QDateTime &at);
// Is the first certificate for this host name or address?  As RFC 6125 and curl judge it: wildcards, and the common name where
// there is no DNS name.
bool isForName(const QByteArray &pem, const QString &name);
// The same of a certificate that was read.  Wildcards only for a whole first label.
bool isForName(const Certificate &certificate, const QString &name);
QString namesOf(const Certificate &certificate); // "a.example, 127.0.0.1"; where it has none, its subject

} // namespace kube
