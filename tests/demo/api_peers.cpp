// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/api_peers.h"

#include "kube/kubeconfig.h"

#include <QEventLoop>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSslConfiguration>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int StartLimitMs = 90'000;

} // namespace

std::vector<const char *> ApiPeers::names()
{
    return RealApiServer::missing().isEmpty() ? std::vector{"demo", "real"} : std::vector{"demo"};
}

QString ApiPeers::start()
{
    if (!RealApiServer::missing().isEmpty())
        return {};
    m_real = std::make_unique<RealApiServer>();
    if (const QString why = m_real->start(); !why.isEmpty())
        return why;
    const auto loaded = kube::Kubeconfig::load({{m_real->kubeconfig()}, true});
    const auto connection = loaded ? loaded->connection() : tl::unexpected(loaded.error());
    if (!connection)
        return connection.error().message;
    m_realUrl = connection->server.toString().toUtf8();
    choose("real");
    const bool isUp = QTest::qWaitFor(
        [this] {
            return call("GET", "/readyz").status == 200
                && call("GET", "/api/v1/namespaces/default").status == 200;
        },
        StartLimitMs);
    return isUp ? QString() : u"the real server does not get ready: "_s + QString::fromUtf8(m_real->log());
}

void ApiPeers::choose(const char *row)
{
    m_url = QByteArrayView(row).startsWith("real") ? m_realUrl : m_demo.url().toUtf8();
}

PeerReply ApiPeers::call(const char *verb, const QByteArray &path, const QByteArray &body,
                         const QByteArray &token)
{
    QNetworkRequest request(QUrl(QString::fromUtf8(m_url + path)));
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setRawHeader("Authorization", "Bearer " + token);
    request.setRawHeader("Content-Type",
                         qstrcmp(verb, "PATCH") == 0 ? "application/merge-patch+json" : "application/json");
    QSslConfiguration tls = request.sslConfiguration();
    tls.setPeerVerifyMode(QSslSocket::VerifyNone); // each server has an authority of its own
    request.setSslConfiguration(tls);
    const std::unique_ptr<QNetworkReply> reply(m_network.sendCustomRequest(request, verb, body));
    QEventLoop loop;
    QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
    loop.exec();
    PeerReply answer{
        reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll(), {}};
    if (auto value = edge::parseJson(answer.body.toStdString()))
        answer.json = std::move(*value);
    return answer;
}
