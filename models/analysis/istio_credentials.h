// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who of Istio depends on a Secret with certificates: its Gateways and DestinationRules by credentialName, and istiod by the
// kubeconfigs of the mesh's other clusters (facts mesh-security.md §3.1).
#include "models/analysis/certificates.h"

namespace models {

// Adds them to the row of that key of the Secret.
void addIstioUsers(CertificateRow &row, const TlsSecret &secret, const Snapshot &snapshot);

} // namespace models
