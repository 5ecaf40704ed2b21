// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One local connection of a PortForward and its way to the pod.  For port_forward.cpp.
#include "kube/port_forward.h"
#include "kube/request_gate.h"

#include <QTcpSocket>

namespace kube {

class PortForward::Tunnel : public QObject
{
public:
    Tunnel(QTcpSocket *socket, PortForward &owner); // takes the socket
    ~Tunnel() override;

    void connectTo(ForwardWire &wire, int port);
    void giveUp();
    const ForwardWire *wire() const { return m_wire; }

private:
    void read();
    void sendReady();
    void received(const QByteArray &bytes);
    void endOfPod();
    void endOfSocket();

    QTcpSocket *m_socket;
    PortForward &m_owner;
    QPointer<ForwardWire> m_wire;
    ForwardWire::Id m_id = 0;
    RequestGate m_gate;
    QByteArray m_ready; // may pass, once there is a wire
    bool m_isSlowed = false;
    bool m_podHasEnded = false;
};

} // namespace kube
