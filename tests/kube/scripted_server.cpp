// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/kube/scripted_server.h"

#include <QSslCertificate>
#include <QSslKey>
#include <QSslServer>
#include <QTcpServer>
#include <QUrlQuery>

using namespace Qt::StringLiterals;

namespace {

struct Parsed
{
    ServerRequest request;
    qsizetype size = 0;
};

std::optional<Parsed> parse(const QByteArray &input)
{
    const qsizetype end = input.indexOf("\r\n\r\n");
    if (end < 0)
        return std::nullopt;
    const QByteArrayList lines = input.left(end).split('\n');
    const QByteArrayList words = lines.first().trimmed().split(' ');
    Parsed parsed;
    parsed.request.method = words.value(0);
    parsed.request.target = words.value(1);
    for (const QByteArray &line : lines.mid(1))
        parsed.request.headers.insert(line.left(line.indexOf(':')).toLower(),
                                      line.mid(line.indexOf(':') + 1).trimmed());
    const qsizetype length = parsed.request.headers.value("content-length").toLongLong();
    if (input.size() < end + 4 + length)
        return std::nullopt;
    parsed.request.body = input.mid(end + 4, length);
    parsed.size = end + 4 + length;
    return parsed;
}

} // namespace

QByteArray ServerRequest::query(const QByteArray &name) const
{
    const QUrlQuery items(QUrl(QString::fromLatin1(target)));
    return items.queryItemValue(QString::fromLatin1(name), QUrl::FullyDecoded).toUtf8();
}

void ServerReply::raw(const QByteArray &bytes) const
{
    if (isOpen()) {
        m_socket->write(bytes);
        m_socket->flush();
    }
}

void ServerReply::answer(int status, const QByteArray &body, const QByteArray &moreHeaders) const
{
    raw("HTTP/1.1 " + QByteArray::number(status)
        + " Status\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size())
        + "\r\n" + moreHeaders + "\r\n" + body);
}

void ServerReply::startStream() const
{
    raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
}

void ServerReply::chunk(const QByteArray &data) const
{
    raw(QByteArray::number(data.size(), 16) + "\r\n" + data + "\r\n");
}

void ServerReply::endStream() const { raw("0\r\n\r\n"); }

void ServerReply::cut() const
{
    if (m_socket)
        m_socket->abort();
}

void ServerReply::close() const
{
    if (m_socket)
        m_socket->disconnectFromHost();
}

ScriptedServer::ScriptedServer(Handler handler, const std::optional<QSslConfiguration> &tls)
    : m_handler(std::move(handler))
    , m_isTls(tls.has_value())
{
    if (tls) {
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(*tls);
        m_server = std::move(server);
    } else {
        m_server = std::make_unique<QTcpServer>();
    }
    connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, this, &ScriptedServer::accept);
    if (!m_server->listen(QHostAddress::LocalHost))
        qFatal("cannot listen: %s", qPrintable(m_server->errorString()));
    m_port = m_server->serverPort();
}

ScriptedServer::~ScriptedServer() { cutAll(); }

quint16 ScriptedServer::port() const { return m_port; }

QUrl ScriptedServer::url() const
{
    return QUrl(u"%1://127.0.0.1:%2"_s.arg(m_isTls ? u"https"_s : u"http"_s).arg(m_port));
}

void ScriptedServer::accept()
{
    while (QTcpSocket *socket = m_server->nextPendingConnection()) {
        ++m_connections;
        m_input.insert(socket, {});
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
        connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
            m_input.remove(socket);
            socket->deleteLater();
        });
        read(socket);
    }
}

void ScriptedServer::read(QTcpSocket *socket)
{
    m_input[socket] += socket->readAll();
    while (m_input.contains(socket)) {
        const std::optional<Parsed> parsed = parse(m_input[socket]);
        if (!parsed)
            return;
        m_input[socket].remove(0, parsed->size);
        m_requests.append(parsed->request);
        m_handler(parsed->request, ServerReply(socket));
    }
}

void ScriptedServer::cutAll()
{
    for (QTcpSocket *socket : m_input.keys())
        socket->abort();
}

void ScriptedServer::stop() { m_server->close(); }

QSslConfiguration serverTls(const QByteArray &certificate, const QByteArray &key, const QByteArray &clientCa)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain(QSslCertificate::fromData(certificate));
    QSslKey privateKey(key, QSsl::Ec);
    tls.setPrivateKey(privateKey.isNull() ? QSslKey(key, QSsl::Rsa) : privateKey);
    tls.setPeerVerifyMode(clientCa.isEmpty() ? QSslSocket::VerifyNone : QSslSocket::VerifyPeer);
    if (!clientCa.isEmpty())
        tls.setCaCertificates(QSslCertificate::fromData(clientCa));
    return tls;
}
