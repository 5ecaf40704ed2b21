// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/edge_host.h"

#include <QPromise>

#include <asio/co_spawn.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <functional>
#include <optional>
#include <thread>

using namespace Qt::StringLiterals;

namespace app {

using ReplyResult = edge::Result<edge::Reply>;

struct EdgeHost::State
{
    asio::io_context loop{1};
    asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(loop);
    std::thread thread{[this] { loop.run(); }};
};

namespace {

// Finishes its future in every case, also when the loop is destroyed under it.
class Answer
{
public:
    explicit Answer(QPromise<ReplyResult> promise)
        : m_promise(std::move(promise))
    {
        m_promise.start();
    }
    Answer(Answer &&) = default;
    Answer(const Answer &) = delete;
    Answer &operator=(Answer &&) = delete;
    Answer &operator=(const Answer &) = delete;
    ~Answer() { give(edge::failure(edge::Error::Kind::Cancelled, "the request was cancelled")); }

    void give(ReplyResult reply)
    {
        if (m_given)
            return;
        m_given = true;
        m_promise.addResult(std::move(reply));
        m_promise.finish();
    }

private:
    QPromise<ReplyResult> m_promise;
    bool m_given = false;
};

// A request under way.  The callback runs on whichever thread stops the token, so it only posts.
struct Pending
{
    explicit Pending(QPromise<ReplyResult> promise)
        : answer(std::move(promise))
    {
    }
    Answer answer;
    std::optional<std::stop_callback<std::function<void()>>> onStop;
};

asio::awaitable<void> sendAndAnswer(edge::ClientRequest request, std::shared_ptr<Pending> pending)
{
    auto reply = co_await edge::fetch(std::move(request));
    pending->answer.give(std::move(reply));
    pending->onStop.reset();
}

double milliseconds(std::chrono::microseconds time)
{
    return time.count() < 0 ? -1 : double(time.count()) / 1000;
}

QString tlsText(const edge::TlsFacts &tls)
{
    if (tls.peerChain.empty())
        return QString::fromStdString(tls.version);
    const edge::PeerCertificate &leaf = tls.peerChain.front();
    const std::string name = !leaf.subject.empty() ? leaf.subject
        : !leaf.uriNames.empty()                   ? leaf.uriNames.front()
                                                   : "without a name";
    return u"%1, certificate %2"_s.arg(QString::fromStdString(tls.version), QString::fromStdString(name));
}

} // namespace

EdgeHost::EdgeHost()
    : m_state(std::make_unique<State>())
{
}

EdgeHost::~EdgeHost()
{
    m_state->work.reset();
    m_state->loop.stop();
    m_state->thread.join();
}

QFuture<ReplyResult> EdgeHost::send(edge::ClientRequest request, std::stop_token stop)
{
    QPromise<ReplyResult> promise;
    QFuture<ReplyResult> future = promise.future();
    auto pending = std::make_shared<Pending>(std::move(promise));
    const std::weak_ptr<Pending> weak = pending;
    // What is stopped is answered at once; its connection ends by itself, at its own time limit at the latest.
    pending->onStop.emplace(std::move(stop), [weak, executor = m_state->loop.get_executor()] {
        asio::post(executor, [weak] {
            if (const auto still = weak.lock())
                still->answer.give(edge::failure(edge::Error::Kind::Cancelled, "the request was cancelled"));
        });
    });
    asio::co_spawn(m_state->loop, sendAndAnswer(std::move(request), std::move(pending)),
                   [](std::exception_ptr) {});
    return future;
}

edge::Result<edge::ClientRequest> clientRequest(const models::RequestSpec &spec, const QString &address,
                                                quint16 port, int timeoutMs)
{
    edge::ClientRequest request;
    request.address = address.toStdString();
    request.port = port;
    request.timeout = std::chrono::milliseconds(timeoutMs);
    request.head.method = spec.method.toStdString();
    request.head.target = models::targetOf(spec).toStdString();
    request.head.headers.set("Host", models::hostOf(spec).toStdString());
    for (const auto &[name, value] : spec.headers) {
        if (name.compare("host"_L1, Qt::CaseInsensitive) != 0)
            request.head.headers.add(name.toStdString(), value.toStdString());
    }
    if (!request.head.headers.has("user-agent"))
        request.head.headers.add("User-Agent", "sallyport/" SALLYPORT_VERSION);
    if (!spec.body.isEmpty())
        request.head.headers.set("Content-Length", std::to_string(spec.body.size()));
    request.body = spec.body.toStdString();
    if (spec.url.scheme() == "https"_L1) {
        // The edge's certificate is shown, not judged: operators test edges whose names are not theirs, as curl -k does.
        edge::TlsSettings settings;
        settings.alpnProtocols = "http/1.1";
        auto credentials = edge::TlsCredentials::make(edge::TlsCredentials::Side::Client, settings);
        if (!credentials)
            return tl::unexpected(credentials.error());
        request.tls = *credentials;
        request.serverName = spec.url.host().toStdString();
    }
    return request;
}

models::RequestOutcome outcomeOf(const ReplyResult &reply)
{
    models::RequestOutcome outcome;
    if (!reply) {
        outcome.error = QString::fromStdString(reply.error().message);
        return outcome;
    }
    outcome.status = reply->head.status;
    outcome.reason = QString::fromStdString(reply->head.reason);
    for (const edge::Header &header : reply->head.headers)
        outcome.headers.append({QString::fromStdString(header.name), QString::fromStdString(header.value)});
    outcome.body = QByteArray::fromStdString(reply->body);
    outcome.bodyCut = reply->bodyCut;
    outcome.connectMs = milliseconds(reply->timings.connected);
    outcome.tlsMs = milliseconds(reply->timings.tlsDone);
    outcome.firstByteMs = milliseconds(reply->timings.firstByte);
    outcome.totalMs = milliseconds(reply->timings.done);
    if (reply->tls)
        outcome.tls = tlsText(*reply->tls);
    return outcome;
}

} // namespace app
