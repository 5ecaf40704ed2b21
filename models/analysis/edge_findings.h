// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is wrong with objects of an edge other than its Mappings: TLSContexts, Hosts, the sidecar that shares
// the mesh's certificates.
#include "edge/config.h"
#include "models/resources/snapshot.h"

namespace models {

QList<Finding> edgeFindings(const Snapshot &snapshot, const EdgeInstallation &edge,
                            const edge::Config &config);

} // namespace models
