// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An HTTP/2 server on 127.0.0.1 that keeps its answers until enough were asked for and writes them all at once, the last piece of
// each ending its stream (RFC 9113 §8.1): what a busy API server's connection looks like to who reads late.
#include <QByteArray>
#include <QHash>
#include <QList>
#include <QSslConfiguration>
#include <QSslServer>

class QSslSocket;

class FramedServer
{
public:
    // sizes: of the bodies, in the order of the requests.  The first request is answered alone: it tells the client the protocol.
    FramedServer(QSslConfiguration tls, QList<int> sizes);

    // The second request gets no answer: the server says GOAWAY and is gone.  Taken: it may have done what was asked; else it says
    // that it has not, since the stream is above the last one that it names (RFC 9113 §6.8).  Who comes again is answered.
    enum class Farewell { None, Untaken, Taken };
    void leaveAtTheSecond(Farewell how) { m_farewell = how; }
    qsizetype requests() const { return m_asked.size(); }

    int port() const { return m_server.serverPort(); }
    static QByteArray bodyOf(int size) { return QByteArray(size, 'x'); }

private:
    void accept();
    void read(QSslSocket *socket);
    QByteArray answers(const QList<quint32> &streams, QList<int> left) const;
    bool sayFarewell(QSslSocket *socket);

    QSslServer m_server;
    QList<int> m_sizes;
    QHash<QSslSocket *, QByteArray> m_input;
    QList<quint32> m_asked; // stream ids
    Farewell m_farewell = Farewell::None;
};
