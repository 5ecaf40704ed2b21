// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What one request sees from its start to its end: the route table and, for each cluster, how it is reached.
// Made anew by each apply(); requests under way keep the one that they began with.  Clusters that have not changed
// keep their Upstream.
#include "edge/endpoint.h"
#include "edge/route_table.h"
#include "edge/upstream_pool.h"

#include <unordered_map>

namespace edge {

struct HttpLimits;

struct Upstream
{
    const Cluster *cluster = nullptr;
    std::shared_ptr<TlsCredentials> tls; // nullptr: plain, unless tlsProblem says otherwise
    std::string tlsProblem;              // why there are no credentials although TLS is asked for
    std::string serverName;
    std::shared_ptr<ClusterStats> stats;
    std::shared_ptr<UpstreamPool> pool;
};

struct ListenerState
{
    const Listener *listener = nullptr;
    std::shared_ptr<DownstreamStats> stats;
    std::shared_ptr<const HttpLimits> limits; // of its connections
};

using Upstreams = std::unordered_map<const Cluster *, std::shared_ptr<const Upstream>>;

struct EdgeState
{
    std::shared_ptr<const RouteTable> table;
    std::shared_ptr<const Upstreams> upstreams = std::make_shared<const Upstreams>(); // of every cluster
    std::map<std::uint16_t, ListenerState> listeners;                                 // by configured port
    bool suppressEnvoyHeaders = false; // Module suppress_envoy_headers: no x-envoy-* of our own
};

using Resolve = std::function<std::optional<Endpoint>(
    const Cluster &)>; // where a cluster lives; empty: what it says itself
std::optional<UpstreamTarget> targetOf(const Upstream &upstream, const Resolve &resolve); // nullopt: nowhere

} // namespace edge
