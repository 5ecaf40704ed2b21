// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/local_connection.h"

#include <QPointer>
#include <QSocketNotifier>

#ifdef Q_OS_WIN
#include <winsock2.h>
#else
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#endif

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr int pieceBytes = 64 * 1024;
constexpr int piecesAtOnce = 16; // then others have their turn

#ifdef Q_OS_WIN
using Native = SOCKET;
constexpr int sendFlags = 0, endOfSending = SD_SEND;
void makeReady(Native socket)
{
    u_long on = 1;
    ioctlsocket(socket, FIONBIO, &on);
}
void closeNative(Native socket) { closesocket(socket); }
bool mustWait() { return WSAGetLastError() == WSAEWOULDBLOCK; }
QString lastError() { return qt_error_string(WSAGetLastError()); }
#else
using Native = int;
#ifdef MSG_NOSIGNAL
constexpr int sendFlags = MSG_NOSIGNAL;
#else
constexpr int sendFlags = 0;
#endif
constexpr int endOfSending = SHUT_WR;
void makeReady(Native socket)
{
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
#ifdef SO_NOSIGPIPE
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}
void closeNative(Native socket) { ::close(socket); }
bool mustWait() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }
QString lastError() { return qt_error_string(errno); }
#endif

} // namespace

LocalConnection::LocalConnection(qintptr descriptor, QObject *parent)
    : ByteLink(parent)
    , m_descriptor(descriptor)
    , m_readable(new QSocketNotifier(descriptor, QSocketNotifier::Read, this))
    , m_writable(new QSocketNotifier(descriptor, QSocketNotifier::Write, this))
{
    makeReady(Native(m_descriptor));
    m_writable->setEnabled(false);
    connect(m_readable, &QSocketNotifier::activated, this, &LocalConnection::read);
    connect(m_writable, &QSocketNotifier::activated, this, &LocalConnection::write);
}

LocalConnection::~LocalConnection()
{
    m_readable->setEnabled(false);
    m_writable->setEnabled(false);
    closeNative(Native(m_descriptor));
}

void LocalConnection::send(const QByteArray &bytes)
{
    if (m_isClosed || m_weFinish)
        return;
    m_unsent.append(bytes);
    if (!m_writable->isEnabled())
        write();
}

void LocalConnection::setReading(bool isReading)
{
    m_isReading = isReading;
    m_readable->setEnabled(isReading && !m_isClosed && !m_theyFinished);
}

void LocalConnection::finish()
{
    m_weFinish = true;
    if (m_unsent.isEmpty())
        shutDown();
}

void LocalConnection::read()
{
    const QPointer<LocalConnection> alive(this);
    for (int i = 0; i < piecesAtOnce; ++i) {
        if (m_isClosed || !m_isReading || m_theyFinished)
            return;
        QByteArray piece(pieceBytes, Qt::Uninitialized);
        const auto size = ::recv(Native(m_descriptor), piece.data(), pieceBytes, 0);
        if (size < 0)
            return mustWait() ? void() : close(lastError());
        if (size == 0) {
            m_theyFinished = true;
            m_readable->setEnabled(false);
            if (onEnd)
                onEnd();
            if (alive && m_weFinished)
                close({});
            return;
        }
        piece.truncate(qsizetype(size));
        if (onBytes)
            onBytes(piece);
        if (!alive)
            return;
    }
}

void LocalConnection::write()
{
    qsizetype gone = 0;
    while (gone < m_unsent.size()) {
        const auto rest = int(std::min<qsizetype>(m_unsent.size() - gone, 1 << 20));
        const auto size = ::send(Native(m_descriptor), m_unsent.constData() + gone, rest, sendFlags);
        if (size < 0 && mustWait())
            break;
        if (size < 0) { // told from the event loop: who sends does not expect to be ended by it
            m_unsent.clear();
            m_writable->setEnabled(false);
            const QString why = lastError();
            QMetaObject::invokeMethod(
                this, [this, why] { close(why); }, Qt::QueuedConnection);
            return;
        }
        gone += qsizetype(size);
    }
    m_unsent.remove(0, gone);
    m_writable->setEnabled(!m_unsent.isEmpty());
    if (m_unsent.isEmpty() && m_weFinish)
        shutDown();
    if (gone > 0 && onSent)
        onSent();
}

void LocalConnection::shutDown()
{
    if (m_isClosed || std::exchange(m_weFinished, true))
        return;
    ::shutdown(Native(m_descriptor), endOfSending);
    if (m_theyFinished)
        QMetaObject::invokeMethod(
            this, [this] { close({}); }, Qt::QueuedConnection);
}

void LocalConnection::close(const QString &why)
{
    if (std::exchange(m_isClosed, true))
        return;
    m_readable->setEnabled(false);
    m_writable->setEnabled(false);
    if (onClosed)
        onClosed(why);
}

} // namespace kube
