// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/doctor.h"

#include "kube/answer.h"
#include "kube/certificate.h"
#include "kube/proxy_choice.h"
#include "kube/url_text.h"

#include <QHostInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkProxy>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

QString fingerprintText(const QString &hex) { return hex.left(16) + u"…"_s; }

QString certificateText(const Certificate &certificate)
{
    const qint64 days = QDateTime::currentDateTimeUtc().daysTo(certificate.notAfter);
    return u"issued by %1, SHA-256 %2, ends on %3 (%4)"_s.arg(
        certificate.issuer, fingerprintText(certificate.fingerprint),
        certificate.notAfter.toString(u"yyyy-MM-dd"_s),
        days < 0 ? u"it has ended"_s : u"in %1 days"_s.arg(days));
}

QString durationText(int msecs)
{
    return msecs % 1000 == 0 ? u"%1 s"_s.arg(msecs / 1000) : u"%1 ms"_s.arg(msecs);
}

} // namespace

Doctor::Doctor(KubeconfigSources sources, QString context, ExecPolicy mayRun, QObject *parent)
    : QObject(parent)
    , m_sources(std::move(sources))
    , m_context(std::move(context))
    , m_mayRun(std::move(mayRun))
{
}

Doctor::~Doctor() = default;

void Doctor::run() { next(); }

void Doctor::next()
{
    static constexpr void (Doctor::*all[])() = {
        &Doctor::readFile,   &Doctor::askCredentials, &Doctor::lookUp,   &Doctor::connectTcp,
        &Doctor::shakeHands, &Doctor::askVersion,     &Doctor::askRights};
    ++m_at;
    if (m_at == qsizetype(std::size(all))) {
        m_socket.reset();
        Q_EMIT finished(true);
        return;
    }
    m_clock.start();
    (this->*all[m_at])();
}

void Doctor::add(DoctorStep::Outcome outcome, const QString &detail)
{
    static const QStringList names{u"kubeconfig"_s, u"credentials"_s, u"name"_s,  u"TCP"_s,
                                   u"TLS"_s,        u"version"_s,     u"rights"_s};
    m_steps.append({names[m_at], outcome, detail, m_clock.elapsed()});
    Q_EMIT stepDone(m_steps.last());
}

void Doctor::passed(const QString &detail)
{
    add(DoctorStep::Outcome::Passed, detail);
    QMetaObject::invokeMethod(this, &Doctor::next,
                              Qt::QueuedConnection); // a step's own objects may be on the stack
}

void Doctor::skipped(const QString &why)
{
    add(DoctorStep::Outcome::Skipped, why);
    QMetaObject::invokeMethod(this, &Doctor::next, Qt::QueuedConnection);
}

void Doctor::failed(const QString &detail)
{
    const QString culprit = u"not tried: the step before failed"_s;
    add(DoctorStep::Outcome::Failed, detail);
    for (++m_at; m_at < 7; ++m_at) {
        m_clock.start();
        add(DoctorStep::Outcome::Skipped, culprit);
    }
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_socket.reset();
            Q_EMIT finished(false);
        },
        Qt::QueuedConnection);
}

int Doctor::limitMsecs() const { return std::min(LimitMsecs, m_connection->timeoutMs); }
QString Doctor::server() const { return m_connection->server.toString(QUrl::RemoveUserInfo); }

QString Doctor::serverEntry() const
{
    return u"the server of cluster “%1” in %2"_s.arg(m_connection->cluster, m_connection->file);
}

void Doctor::readFile()
{
    const Result<Kubeconfig> config = Kubeconfig::load(m_sources);
    if (!config)
        return failed(config.error().message);
    const Result<Connection> connection = config->connection(m_context);
    if (!connection)
        return failed(connection.error().message);
    m_connection = *connection;
    m_connection->mode = WriteMode::ReadOnly;
    m_connection->mayRun = m_mayRun;
    if (m_prepare)
        m_prepare(*m_connection);
    chooseProxy(*m_connection, QProcessEnvironment::systemEnvironment());
    const QString warnings = config->warnings().isEmpty()
        ? QString()
        : QString(u"; beside it: "_s + config->warnings().join(u"; "_s));
    passed(u"context “%1” in %2, server %3%4"_s.arg(m_connection->context, m_connection->file, server(),
                                                    warnings));
}

