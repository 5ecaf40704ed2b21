// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One address on 127.0.0.1 whose server changes, as behind a load balancer: passes bytes on to the port that is the target when a
// connection comes.
#include <QList>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

class TcpRelay
{
public:
    explicit TcpRelay(quint16 target)
        : m_target(target)
    {
        m_server.listen(QHostAddress::LocalHost);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] { accept(); });
    }
    quint16 port() const { return m_server.serverPort(); }
    int connections() const { return int(m_pairs.size()); } // that there were
    void setTarget(quint16 port) { m_target = port; }
    void cutAll()
    {
        for (const auto &[near, far] : m_pairs) {
            if (near)
                near->abort();
        }
    }

private:
    void accept()
    {
        QTcpSocket *near = m_server.nextPendingConnection();
        auto *far = new QTcpSocket(near);
        m_pairs.emplaceBack(near, far);
        const auto pass = [](QTcpSocket *from, QTcpSocket *to) {
            QObject::connect(from, &QTcpSocket::readyRead, to, [from, to] { to->write(from->readAll()); });
            QObject::connect(from, &QTcpSocket::disconnected, to, [to] { to->disconnectFromHost(); });
        };
        pass(near, far);
        pass(far, near);
        far->connectToHost(QHostAddress::LocalHost, m_target);
    }

    QTcpServer m_server;
    quint16 m_target;
    QList<std::pair<QPointer<QTcpSocket>, QPointer<QTcpSocket>>> m_pairs;
};
