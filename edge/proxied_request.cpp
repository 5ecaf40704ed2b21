// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/proxied_request.h"

#include "edge/cors.h"
#include "edge/edge_headers.h"
#include "edge/header_rules.h"
#include "edge/local_answer.h"
#include "edge/tunnel.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace edge {

namespace {

constexpr std::size_t ReplayBytes =
    1024 * 1024; // Envoy's per_connection_buffer_limit: a longer body is not retried
constexpr std::size_t AnswerHeadBytes = 256 * 1024;
constexpr std::chrono::milliseconds StreamIdle{300'000};

std::chrono::milliseconds elapsedSince(Clock::time_point start)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

std::chrono::milliseconds idleTimeOf(const Route &route)
{
    if (!route.idleTimeoutMs)
        return StreamIdle;
    return *route.idleTimeoutMs == 0 ? std::chrono::hours(24)
                                     : std::chrono::milliseconds(*route.idleTimeoutMs);
}

tl::unexpected<UpstreamProblem> problem(UpstreamFailure failure, std::string detail)
{
    return tl::unexpected(UpstreamProblem{failure, std::move(detail)});
}

} // namespace

ProxiedRequest::ProxiedRequest(Request &request, Responder &responder, ForwardPlan plan,
                               std::mt19937_64 &random, Exchange &record)
    : m_request(request)
    , m_responder(responder)
    , m_route(plan.route)
    , m_upstream(plan.upstream)
    , m_rules(std::move(plan.rules))
    , m_random(random)
    , m_record(record)
    , m_head(request.head)
    , m_start(Clock::now())
    , m_idle(idleTimeOf(plan.route))
{
}

asio::awaitable<void> ProxiedRequest::run(std::optional<UpstreamTarget> where)
{
    m_where = std::move(where);
    m_chunked = !m_request.bodyEnded() && !m_head.headers.has("content-length");
    m_replayable = m_route.retryPolicy.has_value() || m_rules.shadow.has_value();
    if (m_request.bodyEnded())
        requestCompleted();
    for (int number = 0;; ++number) {
        Answer answer = co_await attempt(number);
        if (m_clientProblem) {
            UpstreamProblem none;
            co_await fail(std::move(none), false);
            break;
        }
        if (!mayRetry(answer, number)) {
            const bool exhausted =
                m_route.retryPolicy && number > 0 && number == m_route.retryPolicy->numRetries;
            if (exhausted && (!answer || retriesStatus(*m_route.retryPolicy, answer->status)))
                m_record.flags = "URX";
            if (answer)
                co_await relay(std::move(*answer));
            else
                co_await fail(answer.error(), number > 0);
            break;
        }
        m_uploadTarget.reset();
        m_connection.reset();
        ++m_upstream.stats->retries;
        asio::steady_timer pause(co_await asio::this_coro::executor, retryPause(number, m_random));
        asio::error_code ignored;
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_await endUpload();
}

asio::awaitable<ProxiedRequest::Answer> ProxiedRequest::attempt(int number)
{
    ++m_upstream.stats->requests;
    m_tryDeadline =
        Deadline::max(); // the earlier attempt's; this one's begins when it is connected, as in Envoy
    auto connection = co_await connect();
    if (!connection)
        co_return tl::unexpected(connection.error());
    m_connection = std::move(*connection);
    ++m_connection->uses;
    if (m_clientProblem)
        co_return problem(UpstreamFailure::Closed, {});
    if (m_route.retryPolicy && m_route.retryPolicy->perTryTimeoutMs)
        m_tryDeadline = in(std::chrono::milliseconds(*m_route.retryPolicy->perTryTimeoutMs));
    co_await send(number);
    co_return co_await readAnswerHead();
}

asio::awaitable<tl::expected<UpstreamPtr, UpstreamProblem>> ProxiedRequest::connect()
{
    if (!m_where) {
        ++m_upstream.stats->noneHealthy;
        co_return problem(UpstreamFailure::NoHost,
                          "no endpoint is known for " + m_upstream.cluster->host + ":"
                              + std::to_string(m_upstream.cluster->port));
    }
    if (!m_upstream.tlsProblem.empty())
        co_return problem(UpstreamFailure::ConnectFailed, m_upstream.tlsProblem);
    const AcquireLimits limits{true, std::chrono::milliseconds(m_upstream.cluster->connectTimeoutMs),
                               readDeadline()};
    auto connection = co_await m_upstream.pool->acquire(*m_where, limits);
    if (!connection && connection.error().failure == UpstreamFailure::ConnectTimeout
        && Clock::now() >= m_answerDeadline)
        co_return problem(UpstreamFailure::Timeout, connection.error().detail);
    co_return connection;
}

// A failure to write shows itself when the answer is read; an answer may be there nevertheless.
asio::awaitable<void> ProxiedRequest::send(int number)
{
    if (m_record.upstreamAddress.empty() || number > 0) {
        m_record.upstreamAddress = m_where->address + ":" + std::to_string(m_where->port);
        if (const TlsFacts *tls = m_connection->h1.stream.tls())
            m_record.upstreamTls = *tls;
    }
    const std::chrono::milliseconds left = std::chrono::milliseconds(m_route.timeoutMs)
        - (m_bodyComplete ? elapsedSince(m_start) : std::chrono::milliseconds(0));
    const int expected = m_route.retryPolicy && m_route.retryPolicy->perTryTimeoutMs
        ? *m_route.retryPolicy->perTryTimeoutMs
        : number == 0 ? m_route.timeoutMs
                      : int(std::max<std::int64_t>(left.count(), 1));
    if (expected > 0 && !m_rules.suppressEnvoyHeaders)
        m_head.headers.set("x-envoy-expected-rq-timeout-ms", std::to_string(expected));
    const UpstreamPtr connection = m_connection;
    std::string bytes = formatRequestHead(m_head);
    m_upstream.stats->bytesSent += bytes.size();
    if (!co_await connection->h1.stream.write(bytes, readDeadline()))
        co_return;
    if (number == 0 && !m_bodyComplete) {
        m_uploadTarget = connection;
        startUpload();
        co_return;
    }
    for (std::size_t sent = 0; sent < m_replay.size();) { // it may grow meanwhile
        const std::string piece = m_replay.substr(sent);
        sent += piece.size();
        const std::string bytesOfIt = framed(piece);
        if (!co_await connection->h1.stream.write(bytesOfIt, readDeadline()))
            co_return;
    }
    m_uploadTarget = connection;
    if (m_bodyComplete && m_chunked)
        (void)co_await connection->h1.stream.write("0\r\n\r\n", readDeadline());
}

asio::awaitable<ProxiedRequest::Answer> ProxiedRequest::readAnswerHead()
{
    for (;;) {
        const Result<std::string> text = co_await m_connection->h1.readHead(AnswerHeadBytes, readDeadline());
        if (!text)
            co_return tl::unexpected(problemOf(text.error()));
        if (text->empty())
            co_return problem(UpstreamFailure::Closed,
                              m_record.upstreamAddress + " closed the connection before an answer");
        auto head = parseResponseHead(*text, H1Limits().headers);
        if (!head) {
            ++m_upstream.stats->protocolErrors;
            co_return problem(UpstreamFailure::ProtocolError,
                              m_record.upstreamAddress + " does not answer with HTTP: " + head.error().why);
        }
        m_upstream.stats->bytesReceived += text->size();
        if (head->status >= 200 || head->status == 101) // other interim answers end here
            co_return std::move(*head);
    }
}

UpstreamProblem ProxiedRequest::problemOf(const Error &error) const
{
    const std::string detail = m_record.upstreamAddress + ": " + error.message;
    switch (error.kind) {
    case Error::Kind::Timeout:
        if (Clock::now() >= m_answerDeadline)
            return {UpstreamFailure::Timeout, detail};
        return {Clock::now() >= m_tryDeadline ? UpstreamFailure::PerTryTimeout : UpstreamFailure::IdleTimeout,
                detail};
    case Error::Kind::Protocol: return {UpstreamFailure::ProtocolError, detail};
    case Error::Kind::
        Tls: // an alert after TLS 1.3's handshake, as of a refused certificate: it was a connection
        ++m_upstream.stats->tls.connectionErrors;
        return {UpstreamFailure::Closed, detail};
    default:
        return {m_connection->h1.hasBuffered() ? UpstreamFailure::ProtocolError : UpstreamFailure::Closed,
                detail};
    }
}

bool ProxiedRequest::mayRetry(const Answer &answer, int number) const
{
    if (!m_route.retryPolicy || number >= m_route.retryPolicy->numRetries || !m_replayable
        || Clock::now() >= m_answerDeadline)
        return false;
    return answer ? retriesStatus(*m_route.retryPolicy, answer->status)
                  : retriesFailure(*m_route.retryPolicy, answer.error().failure);
}

asio::awaitable<void> ProxiedRequest::fail(UpstreamProblem what, bool afterRetry)
{
    if (m_clientProblem) {
        m_record.detail = m_clientProblem->message;
        if (m_clientProblem->kind != Error::Kind::Protocol) {
            m_record.flags = "DC";
            m_responder.abort();
            co_return;
        }
        m_record.flags = "DPE";
        m_record.status = 400;
        LocalAnswer refusal{400, "Bad Request", {}, true, m_rules.http.serverName};
        (void)co_await sendLocalAnswer(m_request, m_responder, std::move(refusal));
        co_return;
    }
    if (!m_uploading)
        co_await m_request.dropArrived();
    ClusterStats &stats = *m_upstream.stats;
    LocalAnswer answer{failureStatus(what.failure),
                       failureBody(what.failure, afterRetry),
                       {},
                       false,
                       m_rules.http.serverName};
    if (what.failure == UpstreamFailure::IdleTimeout && !m_bodyComplete)
        answer.status = 408;
    m_record.flags += (m_record.flags.empty() ? "" : ",") + std::string(failureFlag(what.failure));
    ResponseHead seen; // nothing but its status is there yet
    seen.status = answer.status;
    applyRouteRules(answer.headers, seen, true);
    if (what.failure == UpstreamFailure::Overflow)
        answer.headers.add("x-envoy-overloaded", "true");
    if (what.failure == UpstreamFailure::Timeout)
        ++stats.timeouts;
    if (what.failure == UpstreamFailure::PerTryTimeout)
        ++stats.perTryTimeouts;
    if (m_rules.appliesCors)
        addCorsHeaders(*m_route.cors, m_head.headers.value("origin"), answer.headers);
    stats.answered(answer.status);
    m_record.detail = std::move(what.detail);
    m_record.status = answer.status;
    const Result<int> status = co_await sendLocalAnswer(m_request, m_responder, std::move(answer));
    if (status)
        m_record.status = *status;
}

// seen: what %RESP(…)% can name.
void ProxiedRequest::applyRouteRules(Headers &headers, const ResponseHead &seen, bool isLocal) const
{
    HeaderFacts facts;
    facts.request = &m_request.head;
    facts.connection = &m_request.connection;
    facts.http = &m_rules.http;
    facts.startedAt = m_record.startedAt;
    facts.cluster = m_upstream.cluster;
    facts.upstreamAddress = m_record.upstreamAddress;
    facts.upstreamTls = m_record.upstreamTls ? &*m_record.upstreamTls : nullptr;
    facts.response = &seen;
    facts.isLocal = isLocal;
    facts.flags = isLocal ? std::string_view(m_record.flags) : std::string_view();
    applyHeaderRules(headers, m_route.responseHeadersToAdd, m_route.responseHeadersToRemove, facts);
}

ResponseHead ProxiedRequest::forDownstream(ResponseHead head) const
{
    head.reason.clear(); // Envoy's own words
    head.headers.lowerNames();
    removeHopByHop(head.headers, false);
    if (head.status == 204)
        head.headers.remove("content-length");
    if (!head.headers.has("date"))
        head.headers.add("date", httpDate());
    if (!m_rules.suppressEnvoyHeaders && !m_rules.isUpgrade && m_bodyComplete)
        head.headers.set("x-envoy-upstream-service-time", std::to_string(elapsedSince(m_start).count()));
    if (m_rules.appliesCors)
        addCorsHeaders(*m_route.cors, m_head.headers.value("origin"), head.headers);
    if (!m_route.responseHeadersToAdd.empty() || !m_route.responseHeadersToRemove.empty())
        applyRouteRules(head.headers, ResponseHead(head), false);
    head.headers.set("server", m_rules.http.serverName); // whatever a rule says, as Envoy
    return head;
}

asio::awaitable<void> ProxiedRequest::relay(ResponseHead head)
{
    const auto length = bodyLength(head, m_head.method);
    if (!length) {
        ++m_upstream.stats->protocolErrors;
        UpstreamProblem nonsense{UpstreamFailure::ProtocolError,
                                 m_record.upstreamAddress + ": " + length.error().why};
        co_await fail(std::move(nonsense), false);
        co_return;
    }
    m_upstream.stats->answered(head.status);
    m_record.status = head.status;
    if (head.status == 101) {
        co_await joinStreams(std::move(head));
        co_return;
    }
    m_connection->h1.startBody(*length);
    const bool reusable = length->kind != BodyLength::Kind::UntilClose && head.minorVersion == 1
        && !head.headers.hasToken("connection", "close");
    std::optional<std::uint64_t> size;
    if (length->kind == BodyLength::Kind::Known)
        size = length->bytes;
    else if (length->kind == BodyLength::Kind::None
             && (m_head.method != "HEAD" || head.headers.has("content-length")))
        size = m_head.method == "HEAD"
            ? std::strtoull(head.headers.value("content-length").data(), nullptr, 10)
            : 0;
    if (!m_bodyComplete || m_rules.isUpgrade)
        m_responder.closeAfter();
    ResponseHead passed = forDownstream(std::move(head));
    const Result<void> started = co_await m_responder.start(std::move(passed), size);
    if (started)
        co_await relayBody(reusable);
    else
        clientWent(started.error());
    if (m_clientProblem)
        m_record.flags = "DC";
    else
        m_upstream.stats->time.add(
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - m_start));
}

asio::awaitable<void> ProxiedRequest::relayBody(bool reusable)
{
    H1Connection &h1 = m_connection->h1;
    while (!h1.bodyEnded()) {
        const Result<std::string> piece = co_await h1.readBody(readDeadline());
        if (!piece && m_clientProblem)
            co_return;
        if (!piece) {
            cut(piece.error());
            co_return;
        }
        m_upstream.stats->bytesReceived += piece->size();
        const Result<void> written = co_await m_responder.write(*piece);
        if (!written) {
            clientWent(written.error());
            co_return;
        }
    }
    const Result<void> finished = co_await m_responder.finish();
    if (!finished)
        clientWent(finished.error());
    else if (reusable && m_bodyComplete && !m_uploading)
        m_upstream.pool->giveBack(std::move(m_connection));
}

void ProxiedRequest::cut(const Error &error)
{
    const bool timedOut = error.kind == Error::Kind::Timeout;
    m_record.flags = timedOut ? "UT" : "UPE"; // Envoy 1.40 says UPE for a body that ends early
    m_record.detail = m_record.upstreamAddress + ": " + error.message;
    if (timedOut)
        ++m_upstream.stats->timeouts;
    m_responder.abort();
}

asio::awaitable<void> ProxiedRequest::joinStreams(ResponseHead head)
{
    head.headers.lowerNames();
    head.reason.clear();
    head.headers.set("server", m_rules.http.serverName);
    if (!head.headers.has("date"))
        head.headers.add("date", httpDate());
    std::string early = m_request.takeBuffered();
    const Result<Stream *> downstream = co_await m_responder.upgrade(std::move(head));
    if (!downstream) {
        clientWent(downstream.error());
        co_return;
    }
    TunnelEnds ends{**downstream, std::move(early), m_connection->h1.stream, m_connection->h1.takeBuffered()};
    co_await tunnel(std::move(ends), m_idle);
}

void ProxiedRequest::startUpload()
{
    m_uploading = true;
    auto executor = m_connection->h1.stream.socket().get_executor();
    m_uploadEnded.emplace(executor, Deadline::max());
    asio::co_spawn(executor, upload(), asio::detached);
}

asio::awaitable<void> ProxiedRequest::upload()
{
    while (!m_uploadStopped) {
        const Result<std::string> piece = co_await m_request.read();
        if (!piece && !m_uploadStopped)
            clientWent(piece.error());
        if (!piece)
            break;
        if (piece->empty()) {
            requestCompleted();
            if (const UpstreamPtr target = m_uploadTarget; target && m_chunked)
                (void)co_await target->h1.stream.write("0\r\n\r\n", in(m_idle));
            break;
        }
        co_await sendPiece(*piece);
    }
    m_uploading = false;
    m_uploadEnded->cancel();
}

asio::awaitable<void> ProxiedRequest::sendPiece(std::string_view piece)
{
    if (m_replayable && m_replay.size() + piece.size() > ReplayBytes) {
        m_replayable = false;
        m_replay.clear();
    }
    const UpstreamPtr target = m_uploadTarget;
    if (m_replayable)
        m_replay += piece;
    if (!target)
        co_return;
    target->h1.stream.limitReading(readDeadline()); // the answer may wait as long as the body moves
    m_upstream.stats->bytesSent += piece.size();
    const std::string bytes = framed(piece);
    const Result<void> written = co_await target->h1.stream.write(bytes, in(m_idle));
    if (!written && m_uploadTarget == target)
        m_uploadTarget
            .reset(); // the rest is read and dropped; what the upstream says about it is read elsewhere
}

asio::awaitable<void> ProxiedRequest::endUpload()
{
    m_uploadStopped = true;
    if (m_uploading && m_connection)
        m_connection->h1.stream.close();
    while (m_uploading) {
        m_request.stopReading();
        asio::error_code ignored;
        m_uploadEnded->expires_after(
            std::chrono::milliseconds(20)); // it may have been between two calls when it was stopped
        co_await m_uploadEnded->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

void ProxiedRequest::requestCompleted()
{
    m_bodyComplete = true;
    m_request.watchClient([this] { clientWent({Error::Kind::Closed, "the client closed the connection"}); });
    if (m_rules.shadow && (m_replayable || m_request.bodyEnded()) && !std::exchange(m_shadowSent, true)) {
        RequestHead copy = shadowHead(m_head);
        if (m_route.timeoutMs > 0 && !m_rules.suppressEnvoyHeaders)
            copy.headers.set("x-envoy-expected-rq-timeout-ms", std::to_string(m_route.timeoutMs));
        asio::co_spawn(m_responder.executor(), sendShadow(*m_rules.shadow, std::move(copy), m_replay),
                       asio::detached);
    }
    if (m_route.timeoutMs > 0)
        m_answerDeadline = in(std::chrono::milliseconds(m_route.timeoutMs));
    if (m_uploadTarget)
        m_uploadTarget->h1.stream.limitReading(readDeadline());
}

Deadline ProxiedRequest::readDeadline() const
{
    return std::min({m_answerDeadline, m_tryDeadline, in(m_idle)});
}

void ProxiedRequest::clientWent(const Error &why)
{
    if (!m_clientProblem)
        m_clientProblem = why;
    if (m_connection)
        m_connection->h1.stream.close(); // wakes whoever waits for the answer
}

std::string ProxiedRequest::framed(std::string_view piece) const
{
    return m_chunked ? chunk(piece) : std::string(piece);
}

} // namespace edge
