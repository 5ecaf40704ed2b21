// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Rows of the inventory that are in no Secret: the roots by which the API server checks whom it calls (caBundle), what
// cert-manager says of the Secrets that it fills, and what the kubeconfig holds.  Pure.
#include "models/analysis/certificates.h"

namespace models {

// One row for each bundle that is out there, with all that would fail.
void addCaBundles(QList<CertificateRow> &rows, const Snapshot &snapshot);
// When cert-manager is to renew what rows hold; a row of its own for what it has issued into a Secret that was not read.
void addIssued(QList<CertificateRow> &rows, const Snapshot &snapshot);

// What this machine's kubeconfig holds.
void addOwn(QList<CertificateRow> &rows, const Snapshot &snapshot);

} // namespace models
