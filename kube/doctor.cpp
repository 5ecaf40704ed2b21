// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/doctor.h"

#include "kube/answer.h"
#include "kube/certificate.h"
#include "kube/duration_text.h"
#include "kube/proxy_choice.h"
#include "kube/transport_error.h"
#include "kube/url_text.h"
#include "kube/watch_probe.h"

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

QString certificateText(const Certificate &certificate)
{
    const qint64 days = QDateTime::currentDateTimeUtc().daysTo(certificate.notAfter);
    return u"issued by %1, SHA-256 %2, ends on %3 (%4)"_s.arg(
        certificate.issuer, certificate.fingerprint, certificate.notAfter.toString(u"yyyy-MM-dd"_s),
        days < 0 ? u"it has ended"_s : u"in %1 days"_s.arg(days));
}

// Those that Qt passes as the client does.  (It asks an HTTP proxy without the password first, and that may forbid instead of asking.)
QNetworkProxy proxyOf(const QUrl &at)
{
    if (!at.scheme().startsWith("socks5"_L1))
        return QNetworkProxy(QNetworkProxy::NoProxy);
    return QNetworkProxy(QNetworkProxy::Socks5Proxy, at.host(), quint16(at.port(1080)),
                         at.userName(QUrl::FullyDecoded), at.password(QUrl::FullyDecoded));
}

constexpr qsizetype StepCount = 8;
constexpr qsizetype LongestProxyHead = 64 * 1024;

} // namespace

Doctor::Doctor(KubeconfigSources sources, QString context, ExecPolicy mayRun, QObject *parent)
    : QObject(parent)
    , m_sources(std::move(sources))
    , m_context(std::move(context))
    , m_mayRun(std::move(mayRun))
{
}

// What ends with the members answers and signals once more, when half of this has gone: that reaches nobody.
Doctor::~Doctor()
{
    m_questions.reset();
    for (QObject *part : {static_cast<QObject *>(m_socket.get()), static_cast<QObject *>(m_client.get()),
                          static_cast<QObject *>(m_transport.get())}) {
        if (part)
            part->disconnect(this);
    }
}

void Doctor::run() { next(); }

void Doctor::next()
{
    static constexpr void (Doctor::*all[StepCount])() = {
        &Doctor::readFile,   &Doctor::askCredentials, &Doctor::lookUp,    &Doctor::connectTcp,
        &Doctor::shakeHands, &Doctor::askVersion,     &Doctor::askRights, &Doctor::askWatch};
    ++m_at;
    if (m_at == StepCount) {
        m_socket.reset();
        Q_EMIT finished(true);
        return;
    }
    m_clock.start();
    m_waitedFor.clear();
    (this->*all[m_at])();
}

void Doctor::add(DoctorStep::Outcome outcome, const QString &detail)
{
    static const QStringList names{u"kubeconfig"_s, u"credentials"_s, u"name"_s,   u"TCP"_s,
                                   u"TLS"_s,        u"version"_s,     u"rights"_s, u"watch"_s};
    m_steps.append({names[m_at], outcome, detail, m_clock.elapsed()});
    Q_EMIT stepDone(m_steps.last());
}