void Doctor::askCredentials()
{
    m_credentials = makeCredentialSource(*m_connection);
    connect(m_credentials.get(), &CredentialSource::message, this, &Doctor::signInMessage);
    m_credentials->get([this](const Result<SharedCredential> &credential) {
        if (!credential)
            return failed(credential.error().message);
        QStringList kinds;
        if ((*credential)->authorization.startsWith("Bearer "))
            kinds.append(m_connection->exec ? u"token of the program “%1”"_s.arg(m_connection->exec->command)
                                            : u"token"_s);
        if ((*credential)->authorization.startsWith("Basic "))
            kinds.append(u"user name and password"_s);
        const Result<QList<Certificate>> chain = readPem((*credential)->clientCertificate);
        if (!(*credential)->clientCertificate.isEmpty() && chain)
            kinds.append(
                u"client certificate %1, %2"_s.arg(chain->first().subject, certificateText(chain->first())));
        passed(kinds.isEmpty() ? u"none: requests are anonymous"_s : kinds.join(u" and "_s));
    });
}

void Doctor::lookUp()
{
    const QString host = m_connection->server.host();
    if (!m_connection->proxyUrl.isEmpty())
        return skipped(u"the proxy %1 looks it up"_s.arg(withoutUserInfo(m_connection->proxyUrl)));
    if (!QHostAddress(host).isNull())
        return skipped(u"%1 is an address"_s.arg(host));
    QHostInfo::lookupHost(host, this, [this, host](const QHostInfo &info) {
        if (info.error() != QHostInfo::NoError)
            return failed(u"the host name %1 is unknown (%2); check DNS and VPN, and %3"_s.arg(
                host, info.errorString(), serverEntry()));
        QStringList addresses;
        for (const QHostAddress &address : info.addresses())
            addresses.append(address.toString());
        passed(addresses.join(u", "_s));
    });
}

void Doctor::connectTcp()
{
    if (!m_connection->proxyUrl.isEmpty())
        return skipped(u"the proxy connects"_s);
    const int port = m_connection->server.port(m_connection->server.scheme() == u"https" ? 443 : 80);
    m_socket = std::make_unique<QSslSocket>();
    m_socket->setProxy(QNetworkProxy::NoProxy);
    const QString where = u"%1:%2"_s.arg(m_connection->server.host()).arg(port);
    connect(m_socket.get(), &QAbstractSocket::connected, this,
            [this] { passed(u"connected to %1"_s.arg(m_socket->peerAddress().toString())); });
    connect(m_socket.get(), &QAbstractSocket::errorOccurred, this, [this, where] {
        m_socket->disconnect(this);
        failed(u"%1: %2; is the API server running there? Check network and VPN, and %3"_s.arg(
            where, m_socket->errorString(), serverEntry()));
    });
    QTimer::singleShot(limitMsecs(), m_socket.get(), [this, where] {
        if (m_socket->state() == QAbstractSocket::ConnectedState)
            return;
        m_socket->disconnect(this);
        failed(u"%1: nothing answers there within %2; check network and VPN, and %3, or %4"_s.arg(
            where, durationText(limitMsecs()), serverEntry(), m_connection->remedies.timeout));
    });
    m_socket->connectToHost(m_connection->server.host(), quint16(port));
}

