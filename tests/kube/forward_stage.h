// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A kubelet with the pod shop/web, a client of it, and a program on this machine that uses a forward.
#include "kube/client.h"
#include "tests/kube/kubelet_stand_in.h"

inline QByteArray asJson(QByteArray text) { return text.replace('\'', '"'); }

inline QByteArray pod(const QByteArray &name, const QByteArray &phase = "Running",
                      const QByteArray &ready = "True")
{
    return asJson("{'kind':'Pod','apiVersion':'v1','metadata':{'name':'" + name
                  + "','namespace':'shop','labels':{'app':'web'}},'spec':{'containers':[{'ports':[{'name':'"
                    "http','containerPort':80}]}]},"
                    "'status':{'phase':'"
                  + phase + "','conditions':[{'type':'Ready','status':'" + ready + "'}]}}");
}

struct Stage
{
    Stage()
        : transport(connectionTo(kubelet.url()))
        , client(transport)
    {
        kubelet.documents["/api/v1/namespaces/shop/pods/web"] = pod("web");
    }
    static kube::Connection connectionTo(const QUrl &server)
    {
        kube::Connection connection;
        connection.context = QStringLiteral("dev");
        connection.server = server;
        return connection;
    }
    KubeletStandIn kubelet;
    kube::Transport transport;
    kube::Client client;
};

// What a program on this machine sees on the local port.
struct Local
{
    explicit Local(quint16 port)
    {
        QObject::connect(&socket, &QTcpSocket::readyRead, &socket, [this] { received += socket.readAll(); });
        QObject::connect(&socket, &QTcpSocket::disconnected, &socket, [this] { isClosed = true; });
        socket.connectToHost(QHostAddress::LocalHost, port);
    }
    QTcpSocket socket;
    QByteArray received;
    bool isClosed = false;
};
