// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Connections to the endpoints of one cluster, kept open between requests.  A connection is used again only
// for the same address and the very same credentials: a rotated certificate is presented from the next
// request on. Thread: one loop.  Dropping the pool closes what is idle.
#include "edge/edge_stats.h"
#include "edge/h1_connection.h"
#include "edge/retry.h"

#include <deque>

namespace edge {

struct UpstreamTarget
{
    std::string address;
    std::uint16_t port = 0;
    std::shared_ptr<TlsCredentials> tls; // nullptr: plain
    std::string serverName; // SNI; "" none
    bool operator==(const UpstreamTarget &) const = default;
};

struct UpstreamConnection
{
    UpstreamConnection(Stream stream, UpstreamTarget where, std::shared_ptr<ClusterStats> counters);
    ~UpstreamConnection();
    UpstreamConnection(const UpstreamConnection &) = delete;
    UpstreamConnection &operator=(const UpstreamConnection &) = delete;

    H1Connection h1;
    UpstreamTarget target;
    std::shared_ptr<ClusterStats> stats;
    std::uint64_t uses = 0;
    Clock::time_point idleSince;
};
using UpstreamPtr
    = std::shared_ptr<UpstreamConnection>; // shared with the coroutine that sends the request's body

struct UpstreamProblem
{
    UpstreamFailure failure = UpstreamFailure::ConnectFailed;
    std::string detail; // for operators, never for the client
};

class UpstreamPool
{
public:
    explicit UpstreamPool(std::shared_ptr<ClusterStats> stats);

    UpstreamPtr takeIdle(const UpstreamTarget &target); // nullptr: dial
    static asio::awaitable<tl::expected<UpstreamPtr, UpstreamProblem>>
    dial(UpstreamTarget target, std::shared_ptr<ClusterStats> stats, Deadline deadline);
    void giveBack(UpstreamPtr connection); // whole answer read, kept alive by the peer
    void closeIdle(); // all of it
    void sweep(); // closes what the peers have closed, and what nobody used for a minute
    void keepOnly(const std::shared_ptr<TlsCredentials> &tls); // idle ones with other credentials are closed
    std::size_t idleCount() const { return m_idle.size(); }

private:
    std::shared_ptr<ClusterStats> m_stats;
    std::deque<UpstreamPtr> m_idle; // most recently used last
};

} // namespace edge
