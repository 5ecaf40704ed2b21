// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the edge's pods have loaded (Snapshot::edgeProxies), beside what is stored: facts mesh-security.md §3.2.
// A proxy goes on with what it loaded until it is told of the new one, so the two may differ.
#include "models/analysis/certificate_users.h"
#include "models/analysis/certificates.h"

namespace models {

struct LoadedSummary
{
    bool hasIstioCertificate = false; // a row for it was added
    bool wasAsked = false;            // at least one pod told what it has loaded
    QString error;                    // of the first pod that could not be asked, "" none
};

// A row for the mesh certificate of each pod; the rows of stored certificates that this edge uses learn
// whether they are the loaded ones (matched by serial number; Envoy tells no fingerprint).
LoadedSummary addLoaded(QList<CertificateRow> &rows, const Snapshot &snapshot, const EdgeInstallation &edge,
                        const CertificateUsers &edgeFiles);

} // namespace models
