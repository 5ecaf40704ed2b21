// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A snapshot → what one edge installation makes of it.
#include "edge/config/compilation.h"
#include "edge/route_table.h"
#include "models/resources/snapshot.h"

namespace models {

struct CompiledEdge
{
    edge::Config config;
    QString unsure; // one sentence if something that the edge reads could not be read here; "" all was
    bool mayHaveMoreRoutes =
        false; // some of it leads requests to Mappings, which Services and Secrets alone do not
};

// Plurals of the kinds that an edge reads and that were not read here, or not everywhere.
QStringList unreadEdgeKinds(const Snapshot &snapshot);
// What the edge's compiler is told of this installation.
edge::CompileOptions compileOptions(const Snapshot &snapshot, const EdgeInstallation &installation);

// Compiles one snapshot after another, and of a snapshot whose Mappings alone have changed only what that concerns
// (as far as both come from one SnapshotMaker).  The result is that of a new EdgeCompiler.  Thread: one at a time.
class EdgeCompiler
{
public:
    CompiledEdge compile(const Snapshot &snapshot, const EdgeInstallation &installation);
    edge::Result<std::shared_ptr<const edge::RouteTable>> table(edge::Config config); // of the last compile()

private:
    edge::Compilation &compilationFor(const edge::CompileOptions &options);

    edge::CompileOptions m_options;
    std::unique_ptr<edge::Compilation> m_compilation; // with m_options; nullptr: none yet
    std::shared_ptr<const edge::RouteTable> m_table;  // the last
};

} // namespace models
