// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/api_fixture.h"

#include "edge/client.h"

#include <QFile>

#include <asio/co_spawn.hpp>
#include <asio/post.hpp>
#include <asio/use_future.hpp>

using namespace Qt::StringLiterals;

namespace {

void writeFile(const QString &path, const QByteArray &text)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(path));
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
}

QByteArray kubeconfigText(const QString &server, const QByteArray &ca, const TestIdentity &admin,
                          const char *readerToken)
{
    return "apiVersion: v1\nkind: Config\ncurrent-context: demo\nclusters:\n- name: demo\n  cluster: "
           "{server: '"
        + server.toUtf8() + "', certificate-authority-data: " + ca.toBase64()
        + "}\nusers:\n- name: admin\n  user: {client-certificate-data: " + admin.certificate.toBase64()
        + ", client-key-data: " + admin.key.toBase64() + "}\n- name: viewer\n  user: {token: "
        + ApiFixture::ViewerToken + "}\n- name: reader\n  user: {token: " + readerToken
        + "}\ncontexts:\n- name: demo\n  context: {cluster: demo, user: admin}\n- name: viewer\n  context: "
          "{cluster: demo, user: viewer}\n- name: reader\n  context: {cluster: demo, user: reader, "
          "namespace: shop}\n";
}

edge::TlsSettings serverSettings(const TestIdentity &identity, const QByteArray &ca)
{
    edge::TlsSettings settings;
    settings.certificateChainPem = identity.certificate.toStdString();
    settings.privateKeyPem = identity.key.toStdString();
    settings.trustedCaPem = ca.toStdString();
    settings.alpnProtocols = demo::ApiServer::Protocols;
    return settings;
}

} // namespace

ApiFixture::ApiFixture(demo::ApiServerHooks hooks, const std::string &kubeVersion)
    : m_busy(m_loop.get_executor())
    , m_store(std::make_unique<demo::Store>())
    , m_api(std::make_unique<demo::ApiServer>(m_loop, *m_store, withServer(std::move(hooks))))
    , m_server(std::make_unique<edge::Server>(m_loop, *m_api))
{
    show(m_authority);
    const QByteArray ca = m_authority.certificate();
    edge::TlsSettings trusting;
    trusting.trustedCaPem = ca.toStdString();
    const auto client = edge::TlsCredentials::make(edge::TlsCredentials::Side::Client, trusting);
    if (!client)
        qFatal("no TLS: %s", client.error().message.c_str());
    m_client = *client;
    m_api->setAge(demo::readServerAge(kubeVersion).value_or(demo::ServerAge()));
    m_api->addToken(AdminToken, {"admin", {"system:masters"}});
    m_api->addToken(ViewerToken, {"viewer", {}, false, {}, false});
    m_api->addToken(ReaderToken, {"reader", {}, true, {"shop"}});
    m_api->setClusterCa(ca.toStdString());
    const auto bound = m_server->listen({}, edge::tlsAcceptor([this] { return m_credentials; }));
    if (!bound)
        qFatal("%s", bound.error().message.c_str());
    m_port = *bound;
    writeFile(caFile(), ca);
    writeKubeconfig(ReaderToken);
    m_thread = std::thread([this] { m_loop.run(); });
}

demo::ApiServerHooks ApiFixture::withServer(demo::ApiServerHooks hooks)
{
    if (!hooks.sendAway)
        hooks.sendAway = [this] { m_server->sendAway(); };
    hooks.cutConnections = [this] { m_server->closeConnections(); };
    hooks.showForeignCertificate = [this](bool isForeign) {
        isForeign ? show(TestAuthority(u"Foreign root"_s)) : show(m_authority);
    };
    hooks.rotateCredentials = [this] { rotate(); };
    return hooks;
}

void ApiFixture::show(const TestAuthority &issuer)
{
    const auto made =
        edge::TlsCredentials::make(edge::TlsCredentials::Side::Server,
                                   serverSettings(loopbackServer(issuer), m_authority.certificate()));
    if (!made)
        qFatal("no TLS: %s", made.error().message.c_str());
    m_credentials = *made;
}

void ApiFixture::rotate()
{
    show(m_authority);
    m_api->removeToken(ReaderToken);
    m_api->addToken(RenewedReaderToken, {"reader", {}, true, {"shop"}});
    writeKubeconfig(RenewedReaderToken);
}

void ApiFixture::writeKubeconfig(const char *readerToken) const
{
    writeFile(kubeconfig(),
              kubeconfigText(url(), m_authority.certificate(),
                             m_authority.issue({u"kubernetes-admin"_s, u"system:masters"_s, {}}),
                             readerToken));
}

ApiFixture::~ApiFixture()
{
    onLoop([this](demo::Store &) {
        m_api->stop();
        m_server->stop();
    });
    m_busy.reset();
    m_thread.join();
}

void ApiFixture::onLoop(const std::function<void(demo::Store &)> &work)
{
    asio::post(m_loop, std::packaged_task<void()>([&] { work(*m_store); })).get();
}

ApiAnswer ApiFixture::call(const std::string &method, const std::string &target, const std::string &body,
                           const edge::Headers &headers)
{
    edge::ClientRequest request;
    request.port = m_port;
    request.tls = m_client;
    request.serverName = "localhost";
    request.bodyLimit = 64u << 20;
    request.head.method = method;
    request.head.target = target;
    request.head.headers = {{"host", "localhost"},
                            {"authorization", std::string("Bearer ") + AdminToken},
                            {"accept", "application/json"},
                            {"connection", "close"}};
    if (!body.empty())
        request.head.headers.set("content-type", "application/json");
    for (const edge::Header &header : headers)
        request.head.headers.set(header.name, header.value);
    if (!body.empty())
        request.head.headers.set("content-length", std::to_string(body.size()));
    request.body = body;
    const auto reply = asio::co_spawn(m_loop, edge::fetch(std::move(request)), asio::use_future).get();
    if (!reply)
        return {0, {}, QByteArray::fromStdString(reply.error().message), {}};
    return {reply->head.status, reply->head.headers, QByteArray::fromStdString(reply->body),
            edge::parseJson(reply->body).value_or(edge::Value())};
}