void Doctor::passed(const QString &detail)
{
    const QString recovery = m_waitedFor.isEmpty()
        ? QString()
        : u"; answered when asked again (%1 ×), before: %2"_s.arg(m_waitedFor.size()).arg(m_waitedFor.last());
    add(DoctorStep::Outcome::Passed, detail + recovery);
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
    for (++m_at; m_at < StepCount; ++m_at) {
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

QString Doctor::serverEntry() const { return u"the server of "_s + m_connection->clusterEntry(); }

void Doctor::readFile()
{
    const Result<Kubeconfig> config = Kubeconfig::load(m_sources);
    if (!config)
        return failed(config.error().message);
    if (const Result<void> all = config->complete(); m_wantsAllFiles && !all)
        return failed(all.error().message);
    const Result<Connection> connection = config->connection(m_context);
    if (!connection)
        return failed(connection.error().message);
    m_connection = *connection;
    m_connection->mode = WriteMode::ReadOnly;
    m_connection->mayRun = m_mayRun;
    if (m_prepare)
        m_prepare(*m_connection);
    m_connection->isTimeoutWhole = true; // a server that asks to wait long is a finding
    chooseProxy(*m_connection, QProcessEnvironment::systemEnvironment());
    const QString warnings = config->warnings().isEmpty()
        ? QString()
        : QString(u"; beside it: "_s + config->warnings().join(u"; "_s));
    passed(u"context “%1” in %2, server %3%4"_s.arg(m_connection->context, m_connection->file, server(),
                                                    warnings));
}

static QString noCredentials(const Connection &connection)
{
    const QString anonymous = u"none: requests are anonymous"_s;
    if (connection.server.scheme() == u"https" || connection.user.isEmpty())
        return anonymous;
    return u"%1; over http:// no token, password or client certificate of %2 is sent: to be signed in, use an https:// address of the server"_s
        .arg(anonymous, connection.userEntry());
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
        const bool hasCertificate = !(*credential)->clientCertificate.isEmpty() && chain;
        if (hasCertificate && chain->first().notAfter <= QDateTime::currentDateTimeUtc())
            return failed(
                u"the client certificate %1 has ended on %2: servers refuse it; ask for a new one"_s.arg(
                    chain->first().subject, chain->first().notAfter.toString(Qt::ISODate)));
        if (hasCertificate)
            kinds.append(
                u"client certificate %1, %2"_s.arg(chain->first().subject, certificateText(chain->first())));
        passed(kinds.isEmpty() ? noCredentials(*m_connection) : kinds.join(u" and "_s));
    });
}

void Doctor::lookUp()
{
    const QString host = m_connection->server.host();
    if (!m_connection->proxyUrl.isEmpty())
        return skipped(u"the proxy %1 looks it up"_s.arg(withoutUserInfo(m_connection->proxyUrl)));
    if (!QHostAddress(host).isNull())
        return skipped(u"%1 is an address"_s.arg(host));
    const int lookup = QHostInfo::lookupHost(host, this, [this, host](const QHostInfo &info) {
        if (info.error() != QHostInfo::NoError)
            return failed(u"the host name %1 is unknown (%2); check DNS and VPN, and %3"_s.arg(
                host, info.errorString(), serverEntry()));
        QStringList addresses;
        for (const QHostAddress &address : info.addresses())
            addresses.append(address.toString());
        passed(addresses.join(u", "_s));
    });
    QTimer::singleShot(limitMsecs(), this, [this, host, lookup, done = m_steps.size()] {
        if (m_steps.size() != done)
            return;
        QHostInfo::abortHostLookup(lookup);
        failed(u"DNS does not say within %1 where %2 is; check DNS and VPN, and %3, or %4"_s.arg(
            durationText(limitMsecs()), host, serverEntry(), m_connection->remedies.timeout));
    });
}

void Doctor::connectTo(const QString &host, int port, const std::function<void()> &connected,
                       const std::function<void(const QString &why, const QString &orElse)> &notConnected)
{
    m_socket = std::make_unique<QSslSocket>();
    m_socket->setProxy(QNetworkProxy::NoProxy);
    const QString where = u"%1:%2"_s.arg(host).arg(port);
    connect(m_socket.get(), &QAbstractSocket::connected, this, connected);
    connect(m_socket.get(), &QAbstractSocket::errorOccurred, this, [this, where, notConnected] {
        m_socket->disconnect(this);
        notConnected(u"%1: %2"_s.arg(where, m_socket->errorString()), {});
    });
    QTimer::singleShot(limitMsecs(), m_socket.get(), [this, where, notConnected] {
        if (m_socket->state() == QAbstractSocket::ConnectedState)
            return;
        m_socket->disconnect(this);
        notConnected(u"%1: nothing answers there within %2"_s.arg(where, durationText(limitMsecs())),
                     u", or "_s + m_connection->remedies.timeout);
    });
    m_socket->connectToHost(host, quint16(port));
}

