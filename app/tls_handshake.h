// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One TLS handshake with the edge, as a client that asks for one name makes it.  Nothing is verified and
// nothing is sent after it: what counts is what was presented.  Blocks: for a worker thread.
#include "app/edge_access.h"

namespace app {

struct Handshake
{
    QDateTime at;                                  // UTC
    QString address, serverName, protocol, cipher; // "127.0.0.1:8443", "api.example.com", "TLSv1.3" …
    QList<kube::Certificate> chain;                // leaf first, as it was sent
    int elapsedMs = -1;
    bool hasConnected = false; // by TCP
    QString error;             // what, where, what to do; "" none
};

// ways: of edgeAccesses(…, tls); the first with an address is taken, the API server's proxy cannot show a
// handshake.
Handshake shakeHands(const QList<EdgeAccess> &ways, const QString &serverName, int timeoutMs);

} // namespace app
