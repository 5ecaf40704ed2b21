// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The certificates that sidecars hold in memory (Snapshot::meshProxies): one identity for all pods of a service account.  No API
// object tells of them, each sidecar is asked, so only one of each workload is.  Pure.
#include "models/analysis/certificates.h"

namespace models {

// Whom to ask: a running pod of each workload with a sidecar, those of edges aside, by namespace and workload.
QList<Pod> meshPodsToAsk(const Snapshot &snapshot);

// A row for each identity that was read, of the pods asked the one whose certificate ends first; one more for what was not read.
void addMeshCertificates(QList<CertificateRow> &rows, const Snapshot &snapshot);

} // namespace models
