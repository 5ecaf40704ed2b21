// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The third of what a certificate is compared as: stored (Secret), loaded (loaded_certificates.h), and here presented, in live
// handshakes with the edge (facts mesh-security.md §3.2).  Who ends TLS before the edge, or an edge that goes on with an old
// one, is seen nowhere else.  Pure.
#include "models/analysis/certificate_users.h"
#include "models/analysis/certificates.h"

namespace models {

// Which names clients ask for to be shown a Secret's certificate by the edge: those of the Hosts that name it and those of its
// filter chains, "*.example.com" by "www.example.com", "a.example:8443" by "a.example".  Hosts of any name add none.
class ServedNames
{
public:
    explicit ServedNames(const Snapshot &snapshot);
    QStringList of(const CertificateUsers &users) const; // each once

private:
    QHash<QString, QString> m_hostNames; // namespace/name of a Host → its hostname
};

// The server names that are worth a handshake with this edge, at most 20, each once and sorted: for each Secret of the rows that
// it presents the names above; where there are none, since any name is served, the first that stands in the certificate.
QStringList serverNamesToAsk(const QList<CertificateRow> &rows, const Snapshot &snapshot,
                             const EdgeView &view);

// The rows of the Secrets that the edge was to present learn whether it did (CERT-013 where not); what is presented and stored
// in none gets a row of its own.
void addPresented(QList<CertificateRow> &rows, const QList<PresentedCertificate> &presented,
                  const ServedNames &names, const QHash<QString, CertificateUsers> &users);

} // namespace models
