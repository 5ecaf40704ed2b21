// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/cluster_users.h"

#include "edge/config/service_name.h"
#include "models/analysis/originate_tls.h"
#include "models/resources/edge_installation.h"

#include <algorithm>
#include <set>
#include <tuple>

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

std::vector<EdgeService> edgeServices(const std::vector<ConfiguredObject> &objects,
                                      const EdgeInstallation &installation)
{
    std::vector<EdgeService> services;
    for (const ConfiguredObject &one : objects) {
        const ObjectRef ref = refOf(*one.object);
        if (!ref.kind.endsWith(QLatin1String("Service"))
            || !whyNotForEdge(*one.object, installation).isEmpty())
            continue;
        const char *field = serviceField(ref.kind.toStdString());
        services.push_back({{ref.kind.toStdString(), ref.name.toStdString(), ref.nameSpace.toStdString()},
                            edge::parseService(one.object->at({"spec", field}).text()).host});
    }
    std::sort(services.begin(), services.end(), [](const EdgeService &a, const EdgeService &b) {
        return std::tie(a.by.kind, a.by.nameSpace, a.by.name)
            < std::tie(b.by.kind, b.by.nameSpace, b.by.name);
    });
    return services;
}

std::vector<edge::UpstreamAddress> addressesOf(const edge::Cluster &cluster)
{
    std::vector<edge::UpstreamAddress> all{{cluster.host, cluster.port}};
    for (const edge::UpstreamAddress &one : cluster.endpoints) {
        if (std::find(all.begin(), all.end(), one) == all.end())
            all.push_back(one);
    }
    return all;
}

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