void Doctor::connectTcp()
{
    if (!m_connection->proxyUrl.isEmpty())
        return connectProxy();
    const int port = m_connection->server.port(m_connection->server.scheme() == u"https" ? 443 : 80);
    connectTo(
        m_connection->server.host(), port,
        [this] { passed(u"connected to %1"_s.arg(m_socket->peerAddress().toString())); },
        [this](const QString &why, const QString &orElse) {
            failed(u"%1; is the API server running there? Check network and VPN, and %2%3"_s.arg(
                why, serverEntry(), orElse));
        });
}

// The proxy itself, and then whether it lets us through.
void Doctor::connectProxy()
{
    const QUrl proxy(m_connection->proxyUrl);
    const QString shown = withoutUserInfo(m_connection->proxyUrl);
    const int usual = proxy.scheme().startsWith("socks"_L1) ? 1080 : proxy.scheme() == "https"_L1 ? 443 : 80;
    connectTo(
        proxy.host(), proxy.port(usual),
        [this, shown] {
            m_socket->disconnect(this);
            m_socket.release()->deleteLater(); // its own signal is on the stack
            askProxy();
        },
        [this, shown](const QString &why, const QString &orElse) {
            failed(
                u"the proxy %1 cannot be reached (%2); is it running? Check %3, or %4 to go without a proxy%5"_s
                    .arg(shown, why, proxyEntry(*m_connection),
                         m_connection->proxyVariable.isEmpty()
                             ? u"remove it"_s
                             : u"add %1 to NO_PROXY"_s.arg(m_connection->server.host()),
                         orElse));
        });
}

// By the transport that all requests go by: it tells apart what the proxy says and what the server does.  Without credentials.
void Doctor::askProxy()
{
    m_probe = std::make_unique<Transport>(*m_connection);
    HttpRequest request;
    request.path = u"/version"_s;
    request.isAnonymous = true;
    request.timeoutMs = limitMsecs();
    Transport::Callbacks callbacks;
    callbacks.finished = [this](const Result<HttpResponse> &answer) {
        m_probe.release()->deleteLater(); // its callback is on the stack
        const Error error =
            answer ? errorFromResponse(*answer, u"GET /version"_s, *m_connection) : answer.error();
        if (error.reason == proxyRefused)
            return failed(error.message);
        passed(u"the proxy %1 lets us through"_s.arg(withoutUserInfo(m_connection->proxyUrl)));
    };
    m_probe->send(request, std::move(callbacks));
}

QString Doctor::tlsName() const
{
    return m_connection->tlsServerName.isEmpty() ? m_connection->server.host() : m_connection->tlsServerName;
}

