// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/oidc_source.h"

#include "kube/kubeconfig_file.h"
#include "kube/kubeconfig_writer.h"
#include "kube/transport.h"
#include "kube/url_text.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QPointer>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr qint64 earlierSeconds = 10; // renew before it ends on the server's clock
constexpr qint64 maxAnswerBytes = 1024 * 1024;

constexpr int mostLooks = 4, lookPauseMs = 250;

constexpr QLatin1String signInAgain("sign in again, or put another refresh-token there");
constexpr qsizetype maxWords = 200; // of a provider

QString idTokenFault(const QByteArray &token, const QDateTime &end)
{
    if (token.isEmpty())
        return u"it has no id-token"_s;
    if (!end.isValid())
        return u"its id-token is no JSON Web Token that says when it ends"_s;
    return u"its id-token ended on %1 UTC"_s.arg(end.toString(u"yyyy-MM-dd hh:mm"_s));
}

QString metadataFault(const HttpResponse &answer, const QUrl &endpoint)
{
    if (answer.status != 200)
        return u"answers HTTP %1"_s.arg(answer.status);
    if (!QJsonDocument::fromJson(answer.body).isObject())
        return u"is no JSON object"_s;
    if (endpoint.isEmpty())
        return u"names no token_endpoint"_s;
    return endpoint.scheme() == u"https" ? QString() : u"names a token_endpoint that is not https"_s;
}

struct Refusal
{
    QString words, remedy; // words: "" or ": why"
};

// RFC 6749 §5.2: what is wrong is said by a word, and perhaps by a sentence.
Refusal refusalOf(int status, const QJsonObject &answer)
{
    const QString code = answer[u"error"].toString(),
                  text = answer[u"error_description"].toString().left(maxWords);
    QStringList said{code.left(maxWords), text};
    said.removeAll(QString());
    const QString words = said.isEmpty() ? QString() : QString(u": "_s + said.join(u", "_s));
    if (code == u"invalid_grant")
        return {words, u"the refresh-token has ended or was withdrawn: "_s + signInAgain};
    if (code == u"invalid_client" || code == u"unauthorized_client" || (code.isEmpty() && status == 401))
        return {words, u"check the client-id and client-secret there"_s};
    if (status == 200)
        return {
            words,
            u"the sign-in did not ask for the scope openid, or this provider gives none when it renews: sign in again with that scope, or by an exec plug-in"_s};
    return {words, QString(signInAgain)};
}

QByteArray formPair(const QByteArray &name, const QByteArray &value)
{
    return name + '=' + value.toPercentEncoding();
}

} // namespace

