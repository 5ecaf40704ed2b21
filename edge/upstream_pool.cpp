// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/upstream_pool.h"

namespace edge {

namespace {

constexpr std::size_t MostIdle = 1024;
constexpr std::chrono::seconds IdleTime{60};

} // namespace

UpstreamConnection::UpstreamConnection(Stream stream, UpstreamTarget where,
                                       std::shared_ptr<ClusterStats> counters)
    : h1(std::move(stream))
    , target(std::move(where))
    , stats(std::move(counters))
{
    ++stats->connections;
    ++stats->activeConnections;
}

UpstreamConnection::~UpstreamConnection()
{
    --stats->activeConnections;
    ++stats->connectionsDestroyed;
}

UpstreamPool::UpstreamPool(std::shared_ptr<ClusterStats> stats)
    : m_stats(std::move(stats))
{
}

UpstreamPtr UpstreamPool::takeIdle(const UpstreamTarget &target)
{
    while (!m_idle.empty()) {
        UpstreamPtr connection = std::move(m_idle.back());
        m_idle.pop_back();
        // Anything to read from an idle connection is its end or nonsense: neither may answer the next
        // request.
        if (connection->target == target && !connection->h1.hasBuffered()
            && !connection->h1.stream.hasInput())
            return connection;
    }
    return {};
}

asio::awaitable<tl::expected<UpstreamPtr, UpstreamProblem>>
UpstreamPool::dial(UpstreamTarget target, std::shared_ptr<ClusterStats> stats, Deadline deadline)
{
    Result<Stream> stream = co_await Stream::connect(target.address, target.port, deadline);
    if (!stream) {
        ++stats->connectFailures;
        const Error::Kind kind = stream.error().kind;
        if (kind == Error::Kind::Timeout)
            ++stats->connectTimeouts;
        const auto failure = kind == Error::Kind::Timeout ? UpstreamFailure::ConnectTimeout
            : kind == Error::Kind::UnknownName            ? UpstreamFailure::NoHost
                                                          : UpstreamFailure::ConnectFailed;
        co_return tl::unexpected(UpstreamProblem{failure, stream.error().message});
    }
    if (target.tls) {
        const Result<TlsFacts> facts
            = co_await stream->handshakeAsClient(target.tls, target.serverName, deadline);
        if (!facts) {
            ++stats->connectFailures;
            ++stats->tls.connectionErrors;
            const bool timedOut = facts.error().kind == Error::Kind::Timeout;
            if (timedOut)
                ++stats->connectTimeouts;
            co_return tl::unexpected(
                UpstreamProblem{timedOut ? UpstreamFailure::ConnectTimeout : UpstreamFailure::ConnectFailed,
                                facts.error().message});
        }
        ++stats->tls.handshakes;
    }
    co_return std::make_shared<UpstreamConnection>(std::move(*stream), std::move(target), std::move(stats));
}

void UpstreamPool::giveBack(UpstreamPtr connection)
{
    if (m_idle.size() >= MostIdle)
        m_idle.pop_front();
    connection->idleSince = Clock::now();
    m_idle.push_back(std::move(connection));
}

void UpstreamPool::sweep()
{
    const Clock::time_point oldest = Clock::now() - IdleTime;
    std::erase_if(m_idle, [&](const UpstreamPtr &connection) {
        return connection->idleSince < oldest || connection->h1.stream.hasInput();
    });
}

void UpstreamPool::closeIdle() { m_idle.clear(); }

void UpstreamPool::keepOnly(const std::shared_ptr<TlsCredentials> &tls)
{
    std::erase_if(m_idle, [&](const UpstreamPtr &connection) { return connection->target.tls != tls; });
}

} // namespace edge