// By the rules of the requests to come, but with what the server shows in the words.
void Doctor::judgeTls(const QByteArray &chainPem)
{
    const Result<QList<Certificate>> shown = readPem(chainPem);
    if (!shown)
        return failed(
            u"%1 shows no certificate; check %2, and any proxy between"_s.arg(server(), serverEntry()));
    const QString what = certificateText(shown->first());
    if (m_connection->insecure)
        return passed(what + u"; not verified, as insecure-skip-tls-verify wants it"_s);
    const QString cluster = m_connection->clusterEntry();
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const bool hasOwn = !m_connection->trustedCa.isEmpty();
    const Result<void> verified =
        hasOwn ? verifyChain(chainPem, m_connection->trustedCa, now) : verifyChainBySystem(chainPem, now);
    if (!verified && now > shown->first().notAfter)
        return failed(
            u"the server's certificate ended on %1; it must be renewed on the server (or this machine's clock is wrong); %2 shows one that is %3"_s
                .arg(shown->first().notAfter.toString(Qt::ISODate), server(), what));
    if (!verified && now < shown->first().notBefore)
        return failed(
            u"the server's certificate begins only on %1; check this machine's clock, or have it issued anew on the server; %2 shows one that is %3"_s
                .arg(shown->first().notBefore.toString(Qt::ISODate), server(), what));
    if (!verified)
        return failed(
            u"the server's certificate is not trusted by %1 (%2); %3 shows one that is %4; set the right certificate-authority there, or find out who answers at that address"_s
                .arg(hasOwn ? u"the certificate-authority of "_s + cluster
                            : QString(u"the system's authorities, and there is no certificate-authority in "_s
                                      + cluster),
                     verified.error().message, server(), what));
    if (!isForName(chainPem, tlsName()))
        return failed(
            u"the server's certificate is for another name: %1 was wanted, and it has %2; use a name that it has, or set tls-server-name of %3; it is %4"_s
                .arg(tlsName(), namesOf(shown->first()), cluster, what));
    passed(what);
}

// Without verification, so that what the server shows can be shown and judged.
void Doctor::shakeHands()
{
    if (m_connection->server.scheme() != u"https")
        return skipped(u"the server is asked without TLS"_s);
    const QUrl proxy(m_connection->proxyUrl);
    const bool isHttpProxy = proxy.scheme() == "http"_L1;
    if (!proxy.isEmpty() && !isHttpProxy && !proxy.scheme().startsWith("socks5"_L1))
        return skipped(u"through a proxy with TLS of its own; the next step verifies it"_s);
    const bool isNew = !m_socket;
    if (isNew)
        m_socket = std::make_unique<QSslSocket>();
    m_socket->disconnect(this);
    m_socket->setProxy(proxyOf(proxy));
    m_socket->setPeerVerifyMode(QSslSocket::QueryPeer);
    m_socket->setPeerVerifyName(tlsName());
    connect(m_socket.get(), &QSslSocket::encrypted, this, [this] {
        QByteArray chain;
        for (const QSslCertificate &certificate : m_socket->peerCertificateChain())
            chain += certificate.toPem();
        judgeTls(chain);
    });
    connect(m_socket.get(), &QAbstractSocket::errorOccurred, this, [this] {
        m_socket->disconnect(this);
        const QString between = m_connection->proxyUrl.isEmpty()
            ? u"any proxy between"_s
            : u"the proxy "_s + withoutUserInfo(m_connection->proxyUrl);
        failed(u"TLS could not be agreed on with %1 (%2); check %3, and %4"_s.arg(
            server(), m_socket->errorString(), serverEntry(), between));
    });
    connect(m_socket.get(), &QSslSocket::sslErrors, this, [this] { m_socket->ignoreSslErrors(); });
    QTimer::singleShot(limitMsecs(), m_socket.get(), [this] {
        if (m_socket->isEncrypted())
            return;
        m_socket->disconnect(this);
        failed(u"%1 accepts connections but does not answer in TLS within %2; check %3, or %4"_s.arg(
            server(), durationText(limitMsecs()), serverEntry(), m_connection->remedies.timeout));
    });
    if (isHttpProxy)
        askForTunnel(proxy);
    else if (isNew)
        m_socket->connectToHostEncrypted(m_connection->server.host(),
                                         quint16(m_connection->server.port(443)));
    else
        m_socket->startClientEncryption();
}

