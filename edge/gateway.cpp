// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/gateway.h"

#include "edge/edge_credentials.h"
#include "edge/proxy.h"
#include "edge/proxy_protocol.h"
#include "edge/tunnel.h"

#include <asio/steady_timer.hpp>

#include <algorithm>
#include <limits>

namespace edge {

namespace {

constexpr std::chrono::seconds HelloTimeout{10};
constexpr std::chrono::hours TcpIdle{1}; // Envoy's default
constexpr std::chrono::seconds SweepPause{10};
constexpr std::size_t RecordHeader = 5;
constexpr std::size_t LongestRecord = RecordHeader + 16 * 1024;

// As Envoy would count it; it refuses what is below nothing or beyond 32 bits.
std::uint64_t shareOf(const WeightedCluster &choice)
{
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    return std::uint64_t(std::clamp(choice.weight, std::int64_t(0), most));
}

bool hasTlsChain(const Listener &listener)
{
    return std::any_of(listener.chains.begin(), listener.chains.end(),
                       [](const FilterChain &chain) { return chain.tls; });
}

const Listener *listenerOf(const EdgeState &state, std::uint16_t port)
{
    for (const Listener &listener : state.table->config().listeners) {
        if (listener.port == port)
            return &listener;
    }
    return nullptr;
}

// The whole first record of a TLS client; nullopt: it does not begin like TLS (or ended before it could).
asio::awaitable<std::optional<ClientHello>> peekHello(Stream &stream)
{
    const Deadline deadline = in(HelloTimeout);
    Result<std::string> bytes = co_await stream.peekAtLeast(1, deadline);
    if (bytes && !bytes->empty() && bytes->front() == 22)
        bytes = co_await stream.peekAtLeast(RecordHeader, deadline);
    if (!bytes || bytes->size() < RecordHeader || !readClientHello(*bytes))
        co_return std::nullopt;
    const auto byte = [&](std::size_t i) { return std::size_t(static_cast<unsigned char>((*bytes)[i])); };
    const std::size_t size = RecordHeader + (byte(3) << 8) + byte(4);
    bytes = co_await stream.peekAtLeast(std::min(size, LongestRecord), deadline);
    co_return bytes ? readClientHello(*bytes) : std::nullopt;
}

class ActiveConnection // counts itself
{
public:
    explicit ActiveConnection(std::shared_ptr<DownstreamStats> stats)
        : m_stats(std::move(stats))
    {
        ++m_stats->connections;
        ++m_stats->activeConnections;
    }
    ~ActiveConnection()
    {
        --m_stats->activeConnections;
        ++m_stats->connectionsDestroyed;
    }
    ActiveConnection(const ActiveConnection &) = delete;
    ActiveConnection &operator=(const ActiveConnection &) = delete;

private:
    std::shared_ptr<DownstreamStats> m_stats;
};

PoolLimits poolLimits(const Cluster &cluster)
{
    PoolLimits limits;
    for (const CircuitBreaker &breaker : cluster.circuitBreakers) {
        if (!equalIgnoringCase(breaker.priority, "default"))
            continue;
        limits.connections = breaker.maxConnections.value_or(limits.connections);
        limits.pendingRequests = breaker.maxPendingRequests.value_or(limits.pendingRequests);
        limits.requests = breaker.maxRequests.value_or(limits.requests);
    }
    return limits;
}

bool suppressesEnvoyHeaders(const Config &config)
{
    return std::any_of(config.httpFilters.begin(), config.httpFilters.end(), [](const HttpFilter &filter) {
        return filter.config["suppress_envoy_headers"].toBool();
    });
}

ListenerState listenerState(const Listener &listener, EdgeStats &stats)
{
    auto limits = std::make_shared<HttpLimits>();
    limits->serverName = listener.http.serverName;
    limits->acceptHttp10 = listener.http.acceptHttp10;
    limits->allowChunkedLength = listener.http.allowChunkedLength.value_or(false);
    limits->properCase = listener.http.properCase;
    limits->headBytes = std::size_t(listener.http.maxRequestHeadersKb.value_or(60)) * 1024;
    if (listener.http.idleTimeoutMs)
        limits->idleTimeout = std::chrono::milliseconds(*listener.http.idleTimeoutMs);
    return {&listener, stats.downstream(listener.http.statPrefix), std::move(limits)};
}

} // namespace

struct Gateway::State : std::enable_shared_from_this<Gateway::State>
{
    State(asio::io_context &l, GatewayOptions o)
        : loop(l)
        , options(std::move(o))
        , proxy({options.resolve, options.exchangeFinished})
        , sweepTimer(l)
    {
    }

