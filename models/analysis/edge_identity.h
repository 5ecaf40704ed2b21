// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// As whom the edge comes to a Mapping's pods, by the certificate that the Mapping presents: of a Secret, or files that the edge's own
// sidecar writes.
#include "models/analysis/edge_view.h"

namespace models {

// TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT; "" as nobody (clear text, or TLS without a certificate); absent: not known.
std::optional<QString> edgeIdentity(const Snapshot &snapshot, const EdgeView &view,
                                    const MappingVerdict &verdict);

} // namespace models
