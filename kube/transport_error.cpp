// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/transport_error.h"

#include "kube/certificate.h"
#include "kube/duration_text.h"
#include "kube/url_text.h"

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include <cerrno>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

struct Verdict
{
    Error::Kind kind;
    QString message;
    QString reason = {};
};

// It repeats an address that it cannot read, with the password in it.
QString curlsWords(const TransferFailure &failed)
{
    const QString text = QString::fromLocal8Bit(failed.text);
    return text.contains(u"//") ? withoutUserInfo(text) : text;
}

QString clusterEntry(const Connection &connection)
{
    const QString &issuer = connection.remedies.issuer;
    return issuer.isEmpty() ? connection.clusterEntry() : issuer;
}

Verdict connectVerdict(const TransferFailure &failed, const Connection &connection)
{
    const QString entry = clusterEntry(connection);
    switch (failed.systemError) {
    case ECONNREFUSED:
        return {Error::Kind::Unreachable,
                u"the connection was refused; is %1 running there? Check the server of %2"_s.arg(
                    connection.remedies.issuer.isEmpty() ? u"the API server"_s : u"the provider"_s, entry)};
    case EHOSTUNREACH:
    case ENETUNREACH:
        return {Error::Kind::Unreachable,
                u"there is no route to it; check network and VPN, and the server of "_s + entry};
    case ETIMEDOUT:
        return {Error::Kind::Timeout,
                u"nothing answers there; check network and VPN, and the server of "_s + entry};
    default: break;
    }
    return {Error::Kind::Unreachable,
            u"no connection (%1); check network and VPN, and the server of %2"_s.arg(
                QString::fromLocal8Bit(failed.text), entry)};
}

Verdict timeoutVerdict(const TransferFailure &failed, const Connection &connection)
{
    if (failed.isConnected)
        return {Error::Kind::Timeout,
                u"%1: no complete answer within %2; the server is slow or overloaded, %3"_s.arg(
                    failed.what, durationText(failed.timeoutMs), connection.remedies.timeout)};
    if (failed.hasBegunTls)
        return {
            Error::Kind::Timeout,
            u"%1: it accepts connections, but does not answer in TLS within %2; is that the address of an API server? Check the server of %3, or %4"_s
                .arg(failed.what, durationText(failed.connectMs), clusterEntry(connection),
                     connection.remedies.timeout)};
    return {Error::Kind::Timeout,
            u"%1: nothing answers there within %2; check network and VPN, and the server of %3, or %4"_s.arg(
                failed.what, durationText(failed.connectMs), clusterEntry(connection),
                connection.remedies.timeout)};
}

// ": a.example was wanted, and it has b.example, 127.0.0.1"
QString namesText(const TransferFailure &failed, const Connection &connection)
{
    const Result<QList<Certificate>> shown = readPem(failed.certificate);
    if (failed.certificate.isEmpty() || !shown)
        return {};
    const QString wanted =
        connection.tlsServerName.isEmpty() ? connection.server.host() : connection.tlsServerName;
    return u": %1 was wanted, and it has %2"_s.arg(wanted, namesOf(shown->first()));
}

Verdict verificationVerdict(const TransferFailure &failed, const Connection &connection)
{
    const QString entry = clusterEntry(connection);
    const QString reason = failed.verifyResult == X509_V_ERR_CERT_SIGNATURE_FAILURE
        ? u"one of the same name, but with another key, has signed it"_s
        : QString::fromLatin1(X509_verify_cert_error_string(failed.verifyResult));
    if (!failed.text.contains(
            "certificate problem")) // curl's words for a broken chain; names it checks itself
        return {
            Error::Kind::Tls,
            u"the server's certificate is for another name%1; use a name that it has, or set tls-server-name of %2"_s
                .arg(namesText(failed, connection), entry)};
    switch (failed.verifyResult) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return {
            Error::Kind::Tls,
            u"the server's certificate has expired; it must be renewed on the server (or this machine's clock is wrong)"_s};
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return {Error::Kind::Tls, u"the server's certificate is not valid yet; check this machine's clock"_s};
    default: break;
    }
    const QString trusted =
        connection.trustedCa.isEmpty() ? u"the system's authorities"_s : u"its certificate-authority"_s;
    return {Error::Kind::Tls,
            u"the server's certificate is not trusted by %1 (%2); set the right certificate-authority of %3"_s
                .arg(trusted, reason, entry)};
}

// Whether it went wrong before the proxy had connected us with the server.
bool isAtProxy(const TransferFailure &failed, const Connection &connection)
{
    if (connection.proxyUrl.isEmpty() || failed.isConnected)
        return false;
    const bool isTlsServer = connection.server.scheme() == "https"_L1;
    const bool isSocks = connection.proxyUrl.startsWith("socks"_L1);
    switch (failed.curlCode) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY: return true;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
        if (isSocks) // it has no TLS of its own
            return false;
        break;
    default: break;
    }
    return isTlsServer && !isSocks ? failed.proxyAnswer / 100 != 2 : !failed.isReached;
}