    std::shared_ptr<EdgeState> makeState(std::shared_ptr<const RouteTable> table)
    {
        auto state = std::make_shared<EdgeState>();
        state->upstreams = upstreamsOf(table->config());
        for (const Listener &listener : table->config().listeners)
            state->listeners[listener.port] = listenerState(listener, stats);
        state->suppressEnvoyHeaders = suppressesEnvoyHeaders(table->config());
        const auto &clusters = table->config().clusters;
        if (pools.size() > clusters.size())
            std::erase_if(pools, [&](const auto &entry) { return clusters.count(entry.first) == 0; });
        state->table = std::move(table);
        return state;
    }

    std::shared_ptr<const Upstreams> upstreamsOf(const Config &config)
    {
        const Config *before = current ? &current->table->config() : nullptr;
        if (before && !credentials.hasChanged() && before->clusters.items() == config.clusters.items()
            && before->tlsContexts == config.tlsContexts)
            return current->upstreams;
        auto upstreams = std::make_shared<Upstreams>();
        upstreams->reserve(config.clusters.size());
        for (const auto &[name, cluster] : config.clusters)
            upstreams->emplace(&cluster, upstreamFor(name, cluster, config));
        return upstreams;
    }

    // The one of the state before, unless something about it has changed.
    std::shared_ptr<const Upstream> upstreamFor(const std::string &name, const Cluster &cluster,
                                                const Config &config)
    {
        Upstream upstream;
        if (cluster.tls) {
            EdgeCredentials::Made made = credentials.client(cluster.tlsContext);
            upstream.tls = std::move(made.credentials);
            upstream.tlsProblem = std::move(made.problem);
            const auto context = config.tlsContexts.find(cluster.tlsContext);
            upstream.serverName = context == config.tlsContexts.end() ? "" : context->second.sni;
        }
        if (current) {
            const auto before = current->upstreams->find(&cluster);
            if (before != current->upstreams->end() && before->second->tls == upstream.tls
                && before->second->tlsProblem == upstream.tlsProblem
                && before->second->serverName == upstream.serverName)
                return before->second;
        }
        upstream.cluster = &cluster;
        upstream.stats = stats.cluster(cluster.observedName());
        std::shared_ptr<UpstreamPool> &pool = pools[name];
        if (!pool)
            pool = std::make_shared<UpstreamPool>(upstream.stats);
        pool->keepOnly(upstream.tls);
        pool->setLimits(poolLimits(cluster));
        upstream.pool = pool;
        return std::make_shared<const Upstream>(std::move(upstream));
    }

    std::optional<Endpoint> bindingOf(const Listener &listener) const
    {
        if (options.bind)
            return options.bind(current->table->config(), listener);
        const auto wanted = options.ports.find(listener.port);
        return Endpoint{options.listenAddress,
                        wanted == options.ports.end() ? std::uint16_t(0) : wanted->second};
    }

    void closeListeners() // those that the configuration no longer has
    {
        std::erase_if(retired,
                      [](const std::unique_ptr<Server> &server) { return server->openConnections() == 0; });
        for (auto open = servers.begin(); open != servers.end();) {
            const Listener *listener = listenerOf(*current, open->first);
            if (listener && bindingOf(*listener)) {
                ++open;
                continue;
            }
            open->second->stopListening();
            retired.push_back(std::move(open->second));
            bound.erase(open->first);
            open = servers.erase(open);
        }
    }

