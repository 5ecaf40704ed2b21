// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/client_call.h"

#include "kube/client.h"

#include <QTimer>

using namespace Qt::StringLiterals;

namespace kube {

ClientCall::ClientCall(Transport &transport, HttpRequest request, std::stop_token stop, Done done, QObject *parent)
    : QObject(parent)
    , m_transport(transport)
    , m_request(std::move(request))
    , m_done(std::move(done))
{
    send();
    // Runs on the thread that stops, or here and now if that has happened already.
    m_onStop.emplace(std::move(stop), [this] { QMetaObject::invokeMethod(this, [this] { abort(); }, Qt::QueuedConnection); });
}

ClientCall::~ClientCall()
{
    m_onStop.reset();
    if (!m_done)
        return;
    m_transport.cancel(m_transfer);
    std::exchange(m_done, nullptr)(failure(Error::Kind::Cancelled, where() + u": given up"_s));
}

QString ClientCall::where() const
{
    return QString::fromLatin1(m_request.method) + u' ' + m_request.path.section(u'?', 0, 0);
}

void ClientCall::send()
{
    Transport::Callbacks callbacks;
    callbacks.finished = [this](Result<HttpResponse> answer) { answered(std::move(answer)); };
    m_transfer = m_transport.send(m_request, std::move(callbacks));
}

bool ClientCall::mayRepeat(const HttpResponse &response) const
{
    const bool isAsked = (response.status == 429 || response.status >= 500) && response.retryAfterSeconds > 0;
    return isAsked && m_request.method == "GET" && m_retries < MaxRetries && response.retryAfterSeconds <= MaxPauseSeconds;
}

void ClientCall::answered(Result<HttpResponse> answer)
{
    m_transfer = 0;
    if (!answer || (answer->status >= 200 && answer->status < 300))
        return finish(std::move(answer));
    if (mayRepeat(*answer)) {
        ++m_retries;
        QTimer::singleShot(std::chrono::seconds(answer->retryAfterSeconds), this, [this] { send(); });
        return;
    }
    finish(tl::unexpected(errorFromResponse(*answer, where(), m_transport.connection())));
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
