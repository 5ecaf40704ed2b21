// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/forward_tunnel.h"

#include <QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace kube {
PortForward::Tunnel::Tunnel(QTcpSocket *socket, PortForward &owner)
    : QObject(&owner)
    , m_socket(socket)
    , m_owner(owner)
    , m_gate(socket->localPort())
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

void PortForward::Tunnel::read()
{
    if (!m_wire && !m_ready.isEmpty())
        return; // the bytes wait in the socket, which slows its peer down
    if (m_wire && m_wire->unsentBytes(m_id) > MaxWaiting) {
        QTimer::singleShot(10ms, this, &Tunnel::read);
        return;
    }
    const bool wasRefused = !m_gate.refusal().isEmpty();
    m_ready += m_gate.pass(m_socket->readAll());
    sendReady();
    if (m_gate.refusal().isEmpty() || wasRefused)
        return;
    m_socket->write(m_gate.refusal());
    m_socket->disconnectFromHost();
}

void PortForward::Tunnel::sendReady()
{
    if (m_wire && !m_ready.isEmpty())
        m_wire->send(m_id, std::exchange(m_ready, {}));
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
        alive->m_owner.doubt(*alive->m_wire);
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
        m_ready += m_gate.pass(m_socket->readAll());
        sendReady();
        m_wire->finish(m_id);
    }
    m_owner.m_tunnels.removeAll(this);
    m_owner.dropDoubted();
    deleteLater();
    Q_EMIT m_owner.stateChanged();
}

} // namespace kube
