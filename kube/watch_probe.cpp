// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/watch_probe.h"

#include "kube/client.h"
#include "kube/object_reader.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace kube {
namespace {

constexpr auto watched = 1s; // the least that a server can be asked for
constexpr auto shortPause = 100ms;
constexpr auto longPause = 1s;
constexpr int maxPauseSeconds = 5;

} // namespace

WatchProbe::WatchProbe(Transport &transport, QObject *parent)
    : QObject(parent)
    , m_transport(transport)
{
    m_limit.setSingleShot(true);
    m_again.setSingleShot(true);
    m_whole.setSingleShot(true);
    connect(&m_limit, &QTimer::timeout, this, &WatchProbe::fellSilent);
    connect(&m_again, &QTimer::timeout, this, &WatchProbe::open);
    connect(&m_whole, &QTimer::timeout, this, &WatchProbe::tookTooLong);
}

WatchProbe::~WatchProbe()
{
    if (m_transfer != 0)
        m_transport.cancel(m_transfer);
}

void WatchProbe::start(std::function<void(const Outcome &)> done)
{
    m_done = std::move(done);
    m_whole.start(m_most);
    open();
}

// Of one namespace that every cluster has: it costs the server nothing.
void WatchProbe::open()
{
    HttpRequest request;
    request.path =
        u"/api/v1/namespaces?watch=true&timeoutSeconds=%1&fieldSelector=metadata.name%3Ddefault"_s.arg(
            watched.count());
    request.timeoutMs = 0;
    m_events.clear();
    m_complaint.clear();
    m_beganAfter = -1;
    m_clock.start();
    Transport::Callbacks callbacks;
    callbacks.onHead = [this](int) {
        m_beganAfter = m_clock.elapsed();
        m_limit.start(watched + m_silence);
    };
    callbacks.onData = [this](const QByteArray &piece) { take(piece); };
    callbacks.finished = [this](const Result<HttpResponse> &answer) { ended(answer); };
    m_transfer = m_transport.send(request, std::move(callbacks));
    m_limit.start(watched + m_silence);
}

void WatchProbe::take(const QByteArray &piece)
{
    for (const QByteArray &line : m_events.feed(piece)) {
        const Result<WatchEvent> event = readEvent(types::namespaces(), line);
        if (!event)
            m_complaint = event.error().message;
        else if (event->type == WatchEvent::Type::Failed)
            m_complaint = event->error.kind == Error::Kind::Expired
                ? u"it had expired (410: %1)"_s.arg(event->error.message)
                : event->error.message;
    }
}

void WatchProbe::ended(const Result<HttpResponse> &answer)
{
    m_transfer = 0;
    m_limit.stop();
    if (!answer)
        return again(answer.error().message, longPause);
    if (answer->status == 403)
        return finish(
            Outcome::Kind::NotAllowed,
            errorFromResponse(*answer, u"not tried, since this account may not watch namespaces"_s).message);
    if (answer->status >= 300)
        return again(errorFromResponse(*answer, u"watching namespaces"_s, m_transport.connection()).message,
                     std::chrono::seconds(std::clamp(answer->retryAfterSeconds, 1, maxPauseSeconds)));
    if (!m_complaint.isEmpty())
        return again(m_complaint, shortPause);
    finish(Outcome::Kind::Lives, u"began after %1 ms and ended when it was to"_s.arg(m_beganAfter));
}

void WatchProbe::fellSilent()
{
    m_transport.cancel(m_transfer);
    m_transfer = 0;
    ++m_closed;
    m_transport.resetConnections(); // as the health checks of a connection do, in 45 s at most
    again(u"it fell silent without an end; the connection was made anew"_s, shortPause);
}

void WatchProbe::tookTooLong()
{
    if (m_transfer != 0)
        m_failures.append(m_beganAfter < 0 ? u"it did not begin"_s : u"it fell silent without an end"_s);
    finish(Outcome::Kind::Failed,
           u"watches do not live here: none of %1 ended when it was to, in %2 s: %3"_s.arg(
               QString::number(m_failures.size()), QString::number(double(m_most.count()) / 1000),
               m_failures.last()));
}

void WatchProbe::again(const QString &why, std::chrono::milliseconds pause)
{
    m_failures.append(why);
    if (m_failures.size() >= MaxTries)
        return finish(Outcome::Kind::Failed, u"watches do not live here: "_s + why);
    m_again.start(pause);
}

void WatchProbe::finish(Outcome::Kind kind, const QString &detail)
{
    const bool hasRecovered = kind == Outcome::Kind::Lives && !m_failures.isEmpty();
    const QString recovery = hasRecovered
        ? u"; begun again (%1 ×), before: %2"_s.arg(m_failures.size()).arg(m_failures.last())
        : QString();
    m_whole.stop();
    m_limit.stop();
    m_again.stop();
    std::exchange(m_done, nullptr)({kind, detail + recovery, m_closed}); // may end this object
}

} // namespace kube
