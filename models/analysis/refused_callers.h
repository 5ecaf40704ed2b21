// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who was refused by STRICT, by what the sidecars of the servers have logged: a connection in clear text finds no filter
// chain, and telemetry counts nothing of it (facts mesh-security.md §2.5 V9).
#include "models/resources/finding.h"
#include "models/resources/snapshot.h"

namespace models {

// How far back logs are read: a Job that is tried again every minute is seen, however slow its start.
constexpr int RefusalsAreReadSeconds = 120;

struct RefusedConnection
{
    QString nameSpace, pod; // of the server
    QString peer;           // address without the port
    bool isOver = false;    // its server has let the caller in since
    QString at = {};        // as it is logged; "" it is not
    bool operator==(const RefusedConnection &) const = default;
};
// What a line of a sidecar's access log tells of one, in Istio's own format as text or as JSON (meshConfig.accessLogEncoding).
struct Refusal
{
    QString at;   // as it is logged: RFC 3339
    QString peer; // address without the port; "" it is not logged
    int port = 0; // of the server's container; 0: it is not logged
};
std::optional<Refusal> refusalOf(const QByteArray &line); // absent: it tells of something else

// The same of one that was let in.
std::optional<Refusal> admissionOf(const QByteArray &line);
// Of one server's log.  Over is what a caller was let in after, at the same port, for longer than it was ever silent between two
// refusals, and for three seconds at least: whose way was put right is not refused any more.
QList<RefusedConnection> refusedBy(const QString &nameSpace, const QString &pod,
                                   const QList<Refusal> &refusals, const QList<Refusal> &admissions);

// A handshake that a certificate has ended, as a sidecar's own log or its access log tells it (V10).
struct HandshakeFault
{
    QString at;   // as it is logged; "" it is not
    QString code; // "CERTIFICATE_EXPIRED"
};
std::optional<HandshakeFault> handshakeFaultOf(const QByteArray &line);

// MT-024, one for each server's workload.  Address → pod → owner.  A caller whose clear text another finding explains (MT-001,
// MT-014, MT-016) is Info here, and so is one that was let in since.  Where no pod has the address (a node's, or one that a node
// translated), pods without a sidecar that have failed, as those of Jobs, are who it may have been: without any it is Info, and
// nothing where a DestinationRule or a headless Service makes clients in the mesh speak clear text to it.  The refusals are of before, the
// objects of now: of a caller that has all it needs by now it says that its cause may be mended, and until when it is found.
QList<Finding> refusedFindings(const Snapshot &snapshot, const QList<RefusedConnection> &refused);

} // namespace models
