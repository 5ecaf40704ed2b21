// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is wrong with the objects that a request is about: Mappings, the Hosts of its name, and whatever keeps the edge from
// taking its configuration at all.  Pure.
#include "models/analysis/edge_view.h"

namespace models {

struct AskedRequest
{
    const EdgeView &view; // with a table
    const Snapshot &snapshot;
    const edge::RequestHead &head;
    const edge::Explanation &explanation;
};

// namespace/name of those that match, and of those that would if anything led to them; sorted.
QStringList mappingsAtHand(const AskedRequest &asked);
QList<Finding> requestFindings(const AskedRequest &asked, const QStringList &mappings);

} // namespace models
