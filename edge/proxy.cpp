// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/proxy.h"

#include "edge/cors.h"
#include "edge/header_rules.h"
#include "edge/local_answer.h"
#include "edge/proxied_request.h"
#include "edge/request_intake.h"

#include <algorithm>

namespace edge {

namespace {

// What a request asks to switch to ("websocket"), "" if it asks for nothing.  h2c is ignored, as Envoy does.
std::string upgradeAsked(const Headers &headers)
{
    if (!headers.hasToken("connection", "upgrade"))
        return {};
    const std::string_view wanted = headers.value("upgrade");
    return equalIgnoringCase(wanted, "h2c") ? std::string() : std::string(wanted);
}

bool isAllowed(const Route &route, const std::string &upgrade)
{
    return std::any_of(route.upgrades.begin(), route.upgrades.end(),
                       [&](const std::string &allowed) { return equalIgnoringCase(allowed, upgrade); });
}

bool maySendNoLength(std::string_view method) // of a request without a body, to the upstream
{
    return method == "GET" || method == "HEAD" || method == "DELETE" || method == "TRACE";
}

class Serving // one request, from its head to the record that it leaves
{
public:
    Serving(const ProxyOptions &options, std::shared_ptr<const EdgeState> state, std::mt19937_64 &random,
            Request &request, Responder &responder)
        : m_options(options)
        , m_state(std::move(state))
        , m_random(random)
        , m_request(request)
        , m_responder(responder)
    {
    }

    asio::awaitable<void> run()
    {
        const Clock::time_point start = Clock::now();
        const auto listener = m_state->listeners.find(m_request.connection.listenerPort);
        if (listener
            == m_state->listeners.end()) { // closed by a new configuration while the connection lived on
            m_responder.abort();
            co_return;
        }
        m_listener = listener->second.listener;
        DownstreamStats *stats = listener->second.stats.get();
        m_record.startedAt = std::chrono::system_clock::now();
        ++stats->requests;
        ++stats->activeRequests;
        co_await answer();
        m_record.duration = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
        --stats->activeRequests;
        stats->time.add(m_record.duration);
        stats->answered(m_record.status);
        if (m_options.exchangeFinished)
            m_options.exchangeFinished(m_record);
    }

private:
    bool isTls() const { return m_request.connection.tls.has_value(); }

    asio::awaitable<void> say(LocalAnswer local)
    {
        local.server = m_listener->http.serverName;
        m_record.status = local.status;
        const Result<int> status = co_await sendLocalAnswer(m_request, m_responder, std::move(local));
        if (status)
            m_record.status = *status;
    }

    void note() // what the record says of the request as it came
    {
        const RequestHead &head = m_request.head;
        m_record.listenerPort = m_request.connection.listenerPort;
        m_record.requestId = head.headers.value("x-request-id");
        m_record.method = head.method;
        m_record.authority = head.headers.value("host");
        m_record.target = head.target;
        m_record.downstreamTls = m_request.connection.tls;
    }

    asio::awaitable<void> answer()
    {
        RequestHead &head = m_request.head;
        head.headers.lowerNames();
        if (head.headers.hasToken("expect", "100-continue")) {
            head.headers.remove("expect");
            if (!co_await m_request.sayContinue())
                co_return;
        }
        if (head.headers.hasToken("proxy-connection", "close"))
            m_responder.closeAfter();
        const std::string upgrade = upgradeAsked(head.headers);
        m_connectionHeader = upgrade.empty() ? std::string() : std::string(head.headers.value("connection"));
        const Arrival arrival = arrive(head, m_listener->http, m_request.connection, m_random);
        if (m_options.exchangeFinished)
            note();
        LocalAnswer refused = refusal(arrival);
        if (refused.status != 0)
            co_await say(std::move(refused));
        else
            co_await route(upgrade);
    }

    LocalAnswer refusal(const Arrival &arrival) // status 0: go on
    {
        const Refusal refused = refuse(m_request.head, *m_listener, arrival);
        LocalAnswer answer;
        answer.close = true;
        answer.status = refused.status;
        if (arrival.target.status == 404)
            m_record.flags = "NR";
        if (refused.saysReason)
            answer.body = reasonPhrase(refused.status);
        return answer;
    }

