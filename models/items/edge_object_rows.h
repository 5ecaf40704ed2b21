// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Hosts, Listeners and TCPMappings as one edge takes them: rows of the page Routing.  What the edge's
// compiler made of them decides; the objects themselves only say what was wished.  Pure; for the pool.
// Promise: one row for each object of its own, of an annotation or of an Ingress, also for those that this edge does not
// take, and one for each port that the edge opens without a Listener; every key is there once.
#include "models/analysis/edge_view.h"
#include "models/items/column.h"

namespace models {

struct EdgeObjectRow
{
    QString key; // ConfiguredObject::key(); of a port that no object made: "port 8080"
    // As the API server knows it.  kind "": it knows none; then the name is of what stands at source, and "" of a port.
    ObjectRef object;
    QString
        source; // "annotation of Service shop/web", "Ingress shop/web"; "" an object of its own, or a port
    QString apiVersion;
    // For people, in their language: "Loaded", "Not used" (no port leads to it), "Clear text only" (a Host's certificate is
    // used by no port), "Rejected", "Replaced", "Other edge", "Built in" (a port), "Unknown" (nothing could be compiled).
    // reason: why, or what the compiler has to say although it is loaded; "" nothing.
    QString state, reason;
    Severity severity = Severity::Unknown;
    bool isOtherEdges = false; // of "Other edge"
    QStringList
        cells; // texts of the columns of its kind, in the order of those that follow name and namespace
    QList<QPair<QString, QString>> facts; // name, value; for the details, values may be ""
    QStringList uses,
        usedBy; // "Secret edge-tls", "Mapping shop/cart"; usedBy: a dozen at most and how many more
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