    void openListeners(std::vector<Error> &problems)
    {
        for (const Listener &listener : current->table->config().listeners) {
            const std::optional<Endpoint> where = bindingOf(listener);
            if (!where || servers.count(listener.port) > 0)
                continue;
            auto server = std::make_unique<Server>(loop, proxy);
            const std::uint16_t port = listener.port;
            const Result<std::uint16_t> opened =
                server->listen({where->address, where->port, port},
                               [self = shared_from_this(), port](Stream &stream, ConnectionInfo &info) {
                                   return self->prepare(port, stream, info);
                               });
            if (!opened) {
                problems.push_back(
                    {opened.error().kind, "Listener " + listener.name + ": " + opened.error().message});
                continue;
            }
            bound[port] = *opened;
            servers.emplace(port, std::move(server));
        }
    }

    // Chooses the filter chain of a fresh connection, as Envoy's tls_inspector and chain match do.
    asio::awaitable<bool> prepare(std::uint16_t port, Stream &stream, ConnectionInfo &info)
    {
        const std::shared_ptr<const EdgeState> state = current;
        const Listener *listener = listenerOf(*state, port);
        if (!listener)
            co_return false;
        const std::shared_ptr<DownstreamStats> counters = state->listeners.at(port).stats;
        info.limits = state->listeners.at(port).limits;
        info.lifetime = std::make_shared<ActiveConnection>(counters);
        if (listener->proxyProtocol && !co_await takeProxyHeader(stream, info))
            co_return false;
        std::optional<ClientHello> hello;
        if (hasTlsChain(*listener))
            hello = co_await peekHello(stream);
        static const RequestHead anyHead;
        RouteQuery query{&anyHead, port, hello.has_value(),
                         hello ? std::string_view(hello->serverName) : std::string_view(), 0};
        Decision decision = state->table->match(query);
        if (hello && !decision.chain) { // falls into the clear chain, where it is no HTTP
            query.tls = false;
            decision = state->table->match(query);
        }
        if (!decision.chain) {
            stream.reset();
            co_return false;
        }
        if (decision.chain->tls && !decision.chain->tlsContext.empty()
            && !co_await terminate(*decision.chain, stream, info, *counters))
            co_return false;
        if (decision.chain->tcpClusters.empty())
            co_return true;
        co_await relayTcp(*state, *decision.chain, stream);
        co_return false;
    }

    static void takeEnds(ConnectionInfo &info, const ConnectionEnds &told)
    {
        info.direct = ConnectionEnds{info.peerAddress, info.localAddress, info.peerPort, info.listenerPort};
        info.peerAddress = told.peer;
        info.peerPort = told.peerPort;
        info.localAddress = told.local;
        info.localPort = told.localPort;
    }

    static asio::awaitable<bool> takeProxyHeader(Stream &stream, ConnectionInfo &info)
    {
        const Deadline deadline = in(HelloTimeout);
        for (std::size_t wanted = 1;;) {
            const Result<std::string> bytes = co_await stream.peekAtLeast(wanted, deadline);
            if (!bytes || bytes->size() < wanted)
                co_return false;
            const auto header = readProxyHeader(*bytes);
            if (!header)
                co_return false;
            wanted = bytes->size() + 1;
            if (!header->has_value())
                continue;
            std::string taken((*header)->size, '\0');
            const Result<std::size_t> n =
                co_await stream.read(taken.data(), taken.size(), deadline); // it is all there
            if (!(*header)->ends.peer.empty())
                takeEnds(info, (*header)->ends);
            co_return n.has_value();
        }
    }

