// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/cluster_users.h"

#include <algorithm>
#include <set>

namespace models {

namespace {

void addUser(ClusterUsers &users, const std::string &cluster, const edge::ResourceRef &by)
{
    if (cluster.empty() || by.kind.empty())
        return;
    auto &all = users[cluster];
    if (std::find(all.begin(), all.end(), by) == all.end())
        all.push_back(by);
}

// Of a TCP chain the cluster's source may be another kind of object: the chain's own group tells.
void addTcp(ClusterUsers &users, const edge::Config &config, const edge::FilterChain &chain)
{
    for (const edge::GroupInfo &group : config.groups) {
        const bool isOfChain = group.tcp
            && std::any_of(group.members.begin(), group.members.end(),
                           [&chain](const auto &member) { return member.mapping == chain.source; });
        for (const edge::GroupInfo::Member &member : group.members) {
            if (isOfChain)
                addUser(users, member.cluster, member.mapping);
        }
    }
}

// The names of clusters that stand anywhere in what Envoy is given for a filter.
void collectNames(const edge::Value &value, const edge::Config &config, std::set<std::string> &names)
{
    for (const auto &[key, member] : value.members()) {
        if (member.isString() && config.clusters.find(member.text()) != config.clusters.end())
            names.insert(member.text());
        collectNames(member, config, names);
    }
    for (const edge::Value &item : value.items())
        collectNames(item, config, names);
}

bool leadsTo(const edge::Cluster &cluster, const std::string &host)
{
    const auto isIt = [&host](const std::string &dialled) {
        return dialled == host || (!host.empty() && dialled.starts_with(host + '.'));
    };
    return isIt(cluster.host)
        || std::any_of(cluster.endpoints.begin(), cluster.endpoints.end(),
                       [&isIt](const edge::UpstreamAddress &one) { return isIt(one.host); });
}

void addServices(ClusterUsers &users, const edge::Config &config, const edge::Value &value,
                 std::string_view kind, const std::vector<EdgeService> &services)
{
    std::set<std::string> names;
    collectNames(value, config, names);
    for (const std::string &name : names) {
        const auto cluster = config.clusters.find(name);
        for (const EdgeService &service : services) { // of several the edge may take one only, or merge them
            if (service.by.kind == kind && leadsTo((*cluster).second, service.host))
                addUser(users, name, service.by);
        }
    }
}

} // namespace

ClusterUsers clusterUsers(const edge::Config &config, const std::vector<EdgeService> &services)
{
    static const edge::ResourceRef nobody;
    ClusterUsers users;
    users.reserve(config.clusters.size());
    const auto sourceOf = [&](const std::string &name) -> const edge::ResourceRef & {
        const auto cluster = config.clusters.find(name);
        return cluster == config.clusters.end() ? nobody : (*cluster).second.source;
    };
    for (const edge::Listener &listener : config.listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                for (const edge::Route &route : host.routes) {
                    addUser(users, route.cluster, route.mapping);
                    addUser(users, route.mirrorCluster, sourceOf(route.mirrorCluster));
                }
            }
            for (const edge::WeightedCluster &weighted : chain.tcpClusters)
                addUser(users, weighted.cluster, sourceOf(weighted.cluster));
            if (!chain.tcpClusters.empty())
                addTcp(users, config, chain);
        }
        addServices(users, config, listener.http.tracer, "TracingService", services);
    }
    for (const auto &[name, cluster] : config.clusters) { // of services, which no route leads to
        if (cluster.source.kind != "Mapping" && cluster.source.kind != "TCPMapping")
            addUser(users, name, cluster.source);
    }
    for (const edge::HttpFilter &filter : config.httpFilters) {
        if (filter.name.find("ratelimit") != std::string::npos)
            addServices(users, config, filter.config, "RateLimitService", services);
        else if (filter.name.find("ext_authz") != std::string::npos)
            addServices(users, config, filter.config, "AuthService", services);
    }
    for (const edge::Value &log : config.accessLogs)
        addServices(users, config, log, "LogService", services);
    return users;
}

} // namespace models
