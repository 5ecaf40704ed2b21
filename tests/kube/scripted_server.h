// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An HTTP/1.1 server on 127.0.0.1 that does what a test tells it to, bad things too: plain or TLS, chunked streams, cut connections.
#include <QHash>
#include <QObject>
#include <QPointer>
#include <QSslConfiguration>
#include <QTcpSocket>
#include <QUrl>

#include <functional>
#include <memory>
#include <optional>

class QTcpServer;

struct ServerRequest
{
    QByteArray method, target, body;
    QHash<QByteArray, QByteArray> headers; // names in lower case

    QByteArray path() const
    {
        return target.left(target.indexOf('?') < 0 ? target.size() : target.indexOf('?'));
    }
    QByteArray query(const QByteArray &name) const; // decoded, "" if absent
};

// The way back to one request; copies share.  Does nothing once the client is gone.
class ServerReply
{
public:
    explicit ServerReply(QTcpSocket *socket)
        : m_socket(socket)
    {
    }
    void answer(int status, const QByteArray &body, const QByteArray &moreHeaders = {}) const;
    void startStream() const;
    void chunk(const QByteArray &data) const;
    void line(const QByteArray &json) const { chunk(json + '\n'); }
    void endStream() const;
    void raw(const QByteArray &bytes) const;
    void cut() const;
    void close() const; // politely: what was written arrives, close_notify, FIN
    bool isOpen() const { return m_socket && m_socket->state() == QAbstractSocket::ConnectedState; }

private:
    QPointer<QTcpSocket> m_socket;
};

class ScriptedServer : public QObject
{
    Q_OBJECT
public:
    using Handler = std::function<void(const ServerRequest &, ServerReply)>;

    explicit ScriptedServer(Handler handler, const std::optional<QSslConfiguration> &tls = {});
    ~ScriptedServer() override;
    QUrl url() const;
    quint16 port() const;
    QList<ServerRequest> requests() const { return m_requests; }
    int connections() const { return m_connections; }
    qsizetype openConnections() const { return m_input.size(); }
    void cutAll();
    void stop(); // refuses connections from now on

private:
    void accept();
    void read(QTcpSocket *socket);

    Handler m_handler;
    std::unique_ptr<QTcpServer> m_server;
    bool m_isTls;
    quint16 m_port = 0;
    QHash<QTcpSocket *, QByteArray> m_input;
    QList<ServerRequest> m_requests;
    int m_connections = 0;
};

// Of PEM texts; clientCa: asks for client certificates and verifies them.
QSslConfiguration serverTls(const QByteArray &certificate, const QByteArray &key,
                            const QByteArray &clientCa = {});
