// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/forward_tunnel.h"

#include <QTimer>
#include <QUrl>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace kube {
namespace {

constexpr qsizetype maxHead = 16 * 1024;

bool looksLikeHttp(const QByteArray &start)
{
    for (const char *method :
         {"GET ", "POST ", "PUT ", "HEAD ", "PATCH ", "DELETE ", "OPTIONS ", "CONNECT ", "TRACE "}) {
        const QByteArray name(method);
        if (start.startsWith(name) || (start.size() < name.size() && name.startsWith(start)))
            return true;
    }
    return false;
}

} // namespace

PortForward::Tunnel::Tunnel(QTcpSocket *socket, PortForward &owner)
    : QObject(&owner)
    , m_socket(socket)
    , m_owner(owner)
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(MaxWaiting);
    connect(m_socket, &QTcpSocket::readyRead, this, &Tunnel::read);
    connect(m_socket, &QTcpSocket::disconnected, this, &Tunnel::endOfSocket);
    connect(m_socket, &QTcpSocket::bytesWritten, this, [this] {
        if (m_isSlowed && m_wire && m_socket->bytesToWrite() < MaxWaiting / 2) {
            m_isSlowed = false;
            m_wire->setReading(m_id, true);
        }
    });
    read();
}

PortForward::Tunnel::~Tunnel()
{
    m_socket->disconnect(this);
    if (m_wire && m_isSlowed)
        m_wire->setReading(m_id, true);
    if (m_wire)
        m_wire->close(m_id);
}

bool PortForward::Tunnel::isForeign(const QByteArray &head, quint16 localPort)
{
    for (const QByteArray &line : head.split('\n')) {
        if (!line.left(7).toLower().startsWith("origin:"))
            continue;
        const QUrl origin(QString::fromLatin1(line.mid(7).trimmed()));
        const bool isOurs =
            (origin.host() == u"localhost" || origin.host() == u"127.0.0.1" || origin.host() == u"::1")
            && origin.port(80) == localPort;
        if (!isOurs)
            return true;
    }
    return false;
}

// True: the first bytes may go to the pod.  A request is looked at once its head is whole; anything else is
// no browser.
bool PortForward::Tunnel::mayPass()
{
    const QByteArray start = m_socket->peek(maxHead);
    if (start.isEmpty())
        return false;
    const bool isHttp = looksLikeHttp(start);
    if (isHttp && !start.contains("\r\n\r\n") && start.size() < maxHead)
        return false;
    m_isChecked = true;
    if (!isHttp || !isForeign(start.left(start.indexOf("\r\n\r\n")), m_socket->localPort()))
        return true;
    m_socket->readAll();
    m_socket->write("HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 43\r\nConnection: "
                    "close\r\n\r\nthis port is not for pages of other origins");
    m_socket->disconnectFromHost();
    return false;
}

void PortForward::Tunnel::read()
{
    if (!m_isChecked && !mayPass())
        return;
    if (!m_wire)
        return; // the bytes wait in the socket, which slows its peer down
    if (m_wire->unsentBytes(m_id) > MaxWaiting) {
        QTimer::singleShot(10ms, this, &Tunnel::read);
        return;
    }
    const QByteArray bytes = m_socket->readAll();
    if (!bytes.isEmpty())
        m_wire->send(m_id, bytes);
}

void PortForward::Tunnel::connectTo(ForwardWire &wire, int port)
{
    m_wire = &wire;
    ForwardCallbacks callbacks;
    const QPointer<Tunnel> alive(this);
    callbacks.onData = [alive](const QByteArray &bytes) {
        if (alive)
            alive->received(bytes);
    };
    callbacks.onEnd = [alive] {
        if (alive)
            alive->endOfPod();
    };
    callbacks.onError = [alive](const QString &text) {
        if (!alive)
            return;
        alive->m_owner.m_lastError = text.trimmed();
        Q_EMIT alive->m_owner.stateChanged();
        alive->endOfPod();
    };
    callbacks.onClosed = [alive] {
        if (alive)
            alive->endOfPod();
    };
    m_id = wire.open(port, std::move(callbacks));
    read();
}

void PortForward::Tunnel::received(const QByteArray &bytes)
{
    m_socket->write(bytes);
    if (m_socket->bytesToWrite() > MaxWaiting && !m_isSlowed && m_wire) {
        m_isSlowed = true;
        m_wire->setReading(m_id, false);
    }
}

void PortForward::Tunnel::endOfPod()
{
    if (std::exchange(m_podHasEnded, true))
        return;
    m_socket->disconnectFromHost(); // once everything is written
}

void PortForward::Tunnel::giveUp() { m_socket->abort(); }

void PortForward::Tunnel::endOfSocket()
{
    if (m_wire && !m_podHasEnded) {
        const QByteArray last = m_socket->readAll();
        if (!last.isEmpty() && m_isChecked)
            m_wire->send(m_id, last);
        m_wire->finish(m_id);
    }
    m_owner.m_tunnels.removeAll(this);
    deleteLater();
    Q_EMIT m_owner.stateChanged();
}

} // namespace kube
