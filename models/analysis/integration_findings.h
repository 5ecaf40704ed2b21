// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What operators of Ambassador with Istio really ran into (facts integration-guide.md §13, F1 … F32), as far as
// objects tell it and no other analysis does already: versions with known faults, settings that stop renewal,
// Services that the API server needs and nobody serves, telemetry that cannot arrive.  Pure.
#include "models/analysis/edge_view.h"

namespace models {

// F1, F5: from 2.0 to 4.0 an edge does not see that only its certificate's files have changed, unless told to read all anew.
bool keepsFirstCertificate(const EdgeInstallation &edge);
// Of a TracingService: since 3.4, and tag_headers no more (facts integration-guide.md §11, ambassador-crds.md).
bool takesCustomTags(const EdgeInstallation &edge);
// Its namespace is injected and its template says no: it will have no sidecar, whatever it asks of one (GD-007).
bool forbidsInjection(const Snapshot &snapshot, const EdgeInstallation &edge);
// An edge whose sidecar takes what it sends, and encrypts once more what goes out with a TLSContext: the server's sidecar takes
// one layer off and hands TLS to an application that has none (MT-029).
QList<Finding> twiceEncrypted(const Snapshot &snapshot, const EdgeView &view);
QList<Finding> integrationFindings(const Snapshot &snapshot, const EdgeView &view);

} // namespace models
