// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The other end of port-forwards and logs: an API server and kubelet for a few pods, on a plain socket, that
// speaks whichever of the three wires a test allows.  Port 80 of each pod answers in capitals and names its
// pod on "who"; port 81 is refused as a kubelet does.  Over SPDY, too: port 82 answers once the client has ended its sending; 83 says
// "bye", ends its own sending and reads on; 84 sends for as long as it is read.
#include <QHash>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>

#include <functional>
#include <memory>

class KubeletStandIn : public QObject
{
    Q_OBJECT
public:
    KubeletStandIn();
    QUrl url() const { return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(m_server.serverPort())); }

    bool speaksTunnel = true, speaksSpdy = true, speaksChannels = true;
    bool endsTunnels = false; // agrees to them and ends them at once: 1011, no way to the kubelet
    QHash<QByteArray, QByteArray> documents; // GET path without query → JSON; else 404
    std::function<bool(QTcpSocket *socket, const QByteArray &target)> special; // true: it has answered
    QByteArray dead;                                                           // pod that has ended
    QList<QByteArray> requests;                                                // "GET /path?query"
    QByteArray heard;                                                          // by port 83
    qint64 flooded = 0;                                                        // bytes that port 84 has sent
    qsizetype wires() const;                                                   // that are up
    void cutWires();                                                           // every upgraded connection

private:
    class Wire;
    void accept();
    void answer(QTcpSocket *socket, const QByteArray &head);
    void forward(QTcpSocket *socket, const QByteArray &method, const QByteArray &target,
                 const QHash<QByteArray, QByteArray> &headers);
    static void refuse(QTcpSocket *socket, int code, const QByteArray &message);

    QTcpServer m_server;
    QList<QPointer<QTcpSocket>> m_upgraded;
};