    // A TCPMapping's connection: bytes both ways to one of its clusters, by weight.
    asio::awaitable<void> relayTcp(const EdgeState &state, const FilterChain &chain, Stream &downstream)
    {
        std::uint64_t total = 0;
        for (const WeightedCluster &choice : chain.tcpClusters)
            total += shareOf(choice);
        std::uint64_t draw = total > 0 ? random() % total : 0;
        auto choice = chain.tcpClusters.begin();
        for (; std::next(choice) != chain.tcpClusters.end(); ++choice) {
            const std::uint64_t weight = shareOf(*choice);
            if (draw < weight)
                break;
            draw -= weight;
        }
        const auto &clusters = state.table->config().clusters;
        const auto cluster = clusters.find(choice->cluster);
        const auto upstream =
            cluster == clusters.end() ? state.upstreams->end() : state.upstreams->find(&cluster->second);
        std::optional<UpstreamTarget> target;
        if (upstream != state.upstreams->end() && upstream->second->tlsProblem.empty())
            target = targetOf(*upstream->second, options.resolve);
        if (!target) {
            downstream.reset();
            co_return;
        }
        const std::chrono::milliseconds timeout(cluster->second.connectTimeoutMs);
        const AcquireLimits limits{false, timeout, in(timeout)};
        auto connection = co_await upstream->second->pool->acquire(std::move(*target), limits);
        if (!connection) {
            downstream.reset();
            co_return;
        }
        TunnelEnds ends{downstream, {}, (*connection)->h1.stream, {}};
        co_await tunnel(std::move(ends), TcpIdle);
    }

    asio::awaitable<bool> terminate(const FilterChain &chain, Stream &stream, ConnectionInfo &info,
                                    DownstreamStats &counters)
    {
        const EdgeCredentials::Made made = credentials.server(chain.tlsContext);
        if (!made.credentials) {
            ++counters.tls.connectionErrors;
            stream.reset();
            co_return false;
        }
        const Result<TlsFacts> facts = co_await stream.handshakeAsServer(made.credentials, in(HelloTimeout));
        if (!facts) {
            ++counters.tls.connectionErrors;
            co_return false;
        }
        ++counters.tls.handshakes;
        ++counters.tlsConnections;
        info.tls = *facts;
        co_return true;
    }

    void sweepLater()
    {
        sweepTimer.expires_after(SweepPause);
        sweepTimer.async_wait([weak = weak_from_this()](const asio::error_code &error) {
            const std::shared_ptr<State> self = weak.lock();
            if (error || !self)
                return;
            for (const auto &[name, pool] : self->pools)
                pool->sweep();
            self->sweepLater();
        });
    }

    asio::io_context &loop;
    GatewayOptions options;
    EdgeStats stats;
    EdgeCredentials credentials;
    Proxy proxy;
    std::shared_ptr<const EdgeState> current;
    std::map<std::string, std::shared_ptr<UpstreamPool>> pools;
    std::map<std::uint16_t, std::unique_ptr<Server>> servers;
    std::map<std::uint16_t, std::uint16_t> bound;
    std::vector<std::unique_ptr<Server>> retired; // no longer listening, still serving
    std::mt19937_64 random{std::random_device()()};
    asio::steady_timer sweepTimer;
};

Gateway::Gateway(asio::io_context &loop, GatewayOptions options)
    : m_state(std::make_shared<State>(loop, std::move(options)))
{
}

Gateway::~Gateway() { stop(); }

std::vector<Error> Gateway::apply(std::shared_ptr<const RouteTable> table, const SecretStore &secrets)
{
    const bool isFirst = !m_state->current;
    std::vector<Error> problems =
        m_state->credentials.update(table->config(), secrets, m_state->options.readFile);
    m_state->current = m_state->makeState(std::move(table));
    m_state->proxy.use(m_state->current);
    m_state->closeListeners();
    m_state->openListeners(problems);
    if (isFirst)
        m_state->sweepLater();
    return problems;
}

std::vector<LoadedTls> Gateway::loadedTls() const { return m_state->credentials.loaded(); }

std::map<std::uint16_t, std::uint16_t> Gateway::boundPorts() const { return m_state->bound; }

std::string Gateway::prometheusText() const { return m_state->stats.prometheusText(); }

void Gateway::stop()
{
    for (const auto &[port, server] : m_state->servers)
        server->stop();
    for (const auto &server : m_state->retired)
        server->stop();
    m_state->servers.clear();
    m_state->retired.clear();
    m_state->bound.clear();
    m_state->sweepTimer.cancel();
    for (const auto &[name, pool] : m_state->pools)
        pool->closeIdle();
}

} // namespace edge