QString problemOfAnswer(const TransferFailure &failed, const Connection &connection)
{
    const QString target = u"%1:%2"_s.arg(
        connection.server.host(),
        QString::number(connection.server.port(connection.server.scheme() == "http"_L1 ? 80 : 443)));
    if (failed.proxyAnswer == 407) {
        const bool hasUser = QUrl(connection.proxyUrl).authority().contains(u'@');
        return hasUser ? u"does not accept the user name and password that its address has (HTTP 407)"_s
                       : u"asks for a user name and password (HTTP 407): http://USER:PASSWORD@HOST:PORT"_s;
    }
    if (failed.proxyAnswer >= 500)
        return u"could not reach %1 (HTTP %2)"_s.arg(target, QString::number(failed.proxyAnswer));
    return u"does not let us through to %1 (HTTP %2)"_s.arg(target, QString::number(failed.proxyAnswer));
}

// What the proxy did, to be followed by what to do about it.
QString problemOfProxy(const TransferFailure &failed, const Connection &connection)
{
    const QString text = curlsWords(failed);
    if (failed.proxyAnswer >= 300)
        return problemOfAnswer(failed, connection);
    switch (failed.curlCode) {
    case CURLE_COULDNT_RESOLVE_PROXY:
        return failed.text.startsWith("Could not resolve") ? u"has a host name that is unknown"_s
                                                           : u"has no address that can be used"_s;
    case CURLE_COULDNT_CONNECT:
        if (failed.systemError == ECONNREFUSED)
            return u"refused the connection, perhaps because it is not running"_s;
        if (failed.systemError == EHOSTUNREACH || failed.systemError == ENETUNREACH)
            return u"cannot be reached: there is no route to it"_s;
        return u"cannot be reached (%1)"_s.arg(text);
    case CURLE_OPERATION_TIMEDOUT:
        return u"gave no connection to the server within %1"_s.arg(durationText(failed.connectMs));
    case CURLE_PEER_FAILED_VERIFICATION: return u"has a certificate that is not trusted (%1)"_s.arg(text);
    case CURLE_SSL_CONNECT_ERROR: return u"does not agree on TLS (%1)"_s.arg(text);
    default: return u"gave no connection to the server (%1)"_s.arg(text);
    }
}

Verdict proxyVerdict(const TransferFailure &failed, const Connection &connection)
{
    const Error::Kind kind = failed.proxyAnswer == 407 ? Error::Kind::Config
        : failed.curlCode == CURLE_OPERATION_TIMEDOUT  ? Error::Kind::Timeout
                                                       : Error::Kind::Unreachable;
    const QString address = withoutUserInfo(connection.proxyUrl);
    const QString otherWay = connection.proxyVariable.isEmpty()
        ? u"remove it"_s
        : u"add %1 to NO_PROXY"_s.arg(connection.server.host());
    return {kind,
            u"the proxy %1 %2; check %3, or %4 to go without a proxy"_s.arg(
                address, problemOfProxy(failed, connection), proxyEntry(connection), otherWay),
            proxyRefused};
}

// The alerts by which a server says that it does not like our certificate; TLS 1.3 sends them after the handshake.
bool isAboutOurCertificate(const QByteArray &text)
{
    return text.contains("alert")
        && (text.contains("certificate") || text.contains("unknown ca")
            || text.contains("handshake failure"));
}

Verdict refusedCertificateVerdict(const TransferFailure &failed, const Connection &connection)
{
    const bool hasCertificate = !connection.clientCertificate.isEmpty();
    QString words = QString::fromLatin1(failed.text.mid(failed.text.indexOf("alert ")));
    words.remove(u", errno 0"_s); // curl's, and no error of the system
    const QString user = connection.userEntry();
    return {
        Error::Kind::Tls,
        hasCertificate
            ? u"the server refused the client certificate of %1 (%2); take one that an authority of this cluster has issued"_s
                  .arg(user, words)
            : u"the server asks for a client certificate, and %1 has none (%2); add client-certificate and client-key"_s
                  .arg(user, words)};
}

Verdict cutVerdict(const TransferFailure &failed, const Connection &connection)
{
    if (failed.hasBegun) // so it is the right kind of server
        return {
            Error::Kind::Unreachable,
            u"%1: the answer was cut on its way (%2): the server, or a proxy between, ended it before it was whole; if it goes on, look there for a limit"_s
                .arg(failed.what, QString::fromLocal8Bit(failed.text)),
            connectionLost};
    const QString remedy = connection.server.scheme() == "http"_L1
        ? u"if this server speaks TLS, its address in %1 begins with https://"_s.arg(clusterEntry(connection))
        : u"try again"_s;
    return {Error::Kind::Unreachable,
            u"%1: the connection was cut (%2); %3"_s.arg(failed.what, QString::fromLocal8Bit(failed.text),
                                                         remedy),
            connectionLost};
}

