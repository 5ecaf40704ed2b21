// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One request on its way through the edge: attempts at an upstream, the body one way and the answer the
// other, both streamed with back-pressure (a piece is read only when the last one is written).  An answer may
// begin before the body has all arrived.
#include "edge/edge_state.h"
#include "edge/exchange.h"
#include "edge/handler.h"
#include "edge/shadow.h"

#include <asio/steady_timer.hpp>

#include <random>

namespace edge {

struct ForwardRules
{
    bool appliesCors = false;
    bool isUpgrade = false;
    bool suppressEnvoyHeaders = false;
    const HttpOptions &http; // of the listener
    std::optional<Shadow> shadow;
};

struct ForwardPlan
{
    const Route &route;
    const Upstream &upstream;
    ForwardRules rules;
};

class ProxiedRequest
{
public:
    ProxiedRequest(Request &request, Responder &responder, ForwardPlan plan, std::mt19937_64 &random,
                   Exchange &record);

    // The request's head must be ready to be forwarded, but for the time that the edge grants.
    // where: nullopt if there is no endpoint.
    asio::awaitable<void> run(std::optional<UpstreamTarget> where);

private:
    using Answer = tl::expected<ResponseHead, UpstreamProblem>;

    asio::awaitable<Answer> attempt(int number);
    asio::awaitable<tl::expected<UpstreamPtr, UpstreamProblem>> connect();
    asio::awaitable<void> send(int number);
    asio::awaitable<Answer> readAnswerHead();
    UpstreamProblem problemOf(const Error &error) const;
    bool mayRetry(const Answer &answer, int number) const;
    asio::awaitable<void> fail(UpstreamProblem what, bool afterRetry);

    asio::awaitable<void> relay(ResponseHead head);
    ResponseHead forDownstream(ResponseHead head) const;
    void applyRouteRules(Headers &headers, const ResponseHead &seen, bool isLocal) const;
    asio::awaitable<void> relayBody(bool reusable);
    asio::awaitable<void> joinStreams(ResponseHead head);
    void cut(const Error &error);

    void startUpload();
    asio::awaitable<void> upload();
    asio::awaitable<void> sendPiece(std::string_view piece);
    asio::awaitable<void> endUpload();
    void requestCompleted();
    Deadline readDeadline() const;
    void clientWent(const Error &why);
    std::string framed(std::string_view piece) const;

    Request &m_request;
    Responder &m_responder;
    const Route &m_route;
    const Upstream &m_upstream;
    const ForwardRules m_rules;
    std::mt19937_64 &m_random;
    Exchange &m_record;

    std::optional<UpstreamTarget> m_where;
    RequestHead &m_head;
    bool m_chunked = false; // the body that we send
    Clock::time_point m_start;

    UpstreamPtr m_connection; // of the attempt under way
    std::optional<Error> m_clientProblem;
    Deadline m_answerDeadline = Deadline::max(); // of the whole answer, once the request is complete
    Deadline m_tryDeadline = Deadline::max();
    std::chrono::milliseconds m_idle;

    // The body's way up.
    UpstreamPtr m_uploadTarget; // nullptr between attempts
    std::string m_replay;       // for a further attempt
    bool m_replayable = false;
    bool m_uploading = false; // the coroutine is alive
    bool m_uploadStopped = false;
    bool m_bodyComplete = false;
    bool m_shadowSent = false;
    std::optional<asio::steady_timer> m_uploadEnded;
};

} // namespace edge