QDateTime tokenExpiry(const QByteArray &token)
{
    const QByteArrayList parts = token.split('.');
    if (parts.size() != 3)
        return {};
    const QByteArray claims =
        QByteArray::fromBase64(parts[1], QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    const QJsonValue end = QJsonDocument::fromJson(claims).object()[u"exp"];
    constexpr double Year9999 = 253402300799; // a number without sense is no time
    return end.isDouble() && end.toDouble() >= 0 && end.toDouble() <= Year9999
        ? QDateTime::fromSecsSinceEpoch(qint64(end.toDouble()), Qt::UTC)
        : QDateTime();
}

OidcSource::OidcSource(OidcProvider provider)
    : m_provider(std::move(provider))
    , m_fileIdToken(m_provider.idToken)
    , m_fileRefreshToken(m_provider.refreshToken)
{
    if (!m_provider.idToken.isEmpty())
        m_known = std::make_shared<const Credential>(Credential{"Bearer " + m_provider.idToken, {}, {}});
}

OidcSource::~OidcSource() = default;

void OidcSource::get(Ready ready)
{
    if (isValid())
        return ready(m_known);
    m_waiting.append(std::move(ready));
    if (m_waiting.size() > 1)
        return;
    if (takeFromFile() && isValid())
        return finish(m_known);
    m_looks = 0;
    if (m_provider.refreshToken.isEmpty())
        return fail(idTokenFault(m_provider.idToken, tokenExpiry(m_provider.idToken))
                        + u" and there is no refresh-token"_s,
                    signInAgain);
    discover();
}

bool OidcSource::isValid() const
{
    const QDateTime end = tokenExpiry(m_provider.idToken);
    return m_known && !m_isRefused && end.isValid()
        && QDateTime::currentDateTimeUtc().secsTo(end) > earlierSeconds;
}

// True: there is something new.
bool OidcSource::takeFromFile()
{
    const Result<KubeconfigFile> file = readKubeconfigFile(m_provider.file);
    if (!file)
        return false; // which whoever reads all of it will say
    for (const auto &[name, user] : file->users) {
        if (name != m_provider.user || user->authProvider != "oidc"_L1)
            continue;
        const QByteArray id = user->authProviderConfig.value(u"id-token"_s).toUtf8();
        const QByteArray refresh = user->authProviderConfig.value(u"refresh-token"_s).toUtf8();
        const bool hasId = !id.isEmpty() && std::exchange(m_fileIdToken, id) != id;
        const bool hasRefresh = !refresh.isEmpty() && std::exchange(m_fileRefreshToken, refresh) != refresh;
        if (hasId) {
            m_provider.idToken = id;
            m_known = std::make_shared<const Credential>(Credential{"Bearer " + id, {}, {}});
            m_isRefused = false;
        }
        if (hasRefresh)
            m_provider.refreshToken = refresh;
        return hasId || hasRefresh;
    }
    return false;
}

// Whoever has redeemed it before us may be about to write what he got.
void OidcSource::lookAgain(const QUrl &endpoint, QByteArray refused, const QString &why,
                           const QString &remedy)
{
    takeFromFile();
    if (isValid())
        return finish(m_known);
    if (m_provider.refreshToken != refused)
        return redeem(endpoint, m_provider.clientSecret.isEmpty() ? ClientAuth::Body : ClientAuth::Header);
    if (++m_looks > mostLooks)
        return fail(why, remedy);
    QTimer::singleShot(lookPauseMs, this,
                       [this, endpoint, refused, why, remedy] { lookAgain(endpoint, refused, why, remedy); });
}

void OidcSource::refused(const SharedCredential &used)
{
    if (used == m_known && !m_provider.refreshToken.isEmpty())
        m_isRefused = true;
}

Transport &OidcSource::transportTo(const QUrl &server)
{
    Connection connection;
    connection.context = u"sign-in of "_s + m_provider.user;
    connection.cluster = withoutUserInfo(m_provider.issuer);
    connection.user = m_provider.user;
    connection.file = m_provider.file;
    connection.remedies.issuer =
        u"the idp-issuer-url of user “%1” in %2"_s.arg(m_provider.user, m_provider.file);
    connection.server = server;
    connection.trustedCa = m_provider.issuerCa;
    if (m_transport)
        m_transport.release()->deleteLater(); // we may be in one of its callbacks
    m_transport = std::make_unique<Transport>(connection);
    return *m_transport;
}

void OidcSource::discover()
{
    QUrl issuer(m_provider.issuer);
    while (issuer.path().endsWith(u'/'))
        issuer.setPath(issuer.path().chopped(1));
    HttpRequest request;
    request.path = u"/.well-known/openid-configuration"_s;
    request.maxBodyBytes = maxAnswerBytes;
    Transport::Callbacks callbacks;
    callbacks.finished = [this](const Result<HttpResponse> &answer) {
        if (!answer)
            return unreached(u"its metadata could not be asked for"_s, answer.error());
        const QUrl endpoint(QJsonDocument::fromJson(answer->body).object()[u"token_endpoint"].toString());
        if (const QString fault = metadataFault(*answer, endpoint); !fault.isEmpty())
            return fail(u"its metadata (/.well-known/openid-configuration) "_s + fault,
                        u"check the idp-issuer-url"_s);
        redeem(endpoint, m_provider.clientSecret.isEmpty() ? ClientAuth::Body : ClientAuth::Header);
    };
    transportTo(issuer).send(request, std::move(callbacks));
}

void OidcSource::redeem(const QUrl &endpoint, ClientAuth how)
{
    const QByteArray id = m_provider.clientId.toUtf8(), secret = m_provider.clientSecret.toUtf8();
    QByteArrayList form{formPair("grant_type", "refresh_token"),
                        formPair("refresh_token", m_provider.refreshToken)};
    HttpRequest request;
    if (how == ClientAuth::Header)
        request.headers.append(
            "Authorization: Basic "
            + QByteArray(id.toPercentEncoding() + ':' + secret.toPercentEncoding()).toBase64());
    else
        form.append(formPair("client_id", id));
    if (how == ClientAuth::Body && !secret.isEmpty())
        form.append(formPair("client_secret", secret));
    request.method = "POST";
    request.path = endpoint.path(QUrl::FullyEncoded)
        + (endpoint.hasQuery() ? u'?' + endpoint.query(QUrl::FullyEncoded) : QString());
    request.contentType = "application/x-www-form-urlencoded";
    request.body = form.join('&');
    request.maxBodyBytes = maxAnswerBytes;
    QUrl server =
        endpoint.adjusted(QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment | QUrl::RemoveUserInfo);
    Transport::Callbacks callbacks;
    callbacks.finished = [this, endpoint, how](const Result<HttpResponse> &answer) {
        if (!answer)
            return unreached(u"a new id-token could not be asked for"_s, answer.error());
        if (answer->status == 401
            && how == ClientAuth::Header) // some providers want the client's name in the body
            return redeem(endpoint, ClientAuth::Body);
        take(*answer, endpoint);
    };
    transportTo(server).send(request, std::move(callbacks));
}

void OidcSource::take(const HttpResponse &response, const QUrl &endpoint)
{
    const QJsonObject answer = QJsonDocument::fromJson(response.body).object();
    const QByteArray token = answer[u"id_token"].toString().toLatin1();
    if (response.status != 200 || token.isEmpty() || token.contains('\n') || token.contains('\r')) {
        const Refusal refusal = refusalOf(response.status, answer);
        const QString why = u"the provider %1 gave no new id-token (HTTP %2%3)"_s.arg(
            withoutUserInfo(m_provider.issuer), QString::number(response.status), refusal.words);
        return answer[u"error"].toString() == "invalid_grant"_L1
            ? lookAgain(endpoint, m_provider.refreshToken, why, refusal.remedy)
            : fail(why, refusal.remedy);
    }
    const QString refresh = answer[u"refresh_token"].toString();
    m_provider.idToken = token;
    if (!refresh.isEmpty())
        m_provider.refreshToken = refresh.toUtf8();
    const QStringList path{u"users"_s, m_provider.user, u"user"_s, u"auth-provider"_s, u"config"_s};
    QList<KubeconfigEdit> edits{{path + QStringList{u"id-token"_s}, QString::fromLatin1(token)}};
    if (!refresh.isEmpty()) // a provider that hands out new ones has ended the old one
        edits.append({path + QStringList{u"refresh-token"_s}, refresh});
    if (const Result<void> written = editKubeconfig(m_provider.file, edits); !written)
        Q_EMIT message(written.error().message);
    m_isRefused = false;
    m_known = std::make_shared<const Credential>(Credential{"Bearer " + token, {}, {}});
    finish(m_known);
}

void OidcSource::fail(const QString &why, const QString &remedy)
{
    finish(failure(Error::Kind::Config,
                   u"user “%1” in %2 (auth-provider oidc, issuer %3): %4; %5"_s.arg(
                       m_provider.user, m_provider.file, withoutUserInfo(m_provider.issuer), why, remedy)));
}

void OidcSource::unreached(const QString &what, const Error &error)
{
    fail(what + u": "_s + error.message,
         error.kind == Error::Kind::Tls
             ? u"check the idp-issuer-url, and the idp-certificate-authority by which it is believed"_s
             : u"check the idp-issuer-url, and the way to it"_s);
}

void OidcSource::finish(const Result<SharedCredential> &result)
{
    const QPointer<OidcSource> alive(this);
    for (const Ready &ready : std::exchange(m_waiting, {})) {
        if (alive)
            ready(result);
    }
}

} // namespace kube