// Without verification, so that what the server shows can be shown; whether it is trusted, the next step says
// in its own words.
void Doctor::shakeHands()
{
    if (m_connection->server.scheme() != u"https")
        return skipped(u"the server is asked without TLS"_s);
    if (!m_socket)
        return skipped(u"through a proxy; the next step verifies it"_s);
    m_socket->disconnect(this);
    m_socket->setPeerVerifyMode(QSslSocket::QueryPeer);
    m_socket->setPeerVerifyName(m_connection->tlsServerName.isEmpty() ? m_connection->server.host()
                                                                      : m_connection->tlsServerName);
    connect(m_socket.get(), &QSslSocket::encrypted, this, [this] {
        QByteArray chain;
        for (const QSslCertificate &certificate : m_socket->peerCertificateChain())
            chain += certificate.toPem();
        const Result<QList<Certificate>> shown = readPem(chain);
        if (!shown)
            return failed(
                u"%1 shows no certificate; check %2, and any proxy between"_s.arg(server(), serverEntry()));
        if (!m_connection->trustedCa.isEmpty()) {
            const Result<void> verified =
                verifyChain(chain, m_connection->trustedCa, QDateTime::currentDateTimeUtc());
            if (!verified)
                return failed(
                    u"the server's certificate is not trusted by the certificate-authority of cluster “%1” in %2 (%3); %4 shows one that is %5; set the right certificate-authority there, or find out who answers at that address"_s
                        .arg(m_connection->cluster, m_connection->file, verified.error().message, server(),
                             certificateText(shown->first())));
        }
        passed(certificateText(shown->first()));
    });
    connect(m_socket.get(), &QAbstractSocket::errorOccurred, this, [this] {
        m_socket->disconnect(this);
        failed(u"TLS could not be agreed on with %1 (%2); check %3, and any proxy between"_s.arg(
            server(), m_socket->errorString(), serverEntry()));
    });
    connect(m_socket.get(), &QSslSocket::sslErrors, this, [this] { m_socket->ignoreSslErrors(); });
    QTimer::singleShot(limitMsecs(), m_socket.get(), [this] {
        if (m_socket->isEncrypted())
            return;
        m_socket->disconnect(this);
        failed(u"%1 accepts connections but does not answer in TLS within %2; check %3, or %4"_s.arg(
            server(), durationText(limitMsecs()), serverEntry(), m_connection->remedies.timeout));
    });
    m_socket->startClientEncryption();
}

void Doctor::askVersion()
{
    m_socket.reset();
    m_transport = std::make_unique<Transport>(*m_connection);
    m_client = std::make_unique<Client>(*m_transport);
    connect(m_transport.get(), &Transport::signInMessage, this, &Doctor::signInMessage);
    connect(m_transport.get(), &Transport::requestEnded, this, &Doctor::requestEnded);
    connect(m_client.get(), &Client::warned, this, &Doctor::warned);
    whenAnswered(m_client->version(), this, [this](const Result<ServerVersion> &version) {
        version ? passed(u"Kubernetes %1"_s.arg(version->gitVersion)) : failed(version.error().message);
    });
}

void Doctor::askRights()
{
    const QJsonObject body{{u"kind"_s, u"SelfSubjectRulesReview"_s},
                           {u"apiVersion"_s, u"authorization.k8s.io/v1"_s},
                           {u"spec"_s, QJsonObject{{u"namespace"_s, m_connection->nameSpace}}}};
    whenAnswered(
        m_client->ask(u"/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"_s,
                      QJsonDocument(body).toJson(QJsonDocument::Compact)),
        this, [this](const Result<HttpResponse> &answer) {
            if (!answer)
                return failed(answer.error().message);
            const QJsonObject status = QJsonDocument::fromJson(answer->body).object()[u"status"].toObject();
            bool mayAll = false;
            for (const QJsonValue &rule : status[u"resourceRules"].toArray())
                mayAll = mayAll
                    || (rule[u"verbs"].toArray().contains(u"*"_s)
                        && rule[u"resources"].toArray().contains(u"*"_s)
                        && rule[u"apiGroups"].toArray().contains(u"*"_s));
            const qsizetype rules = status[u"resourceRules"].toArray().size();
            // Even the right to ask this question is a rule.
            if (rules == 0 && !status[u"incomplete"].toBool())
                return failed(
                    u"user “%1” may do nothing in the namespace %2; ask whoever manages this cluster for a role there, view for one"_s
                        .arg(m_connection->user, m_connection->nameSpace));
            passed(mayAll ? u"everything in the namespace %1"_s.arg(m_connection->nameSpace)
                          : u"%1 rules in the namespace %2%3"_s.arg(
                              QString::number(rules), m_connection->nameSpace,
                              status[u"incomplete"].toBool() ? u" (the server does not tell all)"_s
                                                             : QString()));
        });
}

} // namespace kube
