// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One local connection of a PortForward and its way to the pod.  For port_forward.cpp.
#include "kube/port_forward.h"

#include <QTcpSocket>

namespace kube {

class PortForward::Tunnel : public QObject
{
public:
    Tunnel(QTcpSocket *socket, PortForward &owner); // takes the socket
    ~Tunnel() override;

    void connectTo(ForwardWire &wire, int port);
    void giveUp();
    static bool isForeign(const QByteArray &head,
                          quint16 localPort); // an HTTP request with an Origin that is not us

private:
    void read();
    bool mayPass();
    void received(const QByteArray &bytes);
    void endOfPod();
    void endOfSocket();

    QTcpSocket *m_socket;
    PortForward &m_owner;
    QPointer<ForwardWire> m_wire;
    ForwardWire::Id m_id = 0;
    bool m_isChecked = false;
    bool m_isSlowed = false;
    bool m_podHasEnded = false;
};

} // namespace kube
