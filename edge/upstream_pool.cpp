// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/upstream_pool.h"

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace edge {

namespace {

constexpr std::size_t MostIdle = 1024;
constexpr std::chrono::seconds IdleTime{60};

UpstreamFailure failureOf(Error::Kind kind)
{
    if (kind == Error::Kind::Timeout)
        return UpstreamFailure::ConnectTimeout;
    return kind == Error::Kind::UnknownName ? UpstreamFailure::NoHost : UpstreamFailure::ConnectFailed;
}

class Counted // one more for as long as it lives
{
public:
    explicit Counted(int &count)
        : m_count(++count)
    {
    }
    ~Counted() { --m_count; }
    Counted(const Counted &) = delete;
    Counted &operator=(const Counted &) = delete;

private:
    int &m_count;
};

} // namespace

UpstreamConnection::UpstreamConnection(Stream stream, UpstreamTarget where,
                                       std::shared_ptr<UpstreamPool> owner)
    : h1(std::move(stream))
    , target(std::move(where))
    , pool(owner)
    , stats(owner->m_stats)
{
    ++owner->m_open;
    ++stats->connections;
    ++stats->activeConnections;
}

UpstreamConnection::~UpstreamConnection()
{
    --stats->activeConnections;
    ++stats->connectionsDestroyed;
    if (const std::shared_ptr<UpstreamPool> owner = pool.lock()) {
        --owner->m_open;
        owner->m_inUse -= inUse ? 1 : 0;
        owner->wakeOne();
    }
}

UpstreamPool::UpstreamPool(std::shared_ptr<ClusterStats> stats)
    : m_stats(std::move(stats))
{
}

UpstreamPtr UpstreamPool::use(UpstreamPtr connection)
{
    connection->inUse = true;
    ++m_inUse;
    return connection;
}

void UpstreamPool::wakeOne()
{
    if (!m_waiting.empty())
        m_waiting.front().cancel();
}

asio::awaitable<UpstreamPool::Acquired> UpstreamPool::acquire(UpstreamTarget target, AcquireLimits limits)
{
    const std::shared_ptr<UpstreamPool> self = shared_from_this();
    if (m_inUse >= m_limits.requests) {
        ++m_stats->pendingOverflow;
        co_return tl::unexpected(UpstreamProblem{UpstreamFailure::Overflow, "circuit breaker: max_requests"});
    }
    if (limits.mayUseIdle) {
        if (UpstreamPtr idle = takeIdle(target))
            co_return use(std::move(idle));
    }
    if (m_pending >= m_limits.pendingRequests) {
        ++m_stats->pendingOverflow;
        co_return tl::unexpected(
            UpstreamProblem{UpstreamFailure::Overflow, "circuit breaker: max_pending_requests"});
    }
    const Counted pending(m_pending);
    while (m_open + m_dialling >= m_limits.connections) {
        if (!m_idle.empty()) { // of another address or with older credentials
            m_idle.pop_front();
            continue;
        }
        const auto place =
            m_waiting.emplace(m_waiting.end(), co_await asio::this_coro::executor, limits.until);
        asio::error_code woken;
        co_await place->async_wait(asio::redirect_error(asio::use_awaitable, woken));
        m_waiting.erase(place);
        UpstreamPtr idle = takeIdle(target);
        if (!m_idle.empty()) // two may have become free at once
            wakeOne();
        if (idle)
            co_return use(std::move(idle));
        if (!woken)
            co_return tl::unexpected(
                UpstreamProblem{UpstreamFailure::Timeout, "no connection became free in time"});
    }
    const Counted dialling(m_dialling);
    const Deadline deadline = std::min(limits.until, in(limits.connectTimeout));
    co_return co_await dial(std::move(target), deadline);
}

UpstreamPtr UpstreamPool::takeIdle(const UpstreamTarget &target)
{
    while (!m_idle.empty()) {
        UpstreamPtr connection = std::move(m_idle.back());
        m_idle.pop_back();
        // Anything to read from an idle connection is its end or nonsense: neither may answer the next request.
        if (connection->target == target && !connection->h1.hasBuffered()
            && !connection->h1.stream.hasInput())
            return connection;
    }
    return {};
}

asio::awaitable<UpstreamPool::Acquired> UpstreamPool::dial(UpstreamTarget target, Deadline deadline)
{
    Result<Stream> stream = co_await Stream::connect(target.address, target.port, deadline, target.source);
    std::optional<Error> problem;
    if (!stream) {
        problem = stream.error();
    } else if (target.tls) {
        const Result<TlsFacts> facts =
            co_await stream->handshakeAsClient(target.tls, target.serverName, deadline);
        if (!facts)
            problem = facts.error();
        m_stats->tls.handshakes += facts ? 1 : 0;
        // An end without a word of TLS is the connection's failure alone (Envoy, SslSocket::drainErrorQueue).
        m_stats->tls.connectionErrors += problem && problem->kind == Error::Kind::Tls ? 1 : 0;
    }
    if (!problem)
        co_return use(
            std::make_shared<UpstreamConnection>(std::move(*stream), std::move(target), shared_from_this()));
    ++m_stats->connectFailures;
    m_stats->connectTimeouts += problem->kind == Error::Kind::Timeout ? 1 : 0;
    co_return tl::unexpected(UpstreamProblem{failureOf(problem->kind), problem->message});
}

void UpstreamPool::giveBack(UpstreamPtr connection)
{
    if (m_idle.size() >= MostIdle)
        m_idle.pop_front();
    if (connection->inUse)
        --m_inUse;
    connection->inUse = false;
    connection->idleSince = Clock::now();
    m_idle.push_back(std::move(connection));
    wakeOne();
}

void UpstreamPool::sweep()
{
    const Clock::time_point oldest = Clock::now() - IdleTime;
    std::erase_if(m_idle, [&](const UpstreamPtr &connection) {
        return connection->idleSince < oldest || connection->h1.stream.hasInput();
    });
}

void UpstreamPool::closeIdle()
{
    const std::deque<UpstreamPtr> closing = std::exchange(m_idle, {}); // their destructors come back to us
}

void UpstreamPool::keepOnly(const std::shared_ptr<TlsCredentials> &tls)
{
    std::erase_if(m_idle, [&](const UpstreamPtr &connection) { return connection->target.tls != tls; });
}

} // namespace edge
