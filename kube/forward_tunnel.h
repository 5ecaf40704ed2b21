// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One local connection of a PortForward and its way to the pod.  For port_forward.cpp.
#include "kube/local_connection.h"
#include "kube/port_forward.h"
#include "kube/request_gate.h"

#include <QTimer>

namespace kube {

class PortForward::Tunnel : public QObject
{
public:
    Tunnel(qintptr descriptor, PortForward &owner); // takes it
    ~Tunnel() override;

    void connectTo(ForwardWire &wire, int port); // a wire that was taken; it is given back
    void giveUp();

private:
    void take(const QByteArray &bytes);
    void pass();   // what is ready, where there is a wire
    void readOn(); // unless there is enough that waits already
    void endOfSending();
    void release(bool isEnd); // by the gate
    void received(const QByteArray &bytes);
    void sent();
    void over(); // the pod's side is done; what it has sent is still delivered
    void leave();
    void letGo(); // of the wire
    void refused(const QString &text);
    bool mayBeginAnew(const QString &refusal) const;

    PortForward &m_owner;
    LocalConnection m_local;
    QPointer<ForwardWire> m_wire;
    const ForwardWire *m_taken = nullptr;
    ForwardWire::Id m_id = 0;
    RequestGate m_gate;
    QTimer m_quiet;     // since the gate holds a word back
    QByteArray m_ready; // may pass, once there is a wire
    // What was sent before the pod has said anything: while it is whole, the connection can begin anew with another pod, once.
    QByteArray m_sent;
    bool m_isSentWhole = true, m_hasBegunAnew = false;
    bool m_hasEnded = false; // the local side
    bool m_isSlowed = false, m_isOver = false, m_isLeaving = false;
};

} // namespace kube