Verdict verdictOf(const TransferFailure &failed, const Connection &connection)
{
    if (isAtProxy(failed, connection))
        return proxyVerdict(failed, connection);
    if (isAboutOurCertificate(failed.text))
        return refusedCertificateVerdict(failed, connection);
    const QString text = curlsWords(failed);
    switch (failed.curlCode) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return {Error::Kind::Unreachable,
                u"the host name %1 is unknown; check DNS and VPN, and the server of %2"_s.arg(
                    connection.server.host(), clusterEntry(connection))};
    case CURLE_COULDNT_CONNECT: return connectVerdict(failed, connection);
    case CURLE_OPERATION_TIMEDOUT: return timeoutVerdict(failed, connection);
    case CURLE_PEER_FAILED_VERIFICATION: return verificationVerdict(failed, connection);
    case CURLE_SSL_CACERT_BADFILE:
        return {
            Error::Kind::Config,
            u"the certificate-authority of %1 cannot be used (%2); replace it by the PEM text or file that came with the cluster"_s
                .arg(clusterEntry(connection), text)};
    case CURLE_SSL_CERTPROBLEM:
        return {
            Error::Kind::Config,
            u"client certificate and key of %1 cannot be used together (%2); take the key that this certificate was issued for"_s
                .arg(connection.userEntry(), text)};
    case CURLE_SSL_CONNECT_ERROR:
        if (failed.text.contains("wrong version number"))
            return {Error::Kind::Tls,
                    u"what answers there does not speak TLS; check port and scheme of the server of "_s
                        + clusterEntry(connection)};
        if (failed.text.contains("reset by peer")) // a server that is ending or not yet up: it may pass
            return {
                Error::Kind::Unreachable,
                u"the connection was reset while TLS was being agreed on: the server at %1 is ending or starting, or what answers there speaks no TLS; if it stays so, check the server of %2, and any proxy between"_s
                    .arg(connection.server.authority(), clusterEntry(connection))};
        return {Error::Kind::Tls,
                u"TLS could not be agreed on (%1); check the server of %2, and any proxy between"_s.arg(
                    text, clusterEntry(connection))};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return {Error::Kind::Protocol,
                u"what answers there is no HTTP server (%1); check the server of %2"_s.arg(
                    text, clusterEntry(connection))};
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return cutVerdict(failed, connection);
    default: break;
    }
    return {Error::Kind::Protocol,
            u"%1: %2"_s.arg(
                failed.what,
                text.isEmpty() ? QString::fromLatin1(curl_easy_strerror(CURLcode(failed.curlCode))) : text)};
}

} // namespace

Error errorFromProxy(int status, const QString &what, const Connection &connection)
{
    TransferFailure answered;
    answered.proxyAnswer = status;
    const Verdict verdict = proxyVerdict(answered, connection);
    Error error;
    error.kind = verdict.kind;
    error.httpStatus = status;
    error.reason = verdict.reason;
    error.message = u"%1: %2"_s.arg(what, verdict.message);
    return error;
}

bool isOutcomeOpen(const Error &error)
{
    switch (error.kind) {
    case Error::Kind::Unreachable:
    case Error::Kind::Timeout:
    case Error::Kind::Server:
    case Error::Kind::Protocol: return true;
    case Error::Kind::Cancelled: return error.reason != notCarriedOut;
    default: return false;
    }
}

QString proxyEntry(const Connection &connection)
{
    return connection.proxyVariable.isEmpty() ? u"the proxy-url of "_s + clusterEntry(connection)
                                              : connection.proxyVariable + u" of the environment"_s;
}

QString clientCertificateNote(const Connection &connection, const QDateTime &now)
{
    if (connection.clientCertificate.isEmpty())
        return {};
    const Result<QList<Certificate>> chain = readPem(connection.clientCertificate);
    if (!chain || chain->first().notAfter >= now)
        return {};
    const QString when = chain->first().notAfter.toString(u"yyyy-MM-dd hh:mm"_s);
    return u"; the client certificate of user “%1” ended on %2 UTC: sign in again or renew it in %3"_s.arg(
        connection.user, when, connection.fileOfUser());
}

Error errorFromFailure(const TransferFailure &failed, const Connection &connection, const QDateTime &now)
{
    const Verdict verdict = verdictOf(failed, connection);
    Error error;
    error.kind = verdict.kind;
    error.reason = verdict.reason;
    error.message = u"%1 (context “%2”): %3"_s.arg(connection.server.toString(QUrl::RemoveUserInfo),
                                                   connection.context, verdict.message);
    const bool mayBeOurs = isAboutOurCertificate(failed.text) || failed.curlCode == CURLE_RECV_ERROR
        || failed.curlCode == CURLE_GOT_NOTHING;
    if (mayBeOurs && !isAtProxy(failed, connection))
        error.message += clientCertificateNote(connection, now);
    return error;
}

} // namespace kube