// In the words of the client; whether the proxy likes them has been found out by the step before.
void Doctor::askForTunnel(const QUrl &proxy)
{
    const QString host = m_connection->server.host(QUrl::FullyEncoded);
    const QByteArray target = (host.contains(u':') ? QString(u'[' + host + u']') : host).toLatin1() + ':'
        + QByteArray::number(m_connection->server.port(443));
    QByteArray head = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    const QString user = proxy.userName(QUrl::FullyDecoded), password = proxy.password(QUrl::FullyDecoded);
    if (const QString both = user + u':' + password; both.size() > 1)
        head += "Proxy-Authorization: Basic " + both.toUtf8().toBase64() + "\r\n";
    head += "Proxy-Connection: Keep-Alive\r\n\r\n";
    connect(m_socket.get(), &QAbstractSocket::connected, this, [this, head] { m_socket->write(head); });
    connect(m_socket.get(), &QAbstractSocket::readyRead, this, [this, answer = QByteArray()]() mutable {
        while (m_socket->canReadLine() && !answer.endsWith("\r\n\r\n"))
            answer += m_socket->readLine();
        if (!answer.endsWith("\r\n\r\n") && answer.size() + m_socket->bytesAvailable() < LongestProxyHead)
            return;
        disconnect(m_socket.get(), &QAbstractSocket::readyRead, this, nullptr);
        if (answer.mid(answer.indexOf(' ') + 1).startsWith('2'))
            return m_socket->startClientEncryption();
        m_socket->disconnect(this);
        failed(u"the proxy %1 gave no connection to the server (%2); check %3"_s.arg(
            withoutUserInfo(m_connection->proxyUrl), QString::fromLatin1(answer.left(answer.indexOf('\r'))),
            proxyEntry(*m_connection)));
    });
    m_socket->connectToHost(proxy.host(), quint16(proxy.port(80)));
}

void Doctor::askVersion()
{
    m_socket.reset();
    m_credentials->disconnect(this); // the transport passes its words on
    m_transport = std::make_unique<Transport>(*m_connection, std::move(m_credentials));
    m_client = std::make_unique<Client>(*m_transport);
    connect(m_transport.get(), &Transport::signInMessage, this, &Doctor::signInMessage);
    connect(m_transport.get(), &Transport::requestEnded, this, &Doctor::requestEnded);
    connect(m_client.get(), &Client::warned, this, &Doctor::warned);
    connect(m_client.get(), &Client::waiting, this, [this](const QString &why, int seconds) {
        m_waitedFor.append(why);
        Q_EMIT waiting(why, seconds);
    });
    whenAnswered(m_client->version(), m_questions.get(), [this](const Result<ServerVersion> &version) {
        version ? passed(u"Kubernetes %1"_s.arg(version->gitVersion) + slowness())
                : failed(version.error().message);
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
        m_questions.get(), [this](const Result<HttpResponse> &answer) {
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
            passed((mayAll ? u"everything in the namespace %1"_s.arg(m_connection->nameSpace)
                           : u"%1 rules in the namespace %2%3"_s.arg(
                               QString::number(rules), m_connection->nameSpace,
                               status[u"incomplete"].toBool() ? u" (the server does not tell all)"_s
                                                              : QString()))
                   + slowness());
        });
}

// Everything that the console shows comes by watches, and proxies like to end or to forget them.
void Doctor::askWatch()
{
    m_watch = std::make_unique<WatchProbe>(*m_transport);
    m_watch->start([this](const WatchProbe::Outcome &outcome) {
        m_watch.release()->deleteLater();
        m_closed = outcome.closed;
        switch (outcome.kind) {
        case WatchProbe::Outcome::Kind::Lives: return passed(outcome.detail);
        case WatchProbe::Outcome::Kind::NotAllowed: return skipped(outcome.detail);
        case WatchProbe::Outcome::Kind::Failed: return failed(outcome.detail);
        }
    });
}

// Without what was waited for because the server asked to.
QString Doctor::slowness() const
{
    const qint64 msecs = m_clock.elapsed();
    return msecs < SlowMsecs || !m_waitedFor.isEmpty()
        ? QString()
        : u"; slow: the answer took %1 s, and so will every page"_s.arg(double(msecs) / 1000, 0, 'f', 1);
}

} // namespace kube