    asio::awaitable<void> route(const std::string &upgrade)
    {
        RouteQuery query;
        query.head = &m_request.head;
        query.port = m_request.connection.listenerPort;
        query.tls = isTls();
        query.serverName =
            isTls() ? std::string_view(m_request.connection.tls->serverName) : std::string_view();
        query.random = unsigned(m_random() % 10'000);
        const Decision decision = m_state->table->match(query);
        const bool cors =
            decision.route && decision.route->cors && corsApplies(*decision.route->cors, m_request.head);
        const bool isAnsweredByCors = cors && isPreflight(m_request.head);
        if (const int status = refusedForAuth(m_request.head, m_state->table->config());
            status != 0 && !isAnsweredByCors) {
            LocalAnswer broken;
            broken.status = status;
            broken.headers.add("content-type", "application/json");
            broken.body = "{\"message\": \"the AuthService is not configured well\", \"status_code\": 500}\n";
            broken.close = !upgrade.empty();
            co_await say(std::move(broken));
            co_return;
        }
        if (!decision.route) {
            m_record.flags = "NR";
            LocalAnswer notFound;
            notFound.close = !upgrade.empty();
            co_await say(std::move(notFound));
            co_return;
        }
        const Route &chosen = *decision.route;
        m_record.mapping = chosen.mapping;
        if (!upgrade.empty() && !isAllowed(chosen, upgrade)) {
            LocalAnswer refused;
            refused.status = 403;
            refused.close = true;
            co_await say(std::move(refused));
            co_return;
        }
        if (isAnsweredByCors) {
            LocalAnswer preflight;
            preflight.status = 200;
            preflight.headers = preflightHeaders(*chosen.cors, m_request.head);
            co_await say(std::move(preflight));
        } else if (chosen.redirect) {
            co_await say(redirectAnswer(decision));
        } else {
            co_await forward(decision, cors, upgrade);
        }
    }

    HeaderFacts headerFacts(const RequestHead &head) const
    {
        HeaderFacts facts;
        facts.request = &head;
        facts.connection = &m_request.connection;
        facts.http = &m_listener->http;
        facts.startedAt = m_record.startedAt;
        return facts;
    }

    // The route's rules for responses hold, too; server, date and length are set behind them.
    LocalAnswer redirectAnswer(const Decision &decision) const
    {
        const Route &route = *decision.route;
        LocalAnswer elsewhere;
        elsewhere.status = route.redirect->status;
        elsewhere.headers.add("location", redirectLocation(decision, m_request.head, isTls()));
        ResponseHead before;
        before.status = elsewhere.status;
        before.headers = elsewhere.headers;
        HeaderFacts facts = headerFacts(m_request.head);
        facts.response = &before;
        facts.isLocal = true;
        applyHeaderRules(elsewhere.headers, route.responseHeadersToAdd, route.responseHeadersToRemove, facts);
        return elsewhere;
    }

    asio::awaitable<void> forward(const Decision &decision, bool cors, const std::string &upgrade)
    {
        const Route &route = *decision.route;
        const Cluster *cluster = decision.cluster;
        const auto upstream = m_state->upstreams->find(cluster);
        if (upstream == m_state->upstreams->end()) {
            m_record.detail = "the route names the cluster " + route.cluster + ", which is not defined";
            m_record.flags = "NC";
            LocalAnswer missing;
            missing.status = 503;
            co_await say(std::move(missing));
            co_return;
        }
        m_record.cluster = cluster->name;
        prepareHead(decision, upgrade);
        m_record.upstreamTarget = m_request.head.target;
        const ForwardRules rules{cors, !upgrade.empty(), m_state->suppressEnvoyHeaders, m_listener->http,
                                 shadowOf(route)};
        ProxiedRequest proxied(m_request, m_responder, {route, *upstream->second, rules}, m_random, m_record);
        std::optional<UpstreamTarget> target = targetOf(*upstream->second, m_options.resolve);
        co_await proxied.run(std::move(target));
    }

    void prepareHead(const Decision &decision, const std::string &upgrade)
    {
        const Route &route = *decision.route;
        const Cluster &cluster = *decision.cluster;
        RequestHead &head = m_request.head;
        if (!route.requestHeadersToAdd.empty() || !route.requestHeadersToRemove.empty()) {
            const RequestHead before = head;
            HeaderFacts facts = headerFacts(before);
            facts.cluster = &cluster;
            applyHeaderRules(head.headers, route.requestHeadersToAdd, route.requestHeadersToRemove, facts);
        }
        if (std::optional<std::string> rewritten = rewriteOf(decision, head.target)) {
            std::string original = std::exchange(head.target, std::move(*rewritten));
            if (!m_state->suppressEnvoyHeaders)
                head.headers.set("x-envoy-original-path", std::move(original));
        }
        const std::string &host = route.autoHostRewrite ? cluster.host : route.hostRewrite;
        if (!host.empty()) {
            if (!m_state->suppressEnvoyHeaders)
                head.headers.set("x-envoy-original-host", std::string(head.headers.value("host")));
            head.headers.set("host", host);
        }
        if (!upgrade.empty()) {
            head.headers.set("connection", m_connectionHeader);
            head.headers.set("upgrade", upgrade);
        } else if (m_request.bodyEnded() && !head.headers.has("content-length")
                   && !maySendNoLength(head.method)) {
            head.headers.set("content-length", "0");
        } else if (!m_request.bodyEnded() && !head.headers.has("content-length")) {
            head.headers.set("transfer-encoding", "chunked");
        }
    }

    std::optional<Shadow> shadowOf(const Route &route) const
    {
        if (route.mirrorCluster.empty() || int(m_random() % 100) >= route.mirrorNumerator)
            return {};
        const auto &clusters = m_state->table->config().clusters;
        const auto cluster = clusters.find(route.mirrorCluster);
        const auto upstream = cluster == clusters.end() ? m_state->upstreams->end()
                                                        : m_state->upstreams->find(&cluster->second);
        if (upstream == m_state->upstreams->end() || !upstream->second->tlsProblem.empty())
            return {};
        std::optional<UpstreamTarget> target = targetOf(*upstream->second, m_options.resolve);
        if (!target)
            return {};
        return Shadow{upstream->second->pool, upstream->second->stats, std::move(*target),
                      std::chrono::milliseconds(cluster->second.connectTimeoutMs),
                      std::chrono::milliseconds(route.timeoutMs)};
    }

    const ProxyOptions &m_options;
    std::shared_ptr<const EdgeState> m_state;
    const Listener *m_listener = nullptr;
    std::string m_connectionHeader; // of an upgrade, as sent
    std::mt19937_64 &m_random;
    Request &m_request;
    Responder &m_responder;
    Exchange m_record;
};

} // namespace

Proxy::Proxy(ProxyOptions options)
    : m_options(std::move(options))
    , m_state(std::make_shared<EdgeState>())
    , m_random((std::uint64_t(std::random_device()()) << 32) ^ std::random_device()())
{
}

Proxy::~Proxy() = default;

asio::awaitable<void> Proxy::handle(Request &request, Responder &responder)
{
    if (!m_state->table) {
        responder.abort();
        co_return;
    }
    Serving serving(m_options, m_state, m_random, request, responder);
    co_await serving.run();
}

} // namespace edge
