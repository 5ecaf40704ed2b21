// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/client_call.h"

#include "kube/client.h"
#include "kube/resource_type.h"
#include "kube/transfer.h"
#include "kube/transport_error.h"

#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace kube {

ClientCall::ClientCall(Transport &transport, HttpRequest request, std::stop_token stop, Done done,
                       QObject *parent)
    : QObject(parent)
    , m_transport(transport)
    , m_request(std::move(request))
    , m_done(std::move(done))
{
    m_clock.start();
    m_request.isRenewable =
        !m_request.path.contains(u"/proxy/"); // there a service may answer, and have done something
    const bool isStopped = stop.stop_requested(); // then nothing leaves this machine
    if (const QString why = pathFault(m_request.method, m_request.path); !why.isEmpty() && !isStopped) {
        const Error error{Error::Kind::Invalid, 0, {}, why, {}, 0};
        QMetaObject::invokeMethod(
            this, [this, error] { finish(tl::unexpected(error)); }, Qt::QueuedConnection);
    } else if (!isStopped) {
        waitForTurn();
    }
    // Runs on the thread that stops, or here and now if that has happened already.
    m_onStop.emplace(std::move(stop), [this] {
        QMetaObject::invokeMethod(
            this, [this] { abort(); }, Qt::QueuedConnection);
    });
}

void ClientCall::waitForTurn()
{
    const auto pause = m_transport.rateLimit().take(std::chrono::milliseconds(Transfer::monotonicMsecs()));
    if (pause.count() == 0)
        return send();
    m_hasUnusedTurn = true;
    QTimer::singleShot(pause, this, [this] {
        m_hasUnusedTurn = false;
        send();
    });
}

ClientCall::~ClientCall()
{
    m_onStop.reset();
    if (m_hasUnusedTurn)
        m_transport.rateLimit().giveBack();
    if (!m_done)
        return;
    const Error error = givenUp();
    m_transport.cancel(m_transfer);
    std::exchange(m_done, nullptr)(tl::unexpected(error));
}

Error ClientCall::givenUp() const
{
    Error error;
    error.kind = Error::Kind::Cancelled;
    if (m_putOff) {
        const bool isAskedToWait = m_putOff->retryAfterSeconds > 0; // else the pause is our own
        error.message = (isAskedToWait ? u"given up while the server had it wait: "_s
                                       : u"given up before it was asked again: "_s)
            + m_putOff->message;
        error.httpStatus = m_putOff->httpStatus;
    } else if (m_transfer == 0) {
        error.message = where() + u": given up before it was sent"_s;
    } else {
        error.message = where() + u": given up"_s;
    }
    if (m_mayBeDone == 0 && m_transfer == 0 && (!m_putOff || m_putOff->kind == Error::Kind::TooManyRequests))
        error.reason = notCarriedOut;
    return withEarlierTry(std::move(error));
}

bool ClientCall::mayHaveChangedSomething(const Error &putOff) const
{
    return !isRead() && !m_request.path.contains(u"dryRun=All"_s)
        && putOff.kind != Error::Kind::TooManyRequests;
}

Error ClientCall::withEarlierTry(Error error) const
{
    const bool saysItself = error.httpStatus >= 500; // the try before it says no more
    if (m_mayBeDone == 0 || saysItself)
        return error;
    if (!isOutcomeOpen(error))
        error.kind = Error::Kind::Server;
    error.message +=
        u"; an earlier try was answered HTTP %1 and may have been carried out: look at what is there before you do it again"_s
            .arg(m_mayBeDone);
    return error;
}

bool ClientCall::isRead() const { return m_request.method == "GET" || m_request.isQuestion; }

QString ClientCall::where() const
{
    return QString::fromLatin1(m_request.method) + u' ' + m_request.path.section(u'?', 0, 0);
}

void ClientCall::send()
{
    m_putOff.reset();
    Transport::Callbacks callbacks;
    callbacks.finished = [this](Result<HttpResponse> answer) { answered(std::move(answer)); };
    HttpRequest request = m_request;
    const Connection &connection = m_transport.connection();
    const qint64 left = connection.timeoutMs - m_clock.elapsed();
    if (m_retries > 0 && connection.isTimeoutWhole && request.timeoutMs > 0 && connection.timeoutMs > 0)
        request.timeoutMs = int(std::clamp<qint64>(left, 1, request.timeoutMs));
    m_transfer = m_transport.send(request, std::move(callbacks));
}

int ClientCall::pauseBeforeRepeat(bool isRead, const Result<HttpResponse> &answer, int retries)
{
    if (retries >= MaxRetries)
        return 0;
    if (!answer)
        return isRead && answer.error().reason == connectionLost ? 1 : 0;
    return answer->status == 429 || answer->status >= 500 ? answer->retryAfterSeconds : 0;
}

Error ClientCall::errorOf(const Result<HttpResponse> &answer) const
{
    return answer ? errorFromResponse(*answer, where(), m_transport.connection()) : answer.error();
}

void ClientCall::answered(Result<HttpResponse> answer)
{
    m_transfer = 0;
    if (answer && answer->status >= 200 && answer->status < 300)
        return finish(std::move(answer));
    if (const int pause = pauseBeforeRepeat(isRead(), answer, m_retries); pause > 0 && hasTimeFor(pause)) {
        ++m_retries;
        m_putOff = errorOf(answer);
        if (mayHaveChangedSomething(*m_putOff))
            m_mayBeDone = m_putOff->httpStatus;
        QTimer::singleShot(std::chrono::seconds(pause), this, [this] { send(); });
        if (m_waits)
            m_waits(*m_putOff, pause);
        return;
    }
    Error error = errorOf(answer);
    if (error.retryAfterSeconds > 0)
        error.message += u"; the server asks to wait %1 s"_s.arg(error.retryAfterSeconds);
    if (m_retries > 0)
        error.message +=
            u"; asked %1 times within %2 s"_s.arg(m_retries + 1).arg(m_clock.elapsed() / 1000 + 1);
    finish(tl::unexpected(withEarlierTry(std::move(error))));
}

bool ClientCall::hasTimeFor(int pauseSeconds) const
{
    const Connection &connection = m_transport.connection();
    const int limit = connection.isTimeoutWhole ? connection.timeoutMs : 0;
    return limit <= 0 || m_clock.elapsed() + qint64(pauseSeconds) * 1000 < limit;
}

void ClientCall::abort()
{
    if (m_done)
        delete this;
}

void ClientCall::finish(Result<HttpResponse> answer)
{
    deleteLater();
    std::exchange(m_done, nullptr)(std::move(answer));
}

} // namespace kube
