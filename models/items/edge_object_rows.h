// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Hosts, Listeners and TCPMappings as one edge takes them: rows of the page Routing.  What the edge's
// compiler made of them decides; the objects themselves only say what was wished.  Pure; for the pool.
#include "models/analysis/edge_view.h"
#include "models/items/column.h"

namespace models {

struct EdgeObjectRow
{
    QString key;      // namespace/name; of a port that no object made: "port 8080"
    ObjectRef object; // kind "": none, the edge's own
    QString apiVersion;
    QString state, reason; // "Loaded", "Rejected", "Other edge", "Built in"; why
    Severity severity = Severity::Unknown;
    QStringList cells;                    // by the columns of its kind
    QList<QPair<QString, QString>> facts; // name, value
    QStringList uses, usedBy;
    bool operator==(const EdgeObjectRow &) const = default;
};

struct EdgeObjects
{
    QList<EdgeObjectRow> hosts, listeners, tcpMappings;
};
EdgeObjects edgeObjects(const Snapshot &snapshot, const EdgeView &view);

std::vector<Column<EdgeObjectRow>> hostColumns();
std::vector<Column<EdgeObjectRow>> listenerColumns();
std::vector<Column<EdgeObjectRow>> tcpMappingColumns();

} // namespace models
