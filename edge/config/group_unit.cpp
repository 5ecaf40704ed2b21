// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/group_unit.h"

#include "edge/config/group_losses.h"
#include "edge/config/numbers.h"

#include <algorithm>

namespace edge {

std::vector<UnitCluster> takeClusters(ClusterTable &table, ClusterHomes &homes)
{
    std::vector<UnitCluster> clusters;
    for (auto &[name, made] : table.take()) {
        std::shared_ptr<ClusterHome> &home = homes[name];
        if (!home)
            home = std::make_shared<ClusterHome>();
        clusters.push_back(
            {std::make_shared<const SharedMap<Cluster>::value_type>(name, std::move(made.cluster)),
             std::move(made.diagnostics), home, std::move(made.service), std::move(made.others)});
    }
    return clusters;
}

bool anyAsksFor(const std::vector<UnitCluster> &clusters, const std::set<std::string> &services)
{
    return !services.empty()
        && std::any_of(clusters.begin(), clusters.end(), [&](const UnitCluster &cluster) {
               return !cluster.service.empty() && services.count(cluster.service) > 0;
           });
}

GroupUnit::GroupUnit(std::vector<std::shared_ptr<const MappingRead>> reads, const CompileBase &base,
                     const ServiceOutput &services, ClusterHomes &homes)
    : m_reads(std::move(reads))
{
    std::vector<const MappingResource *> mappings;
    for (const auto &read : m_reads)
        mappings.push_back(&*read->mapping);
    m_group = groupOf(m_reads.front()->group, mappings, {base.rules, base.hostResources, m_diagnostics});
    tellGroupLosses(m_group, base.resources.module, m_diagnostics);
    ClusterTable table(
        {base.input, base.resources.module, *base.tls, base.options, base.rules, m_diagnostics});
    m_compiled = compileGroup(m_group, {base.resources.module, base.options, base.rules, services, table});
    m_clusters = takeClusters(table, homes);
    m_hasLongNames = std::any_of(m_clusters.begin(), m_clusters.end(), [](const UnitCluster &cluster) {
        return isLongClusterName(cluster.item->first);
    });
}

void GroupUnit::setNames(const ClusterNames &names)
{
    if (m_info && !m_hasLongNames)
        return;
    std::vector<std::string> shortNames;
    for (const UnitCluster &cluster : m_clusters) {
        const auto found = names.find(cluster.item->first);
        shortNames.push_back(found == names.end() ? std::string() : found->second);
    }
    if (m_info && shortNames == m_shortNames)
        return;
    m_shortNames = std::move(shortNames);
    m_served = m_compiled;
    const auto shorten = [&](std::string &name) {
        if (const auto found = names.find(name); found != names.end())
            name = found->second;
    };
    for (CompiledGroup::Item &route : m_served.routes) {
        if (!isLongClusterName(route->cluster) && !isLongClusterName(route->mirrorCluster))
            continue;
        Route changed = *route;
        shorten(changed.cluster);
        shorten(changed.mirrorCluster);
        route = std::make_shared<const Route>(std::move(changed));
    }
    m_info = std::make_shared<const GroupInfo>(describe());
}

GroupInfo GroupUnit::describe() const
{
    const MappingGroup &group = m_group;
    GroupInfo info;
    info.id = group.id;
    info.name = group.first->name;
    info.host = m_served.host;
    info.prefix = group.first->prefix;
    info.precedence = group.first->precedence;
    info.order = orderValues(group.order);
    const auto match = [](const FieldMatch &field) {
        return ValueMatch{!field.value      ? ValueMatch::Kind::Present
                              : field.regex ? ValueMatch::Kind::Regex
                                            : ValueMatch::Kind::Exact,
                          field.name, field.value.value_or("")};
    };
    for (const FieldMatch &header : group.first->headers)
        info.headers.push_back(match(header));
    if (!group.flattening.empty()) {
        for (const FieldMatch &parameter : group.flattening.back()->queryParameters)
            info.queryParameters.push_back(match(parameter));
    }
    info.redirect = group.redirect ? group.redirect->name : "";
    for (const MappingResource *shadow : group.shadows)
        info.shadows.push_back(shadow->name);
    for (std::size_t i = 0; i < group.members.size(); ++i) {
        const GroupMember &member = group.members[i];
        ResourceRef ref = member.mapping->upstream.ref;
        ref.name = member.mapping->name;
        info.members.push_back({std::move(ref), member.mapping->weight, member.numerator,
                                member.mapping->upstream.service, m_served.routes[i]->cluster});
    }
    return info;
}

} // namespace edge
