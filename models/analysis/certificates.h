// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Inventory of certificates with countdowns: which end, who uses them, who renews them.  Pure: time comes in.
#include "models/analysis/edge_view.h"

namespace models {

struct PresentedCertificate // of a handshake with the edge, as a client makes it
{
    QString edge;       // EdgeInstallation::key()
    QString serverName; // that was asked for
    QString where;      // the address, "203.0.113.7:443", or how else the edge was reached
    QList<kube::Certificate> chain;
    QDateTime seenAt; // UTC
    QString error;    // why none was seen, one sentence; then there is no chain
    bool operator==(const PresentedCertificate &) const = default;
};

struct CertificateFault // one of what is wrong with what is stored, whenever it ends
{
    QString code, text;
    Severity severity = Severity::Error;
    bool operator==(const CertificateFault &) const = default;
};

struct CertificateRow
{
    QString key;
    QString subject;  // CN, first SAN (+n), or SPIFFE id shortened
    QString storedIn; // "ambassador/tls-cert, tls.crt", "files in the edge pod"
    QString usedBy, renewal, checks;
    Severity checksSeverity = Severity::Unknown;
    QDateTime notBefore, notAfter; // the chain's: latest start, earliest end
    QString endsFirst;             // which certificate of the chain ends first, if not the leaf
    QList<kube::Certificate> chain;
    QStringList blastRadius;        // "Mapping default/quote-backend answers 503"
    QList<ObjectRef> hit;           // Hosts and Mappings that stop working with it
    bool mesh = false;              // mesh rather than edge
    bool rotates = false;           // who renews it does so at half of its life, however long that is
    bool byHand = false;            // stored, and nobody is known to put the next one there
    ObjectRef storedAt;             // kind "": in no object of the API; a Pod: in its files only
    QString dataKey;                // tls.crt …
    QDateTime renewalDue;           // when cert-manager is to renew it; invalid: not known
    bool isIssuing = false;         // and it is at it
    QString renewalProblem;         // why its Certificate is not ready, "" it is
    QString faultCode;              // CERT-… of the first of what checks say, "" nothing is wrong
    QList<CertificateFault> faults; // of a stored one each: neither hides another, nor when it ends
    QString presented; // what clients are shown: "the stored one, by …"; "": no handshake has told
    bool operator==(const CertificateRow &) const = default;
};
// What the edge's pods have loaded is taken from the snapshot (edgeProxies); presented: live handshakes
// (those with other edges are left out; presented_certificates.h).
QList<CertificateRow> certificateRows(const Snapshot &snapshot, const EdgeView &view,
                                      const QList<PresentedCertificate> &presented);

// Rules of facts mesh-security.md §3.4: long-lived by days (60 / 30 / 7), those living under 7 days by fraction of
// life.
Severity countdownSeverity(const QDateTime &notBefore, const QDateTime &notAfter, const QDateTime &now);
// The same by who renews it: what is stored and nobody is known to renew counts days however short it lives, under seven of them a
// warning from its first day on, an error in its last day or last quarter; what cert-manager is to renew is late when that is.
Severity countdownSeverity(const CertificateRow &row, const QDateTime &now);
// When it begins or ends, or its severity or the threshold that it has passed is another one next; invalid: never again.
QDateTime nextSeverityChange(const QDateTime &notBefore, const QDateTime &notAfter, const QDateTime &now);
QDateTime nextSeverityChange(const CertificateRow &row, const QDateTime &now);
// The narrowest of the thresholds 60, 30, 14, 7 and 1 days that a long-lived certificate has passed, 0 none.
int daysThreshold(const QDateTime &notBefore, const QDateTime &notAfter, const QDateTime &now);
int daysThreshold(const CertificateRow &row, const QDateTime &now); // of what is renewed by itself 0
// A certificate that rotates, and whose next one is not late yet: that it ends soon is how it lives.
bool renewsInTime(const CertificateRow &row, const QDateTime &now);
// When the next one is to take its place; invalid: nobody renews it, or it should have come already.
QDateTime nextRotation(const CertificateRow &row, const QDateTime &now);
QString countdownText(const QDateTime &notAfter,
                      const QDateTime &now); // "9 y", "21 d", "17 h 42 min", "4:05", "expired 2 d"
QDateTime nextCountdownChange(const QDateTime &notAfter, const QDateTime &now); // when the text changes next
double lifeUsed(const QDateTime &notBefore, const QDateTime &notAfter,
                const QDateTime &now); // 0 … 1 and beyond

} // namespace models
