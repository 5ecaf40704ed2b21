// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A port of this machine (127.0.0.1, and ::1 where there is one) that leads to a port of a pod, or of one of
// a service's ready pods. Stays on the same local port while pods come and go: what is open then is cut, the
// next connection finds the next pod. A browser's page of another origin is refused with 403: it must not
// reach into the cluster through us. Thread: the cluster thread.
#include "kube/client.h"
#include "kube/forward_wire.h"

#include <QTcpServer>

namespace kube {

struct ForwardTarget
{
    enum class Kind { Pod, Service };
    Kind kind = Kind::Pod;
    QString nameSpace, name;
    QString port; // number or name
};

class PortForward : public QObject
{
    Q_OBJECT
public:
    PortForward(Client &client, ForwardTarget target, QObject *parent = nullptr);
    ~PortForward() override;

    Result<quint16> listen(quint16 localPort = 0); // 0: any that is free
    struct State
    {
        quint16 localPort = 0;
        QString pod, wire; // "" while there is none
        int connections = 0;
        QString lastError;
    };
    State state() const;

    static constexpr qint64 MaxWaiting =
        1024 * 1024; // bytes in either direction before the faster side waits

Q_SIGNALS:
    void stateChanged();

private:
    class Tunnel;
    struct Place
    {
        QString pod;
        int port = 0;
    };
    void accept(QTcpServer &server);
    void want(Tunnel *tunnel); // a wire for it, as soon as there is one
    void resolve();
    void resolveService(const Object &service);
    void dial(const Result<Place> &place);
    void fail(const Error &error);
    void dropWire(ForwardWire *wire);
    void doubt(ForwardWire &wire);
    void dropDoubted();

    Client &m_client;
    ForwardTarget m_target;
    QTcpServer m_server, m_server6;
    QList<Tunnel *> m_tunnels;
    QList<QPointer<Tunnel>> m_waiting;
    QPointer<ForwardWire> m_wire;
    QList<QPointer<ForwardWire>> m_doubted; // until those who use them have ended
    Place m_place;
    QString m_lastError;
    bool m_isResolving = false;
};

// Which port of the pod is meant; an Error that names those there are.
Result<int> containerPort(const Object &pod, const QString &portOrName);

} // namespace kube
