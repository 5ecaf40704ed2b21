// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What an edge's pods have of each Mapping, beside what its objects say that they should: Ambassador by its
// diagnostics, Envoy by its configuration.  Pure; in the order of 100 ns a Mapping and pod.
// Compared is what the compiler makes of the newest objects (EdgeView) with what was read at an earlier time: whoever
// judges looks at when the object was changed (MappingRow::isLate).
#include "models/analysis/edge_view.h"
#include "models/resources/edge_runtime.h"

namespace models {

struct MappingSight
{
    enum class Has {
        NotRead,
        Missing,
        Partly,
        All
    }; // of those pods that could be read; Partly: not each has it
    Has ambassador = Has::NotRead, envoy = Has::NotRead;
    QString complaint; // an error that Ambassador's diagnostics tell of an object of that name; "" none
    bool operator==(const MappingSight &) const = default;
};

struct EdgeSight
{
    // Of one of the two, over all pods.
    struct Source
    {
        QDateTime readAt; // the earliest of the pods' that were read; invalid: none was
        QString error;    // why one of them was not read; "" all were
        int read = 0, pods = 0;
        bool operator==(const Source &) const = default;
    };
    Source ambassador, envoy;
    QDateTime envoyUpdatedAt; // when the newest configuration came to Envoy; of pods that differ the earliest
    QString refused;          // why an Envoy goes on without a newer one; "" none says so
    QDateTime refusedAt;
    QHash<QString, MappingSight>
        mappings; // by "namespace/name": those that have a place in the edge's routes
};

EdgeSight edgeSight(const EdgeView &view, const QList<EdgeRuntime> &pods);

} // namespace models
