// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What libcurl says about a failed transfer → an Error with a sentence that helps: which server, what, what to do.
// For transport.cpp; pure, so that the table of messages is a test.
#include "kube/kubeconfig.h"
#include "kube/result.h"

#include <QDateTime>

namespace kube {

struct TransferFailure
{
    int curlCode = 0;         // CURLcode
    int systemError = 0;      // errno of the connect
    long verifyResult = 0;    // X509_V_ERR_…
    QByteArray text;          // curl's own words: no headers, no bodies
    bool isConnected = false; // the way to the server stood, through the proxy and TLS too
    bool isReached = false;   // a connection stood, through the proxy too, but TLS perhaps not
    bool hasBegunTls = false; // TCP stood: with the server, or with a proxy that wants TLS
    bool hasBegun = false;    // the head of its answer has come
    int proxyAnswer = 0;      // HTTP status of the proxy's answer to CONNECT; 0: none
    int timeoutMs = 0;        // of the whole
    int connectMs = 0;        // of the connecting
    QString what;             // "GET /api/v1/pods"
    QByteArray certificate;   // PEM, that the server has shown; "" where it is not known
};

// Error::reason of a connection that broke after it stood: a read may simply be repeated.
inline constexpr QLatin1String connectionLost("ConnectionLost");
// Of one that a proxy did not let through, or did not answer: the server has not been reached.
inline constexpr QLatin1String proxyRefused("ProxyRefused");
// Of a request that was given up while the server cannot have carried it out: it was never sent, or was answered nothing but 429.
inline constexpr QLatin1String notCarriedOut("NotCarriedOut");

// Of a write that failed so: it may have been carried out, or may not.
bool isOutcomeOpen(const Error &error);

Error errorFromFailure(const TransferFailure &failed, const Connection &connection, const QDateTime &now);
// Of a server without TLS, in whose place a proxy has answered with this HTTP status; reason: proxyRefused.
Error errorFromProxy(int status, const QString &what, const Connection &connection);

// Where the connection's proxy was named: "HTTPS_PROXY of the environment" or "the proxy-url of cluster “c” in FILE".
QString proxyEntry(const Connection &connection);

// "" or "; the client certificate of user “u” ended on 2026-11-24 10:00 UTC": the usual reason for a refusal.
QString clientCertificateNote(const Connection &connection, const QDateTime &now);

} // namespace kube
