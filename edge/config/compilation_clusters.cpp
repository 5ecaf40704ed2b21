// SPDX-License-Identifier: GPL-3.0-or-later
// The clusters of a Compilation: which of one name is meant, and their names.
#include "edge/config/compilation_state.h"
#include "edge/config/shared_clusters.h"

#include <algorithm>

namespace edge {

namespace {

Value withNames(const Value &value, const ClusterNames &names)
{
    if (value.isString()) {
        const auto found = names.find(value.text());
        return found == names.end() ? value : Value(found->second);
    }
    Value changed = value;
    if (changed.isArray()) {
        for (Value &item : changed.mutableItems())
            item = withNames(item, names);
    }
    for (const auto &[name, member] : value.members())
        changed.set(name, withNames(member, names));
    return changed;
}

} // namespace

// The first that asks for a cluster decides what it is: services, then groups as they came up, then TCP.
void Compilation::State::mergeClusters(const std::vector<UnitCluster> &tcp)
{
    std::vector<const UnitCluster *> fresh;
    const auto take = [&](const std::vector<UnitCluster> &clusters) {
        for (const UnitCluster &cluster : clusters) {
            ClusterHome &home = *cluster.home;
            const bool isFirst = home.generation != m_generation;
            home.winner = isFirst ? &cluster : home.winner;
            if (!isFirst)
                tellLostFields(cluster.item->second, home.winner->item->second, m_diagnostics);
            for (const Cluster &other : cluster.others)
                tellLostFields(other, home.winner->item->second, m_diagnostics);
            if (!isFirst)
                continue;
            home.generation = m_generation;
            if (home.item != cluster.item && (!home.item || !(*home.item == *cluster.item)))
                home.item = cluster.item;
            m_diagnostics.insert(m_diagnostics.end(), cluster.diagnostics.begin(), cluster.diagnostics.end());
            if (!home.isListed)
                fresh.push_back(&cluster);
        }
    };
    take(m_serviceClusters);
    for (const auto &unit : m_made)
        take(unit->clusters());
    take(tcp);
    std::erase_if(m_clusterList, [&](const std::shared_ptr<ClusterHome> &home) {
        home->isListed = home->generation == m_generation;
        return !home->isListed;
    });
    const auto byName = [](const std::shared_ptr<ClusterHome> &a, const std::shared_ptr<ClusterHome> &b) {
        return a->winner->item->first < b->winner->item->first;
    };
    const auto middle = std::ptrdiff_t(m_clusterList.size());
    for (const UnitCluster *cluster : fresh) {
        cluster->home->isListed = true;
        m_clusterList.push_back(cluster->home);
    }
    std::sort(m_clusterList.begin() + middle, m_clusterList.end(), byName);
    if (!fresh.empty())
        std::inplace_merge(m_clusterList.begin(), m_clusterList.begin() + middle, m_clusterList.end(),
                           byName);
    std::vector<ClusterItem> items;
    items.reserve(m_clusterList.size());
    for (const auto &home : m_clusterList)
        items.push_back(home->item);
    m_clusters = SharedMap<Cluster>(std::move(items));
}

ClusterNames Compilation::State::shortNames() const
{
    std::vector<std::string_view> names;
    for (const auto &[name, cluster] : m_clusters) {
        if (isLongClusterName(name))
            names.push_back(name);
    }
    return shortClusterNames(names, m_rules);
}

ServiceOutput Compilation::State::namedServices(const ClusterNames &names) const
{
    ServiceOutput services = *m_services;
    if (names.empty())
        return services;
    for (HttpFilter &filter : services.filters)
        filter.config = withNames(filter.config, names);
    for (Value &log : services.accessLogs)
        log = withNames(log, names);
    services.tracer = withNames(services.tracer, names);
    if (const auto found = names.find(services.authCluster); found != names.end())
        services.authCluster = found->second;
    return services;
}

SharedMap<Cluster> Compilation::State::namedClusters(const ClusterNames &names) const
{
    if (names.empty())
        return m_clusters;
    std::vector<ClusterItem> items = m_clusters.items();
    for (ClusterItem &item : items) {
        const auto found = names.find(item->first);
        if (found == names.end())
            continue;
        Cluster cluster = item->second;
        cluster.name = found->second;
        item = std::make_shared<const SharedMap<Cluster>::value_type>(found->second, std::move(cluster));
    }
    std::sort(items.begin(), items.end(),
              [](const ClusterItem &a, const ClusterItem &b) { return a->first < b->first; });
    return SharedMap<Cluster>(std::move(items));
}

} // namespace edge
