// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// All that one group of Mappings brings into the configuration: routes, clusters, what is said about it.  As
// long as its Mappings and the CompileBase stay the same, so does it: that is what makes recompiling after
// one change cheap.
#include "edge/config/compile_base.h"
#include "edge/config/routes.h"

#include <unordered_map>

namespace edge {

using ClusterItem = SharedMap<Cluster>::Item;
using ClusterNames = std::map<std::string, std::string>; // full → short, of those that are too long

struct UnitCluster;
struct ClusterHome // of one full name
{
    std::size_t generation = 0;          // of the compilation that has asked for it last
    const UnitCluster *winner = nullptr; // of the first that asked
    ClusterItem item;                    // the winner's, or the very same as before where that is equal
    bool isListed = false;               // among the clusters of the compilation before
};

struct UnitCluster
{
    ClusterItem item;                    // by full name
    std::vector<Diagnostic> diagnostics; // of the table whose cluster is used
    std::shared_ptr<ClusterHome> home;
    std::string service;         // MadeCluster's
    std::vector<Cluster> others; // MadeCluster's
};
using ClusterHomes = std::unordered_map<std::string, std::shared_ptr<ClusterHome>>;

class GroupUnit
{
public:
    // Reads of one group id, in input order.
    GroupUnit(std::vector<std::shared_ptr<const MappingRead>> reads, const CompileBase &base,
              const ServiceOutput &services, ClusterHomes &homes);

    const std::vector<std::shared_ptr<const MappingRead>> &reads() const { return m_reads; }
    const MappingGroup &group() const { return m_group; }
    const std::vector<UnitCluster> &clusters() const { return m_clusters; }
    const std::vector<Diagnostic> &diagnostics() const { return m_diagnostics; }

    void setNames(const ClusterNames &names); // before what follows
    const CompiledGroup &served() const { return m_served; }
    const std::shared_ptr<const GroupInfo> &info() const { return m_info; }

    std::size_t made = 0;       // its number in the order in which groups came up, in the compilation at hand
    std::size_t generation = 0; // of that compilation
    bool isPlaced = false;      // in match order

private:
    GroupInfo describe() const;

    std::vector<std::shared_ptr<const MappingRead>> m_reads;
    MappingGroup m_group;
    CompiledGroup m_compiled; // with full names
    CompiledGroup m_served;   // with short ones
    std::vector<UnitCluster> m_clusters;
    std::vector<Diagnostic> m_diagnostics;
    bool m_hasLongNames = false;
    std::vector<std::string> m_shortNames; // that m_served was made with
    std::shared_ptr<const GroupInfo> m_info;
};

std::vector<UnitCluster> takeClusters(ClusterTable &table, ClusterHomes &homes);
// services: NAME.NAMESPACE
bool anyAsksFor(const std::vector<UnitCluster> &clusters, const std::set<std::string> &services);

} // namespace edge
