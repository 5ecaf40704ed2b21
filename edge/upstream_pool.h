// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Connections to the endpoints of one cluster, kept open between requests, and the cluster's circuit breakers (Envoy's HTTP/1 pool).
// A connection is used again only for the same address and the very same credentials: a rotated certificate is presented
// from the next request on.  Thread: one loop.  Dropping the pool closes what is idle.
#include "edge/edge_stats.h"
#include "edge/h1_connection.h"
#include "edge/retry.h"

#include <asio/steady_timer.hpp>

#include <deque>
#include <list>

namespace edge {

struct UpstreamTarget
{
    std::string address;
    std::uint16_t port = 0;
    std::shared_ptr<TlsCredentials> tls; // nullptr: plain
    std::string serverName;              // SNI; "" none
    std::optional<asio::ip::address> source = {}; // see Stream::connect
    bool operator==(const UpstreamTarget &) const = default;
};

struct PoolLimits // Envoy's defaults
{
    std::int64_t connections = 1024, pendingRequests = 1024, requests = 1024;
};

struct UpstreamProblem
{
    UpstreamFailure failure = UpstreamFailure::ConnectFailed;
    std::string detail; // for operators, never for the client
};

struct AcquireLimits
{
    bool mayUseIdle = true;
    std::chrono::milliseconds connectTimeout{3000};
    Deadline until = Deadline::max(); // waiting for a free connection included
};

class UpstreamPool;

// In use from acquire() until it is given back or dropped.
struct UpstreamConnection
{
    UpstreamConnection(Stream stream, UpstreamTarget where, std::shared_ptr<UpstreamPool> owner);
    ~UpstreamConnection();
    UpstreamConnection(const UpstreamConnection &) = delete;
    UpstreamConnection &operator=(const UpstreamConnection &) = delete;

    H1Connection h1;
    UpstreamTarget target;
    std::weak_ptr<UpstreamPool> pool;
    std::shared_ptr<ClusterStats> stats;
    bool inUse = false;
    std::uint64_t uses = 0;
    Clock::time_point idleSince;
};
using UpstreamPtr = std::shared_ptr<UpstreamConnection>; // shared with the coroutine that sends a body

class UpstreamPool : public std::enable_shared_from_this<UpstreamPool>
{
public:
    using Acquired = tl::expected<UpstreamPtr, UpstreamProblem>;

    explicit UpstreamPool(std::shared_ptr<ClusterStats> stats);

    void setLimits(const PoolLimits &limits) { m_limits = limits; }
    // An idle connection if allowed, else a new one; waits for one where the circuit breakers say so.
    asio::awaitable<Acquired> acquire(UpstreamTarget target, AcquireLimits limits);
    void giveBack(UpstreamPtr connection); // whole answer read, kept alive by the peer
    void closeIdle();                      // all of it
    void sweep(); // closes what the peers have closed, and what nobody used for a minute
    void keepOnly(const std::shared_ptr<TlsCredentials> &tls); // idle ones with other credentials are closed
    std::size_t idleCount() const { return m_idle.size(); }

private:
    friend UpstreamConnection;
    UpstreamPtr takeIdle(const UpstreamTarget &target);
    asio::awaitable<Acquired> dial(UpstreamTarget target, Deadline deadline);
    UpstreamPtr use(UpstreamPtr connection);
    void wakeOne();

    std::shared_ptr<ClusterStats> m_stats;
    PoolLimits m_limits;
    int m_open = 0, m_dialling = 0, m_inUse = 0, m_pending = 0;
    std::deque<UpstreamPtr> m_idle;          // most recently used last
    std::list<asio::steady_timer> m_waiting; // for a connection; first come, first served
};

} // namespace edge
