// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/curl_loop.h"

#include "kube/wipe.h"

#include <QPointer>
#include <QSocketNotifier>
#include <QTimer>
#include <QtEndian>

#include <algorithm>
#include <utility>

#ifdef Q_OS_UNIX
#include <netinet/in.h>
#include <sys/socket.h>

#include <csignal>
#endif

namespace kube {
namespace {

int portOf(curl_socket_t socket) // 0: it has none
{
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    if (::getsockname(socket, reinterpret_cast<sockaddr *>(&address), &size) != 0)
        return 0;
    if (address.ss_family == AF_INET6)
        return qFromBigEndian(reinterpret_cast<const sockaddr_in6 *>(&address)->sin6_port);
    return address.ss_family == AF_INET
        ? qFromBigEndian(reinterpret_cast<const sockaddr_in *>(&address)->sin_port)
        : 0;
}

// Before main(): certificates are read before the first connection is made.
[[maybe_unused]] const bool hasTakenOver = (takeOverOpenSsl(), true);

CURLM *newMulti()
{
    static const bool started = (wipeWhatCurlFrees(), true); // before curl allocates anything
    Q_UNUSED(started)
#ifdef Q_OS_UNIX
    std::signal(SIGPIPE, SIG_IGN); // a peer that hangs up must not end the program; curl leaves it to us
#endif
    return curl_multi_init();
}

} // namespace

CurlLoop::CurlLoop(QObject *context, std::function<void()> acted)
    : m_context(context)
    , m_acted(std::move(acted))
    , m_timer(new QTimer(context))
    , m_multi(newMulti())
{
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETFUNCTION, &CurlLoop::onSocket);
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERFUNCTION, &CurlLoop::onTimer);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERDATA, this);
    m_timer->setSingleShot(true);
    m_timer->setTimerType(Qt::PreciseTimer);
    QObject::connect(m_timer, &QTimer::timeout, context, [this] { act(CURL_SOCKET_TIMEOUT, 0); });
}

CurlLoop::~CurlLoop()
{
    curl_multi_cleanup(m_multi); // still calls onSocket
    for (const auto &[socket, watched] : m_sockets)
        drop(watched);
}

void CurlLoop::act(curl_socket_t socket, int events)
{
    int running = 0;
    curl_multi_socket_action(m_multi, socket, events, &running);
    m_acted();
}

void CurlLoop::actSoon()
{
    QMetaObject::invokeMethod(
        m_context, [this] { act(CURL_SOCKET_TIMEOUT, 0); }, Qt::QueuedConnection);
}

int CurlLoop::localPortOf(curl_socket_t socket, Watched &watched)
{
    if (watched.localPort == 0)
        watched.localPort = portOf(socket);
    return watched.localPort;
}

void CurlLoop::readAgainSoon(int localPort)
{
    for (auto &[socket, watched] : m_sockets) {
        if (localPortOf(socket, watched) == localPort && m_unread.insert(socket).second
            && m_unread.size() == 1)
            QMetaObject::invokeMethod(
                m_context, [this] { readAgain(); }, Qt::QueuedConnection);
    }
}

void CurlLoop::shutDown(const std::vector<int> &localPorts)
{
    for (auto &[socket, watched] : m_sockets) {
        if (std::find(localPorts.cbegin(), localPorts.cend(), localPortOf(socket, watched))
            != localPorts.cend())
            ::shutdown(socket, 2); // SHUT_RDWR, SD_BOTH
    }
}

void CurlLoop::readAgain()
{
    const QPointer<QObject> alive(m_context);
    for (const curl_socket_t socket : std::exchange(m_unread, {})) {
        if (alive && m_sockets.count(socket) > 0)
            act(socket, CURL_CSELECT_IN);
    }
}

int CurlLoop::onSocket(CURL *, curl_socket_t socket, int what, void *self, void *)
{
    static_cast<CurlLoop *>(self)->watch(socket, what);
    return 0;
}

int CurlLoop::onTimer(CURLM *, long msecs, void *self)
{
    QTimer *timer = static_cast<CurlLoop *>(self)->m_timer;
    if (msecs < 0)
        timer->stop();
    else
        timer->start(int(msecs));
    return 0;
}

QSocketNotifier *CurlLoop::makeNotifier(curl_socket_t socket, bool reads)
{
    auto *notifier = // no parent: the context may end inside its signal
        new QSocketNotifier(qintptr(socket), reads ? QSocketNotifier::Read : QSocketNotifier::Write);
    const int event = reads ? CURL_CSELECT_IN : CURL_CSELECT_OUT;
    QObject::connect(notifier, &QSocketNotifier::activated, m_context,
                     [this, socket, event] { act(socket, event); });
    return notifier;
}

// Maybe from inside their own signal; and the number of the socket may be reused at once.
void CurlLoop::drop(const Watched &watched)
{
    for (QSocketNotifier *notifier : {watched.read, watched.write}) {
        if (notifier) {
            notifier->setEnabled(false);
            notifier->deleteLater();
        }
    }
}

void CurlLoop::watch(curl_socket_t socket, int what)
{
    Watched &watched = m_sockets[socket];
    if (what == CURL_POLL_REMOVE) {
        drop(watched);
        m_sockets.erase(socket);
        return;
    }
    const bool reads = (what & CURL_POLL_IN) != 0;
    const bool writes = (what & CURL_POLL_OUT) != 0;
    if (reads && !watched.read)
        watched.read = makeNotifier(socket, true);
    if (writes && !watched.write)
        watched.write = makeNotifier(socket, false);
    if (watched.read)
        watched.read->setEnabled(reads);
    if (watched.write)
        watched.write->setEnabled(writes);
}

} // namespace kube
