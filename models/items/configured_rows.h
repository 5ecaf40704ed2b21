// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Rows of Mappings that stand in annotations or are made of Ingresses: no watch of the API server brings them.  Their keys
// are namespace/name and where they stand (ConfiguredObject::key), so that an object of that name has a row beside them.
// Pure.
#include "models/analysis/configured_objects.h"
#include "models/items/rows.h"

namespace models {

MappingRow mappingRow(const ConfiguredObject &one); // without its verdict
// Without verdicts; of Ingresses those that this edge makes.
QList<MappingRow> unwatchedMappingRows(const Snapshot &snapshot, const EdgeInstallation &installation);
QString
sourceOf(const MappingRow &row);    // "annotation of Service shop/web", "Ingress shop/web"; "" of its own
bool isMade(const MappingRow &row); // of an Ingress
bool saysTheSame(const MappingRow &a, const MappingRow &b); // what is written, whatever the edge makes of it
QString verdictKey(const MappingRow &row);                  // namespace/name: in EdgeView::mappings
std::shared_ptr<const MappingVerdict> verdictOf(const EdgeView &view, const MappingRow &row); // nullptr: none

} // namespace models
