// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/transfer.h"

#include "kube/status.h"
#include "kube/wipe.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <chrono>
#include <utility>

#ifdef Q_OS_WIN
#include <winsock2.h>
#else
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr long connectTimeoutMs = 15'000;
// A dead peer is noticed within about 20 s, on watches that are legally silent too (facts kube-client.md §1.5 and §2.3).
constexpr long keepAliveIdleSeconds = 10;
constexpr long keepAliveIntervalSeconds = 3;
[[maybe_unused]] constexpr unsigned int unacknowledgedMs = 20'000;
constexpr qint64 maxErrorBodyBytes = 1024 * 1024;

// As OpenSSL does without it.  But where a signature does not fit, the key's own complaint lies on OpenSSL's pile before "certificate
// verify failed", and curl, which reads the first alone, would call it no verification (CURLE_SSL_CONNECT_ERROR).
int verifyAndTidy(X509_STORE_CTX *chain, void *)
{
    const int verified = X509_verify_cert(chain);
    if (verified <= 0)
        ERR_clear_error();
    return verified;
}

int onSocketCreated(void *, curl_socket_t socket, curlsocktype)
{
#ifdef Q_OS_LINUX
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledgedMs, sizeof unacknowledgedMs);
#else
    Q_UNUSED(socket)
#endif
    return CURL_SOCKOPT_OK;
}

// They are known to the transport, so that it can close them all.
curl_socket_t openSocket(void *sockets, curlsocktype, curl_sockaddr *address)
{
    const curl_socket_t opened = ::socket(address->family, address->socktype, address->protocol);
    if (opened != CURL_SOCKET_BAD)
        static_cast<OpenSockets *>(sockets)->insert(opened);
    return opened;
}

int closeSocket(void *sockets, curl_socket_t closed)
{
    static_cast<OpenSockets *>(sockets)->erase(closed);
#ifdef Q_OS_WIN
    return ::closesocket(closed);
#else
    return ::close(closed);
#endif
}

curl_blob blobOf(const QByteArray &bytes)
{
    curl_blob blob{};
    blob.data = const_cast<char *>(bytes.constData()); // curl only reads it
    blob.len = size_t(bytes.size());
    blob.flags = CURL_BLOB_NOCOPY;
    return blob;
}

// Whole seconds; a date counts as none, as in client-go.  To ask again at once (0) is to be asked again, but no server gains by a
// client that never pauses.
int secondsToWait(const QByteArray &retryAfter)
{
    bool isNumber = false;
    const qlonglong seconds = retryAfter.toLongLong(&isNumber);
    return isNumber ? int(std::clamp<qlonglong>(seconds, 1, longestRetryAfterSeconds)) : 0;
}

bool startsWithIgnoringCase(QByteArrayView line, QByteArrayView name)
{
    return line.size() >= name.size() && line.first(name.size()).compare(name, Qt::CaseInsensitive) == 0;
}

} // namespace

// CODE AGENT "TEXT" ["DATE"], several of them apart by commas.  As kubectl, only those of code 299.
QList<QByteArray> warningTexts(QByteArrayView header)
{
    QList<QByteArray> texts;
    bool isQuoted = false, hasText = false;
    QByteArray before, text; // of the value that is read
    for (qsizetype i = 0; i < header.size(); ++i) {
        const char c = header[i];
        if (isQuoted && c == '\\' && i + 1 < header.size()) {
            text.append(header[++i]);
        } else if (c == '"') {
            isQuoted = !isQuoted;
            if (!isQuoted && !std::exchange(hasText, true) && before.trimmed().startsWith("299 "))
                texts.append(text);
            text.clear();
        } else if (isQuoted) {
            text.append(c);
        } else if (c == ',') {
            before.clear();
            hasText = false;
        } else {
            before.append(c);
        }
    }
    return texts;
}

void shutDown(const OpenSockets &sockets)
{
    for (const curl_socket_t socket : sockets)
        ::shutdown(socket, 2); // SHUT_RDWR, SD_BOTH
}

Transfer::Transfer(Transport::Id id, HttpRequest request, Transport::Callbacks callbacks)
    : m_id(id)
    , m_request(std::move(request))
    , m_callbacks(std::move(callbacks))
    , m_easy(curl_easy_init())
{
}

Transfer::~Transfer()
{
    if (m_request.isSecret) { // cancelled or failed on the way
        wipe(m_data);
        wipe(m_response.body);
    }
    curl_easy_cleanup(m_easy);
    curl_slist_free_all(m_headers);
    curl_slist_free_all(m_connectTo);
}

qint64 Transfer::monotonicMsecs()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

bool Transfer::prepare(const Setting &setting)
{
    if (!m_easy)
        return false;
    m_credential = setting.credential;
    m_roots = setting.roots;
    m_lastHeard = monotonicMsecs();
    const Connection &connection = setting.connection;
    setCallbacks(setting.sockets);
    setProtocol(connection);
    curl_easy_setopt(m_easy, CURLOPT_CONNECTTIMEOUT_MS, connectTimeoutMs);
    curl_easy_setopt(m_easy, CURLOPT_TIMEOUT_MS, long(m_request.timeoutMs));
    curl_easy_setopt(m_easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(m_easy, CURLOPT_TCP_KEEPIDLE, keepAliveIdleSeconds);
    curl_easy_setopt(m_easy, CURLOPT_TCP_KEEPINTVL, keepAliveIntervalSeconds);
    if (connection.compress && !m_callbacks.onData
        && !m_request.isSecret) // watches stay plain: each event must come out at once
        curl_easy_setopt(m_easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    setUrl(connection);
    if (m_request.isRaw) {
        curl_easy_setopt(m_easy, CURLOPT_CONNECT_ONLY, 1L);
    } else {
        setMethod();
        setHeaders(connection);
    }
    setProxy(connection);
    if (connection.server.scheme() == u"https")
        setTls(connection);
    return true;
}

void Transfer::setCallbacks(OpenSockets *sockets)
{
    curl_easy_setopt(m_easy, CURLOPT_PRIVATE, this);
    curl_easy_setopt(m_easy, CURLOPT_ERRORBUFFER, m_errorText.data());
    curl_easy_setopt(m_easy, CURLOPT_HEADERFUNCTION, &Transfer::onHeader);
    curl_easy_setopt(m_easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(m_easy, CURLOPT_WRITEFUNCTION, &Transfer::onBody);
    curl_easy_setopt(m_easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(m_easy, CURLOPT_PREREQFUNCTION, &Transfer::onConnected);
    curl_easy_setopt(m_easy, CURLOPT_PREREQDATA, this);
    curl_easy_setopt(m_easy, CURLOPT_SOCKOPTFUNCTION, &onSocketCreated);
    curl_easy_setopt(m_easy, CURLOPT_OPENSOCKETFUNCTION, &openSocket);
    curl_easy_setopt(m_easy, CURLOPT_OPENSOCKETDATA, sockets);
    curl_easy_setopt(m_easy, CURLOPT_CLOSESOCKETFUNCTION, &closeSocket);
    curl_easy_setopt(m_easy, CURLOPT_CLOSESOCKETDATA, sockets);
    curl_easy_setopt(m_easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(m_easy, CURLOPT_NOSIGNAL, 1L);
}

void Transfer::setProtocol(const Connection &connection)
{
    curl_easy_setopt(m_easy, CURLOPT_PROTOCOLS_STR, "http,https");
    // Rather a stream than a connection.  Without TLS curl would wait for the answer to ALPN for ever.
    const bool mayShare = connection.server.scheme() == u"https" && !isAlone();
    curl_easy_setopt(m_easy, CURLOPT_HTTP_VERSION,
                     long(mayShare ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(m_easy, CURLOPT_PIPEWAIT, mayShare ? 1L : 0L);
    curl_easy_setopt(m_easy, CURLOPT_FRESH_CONNECT, isAlone() ? 1L : 0L);
    curl_easy_setopt(m_easy, CURLOPT_FORBID_REUSE,
                     isAlone() && !m_request.isRaw ? 1L : 0L); // a raw one lives on after its transfer
}

void Transfer::setUrl(const Connection &connection)
{
    QUrl server = connection.server;
    if (!connection.tlsServerName
             .isEmpty()) { // SNI and verification follow the URL's host; the connection goes where the server is
        server.setHost(connection.tlsServerName);
        const int port = server.port(server.scheme() == u"https" ? 443 : 80);
        QString host = connection.server.host();
        if (host.contains(u':'))
            host = u'[' + host + u']';
        m_connectTo =
            curl_slist_append(nullptr, qUtf8Printable(u"::%1:%2"_s.arg(host, QString::number(port))));
        curl_easy_setopt(m_easy, CURLOPT_CONNECT_TO, m_connectTo);
    }
    const QByteArray url = server.toEncoded() + m_request.path.toUtf8();
    curl_easy_setopt(m_easy, CURLOPT_URL, url.constData());
    curl_easy_setopt(m_easy, CURLOPT_PATH_AS_IS, 1L);
}

void Transfer::setMethod()
{
    const bool hasBody = !m_request.body.isEmpty() || m_request.method == "POST" || m_request.method == "PUT"
        || m_request.method == "PATCH";
    if (hasBody) {
        curl_easy_setopt(m_easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(m_request.body.size()));
        curl_easy_setopt(m_easy, CURLOPT_POSTFIELDS,
                         m_request.body.constData()); // not copied: m_request lives as long
    }
    if (m_request.method != "GET" || hasBody)
        curl_easy_setopt(m_easy, CURLOPT_CUSTOMREQUEST, m_request.method.constData());
}

void Transfer::addHeader(const QByteArray &line)
{
    if (curl_slist *longer = curl_slist_append(m_headers, line.constData()))
        m_headers = longer;
}

void Transfer::setHeaders(const Connection &connection)
{
    addHeader("Accept: " + m_request.accept);
    addHeader("User-Agent: sallyport/" SALLYPORT_VERSION); // the server derives the field manager from it
    addHeader("Expect:");
    if (!m_request.body.isEmpty())
        addHeader(
            "Content-Type: "
            + (m_request.contentType.isEmpty() ? QByteArray("application/json") : m_request.contentType));
    if (!connection.tlsServerName.isEmpty())
        addHeader("Host: " + connection.server.authority(QUrl::FullyEncoded | QUrl::RemoveUserInfo).toUtf8());
    for (const QByteArray &line : m_request.headers)
        addHeader(line);
    if (m_credential && !m_credential->authorization.isEmpty()
        && connection.server.scheme() == u"https") // K8
        addHeader("Authorization: " + m_credential->authorization);
    for (const QByteArray &line : m_request.isAnonymous ? QList<QByteArray>() : connection.impersonation)
        addHeader(line);
    curl_easy_setopt(m_easy, CURLOPT_HTTPHEADER, m_headers);
}

void Transfer::setTls(const Connection &connection)
{
    curl_easy_setopt(m_easy, CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(m_easy, CURLOPT_SSL_VERIFYPEER, connection.insecure ? 0L : 1L);
    curl_easy_setopt(m_easy, CURLOPT_SSL_VERIFYHOST, connection.insecure ? 0L : 2L);
    curl_easy_setopt(m_easy, CURLOPT_CERTINFO, 1L); // its names, should it be for another one
    // Debian compiles a CAPATH in, which would add the system's roots to the one CA that is meant.
    curl_easy_setopt(m_easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(m_easy, CURLOPT_SSL_CTX_FUNCTION, &Transfer::onTlsBegins);
    curl_easy_setopt(m_easy, CURLOPT_SSL_CTX_DATA, this);
    curl_easy_setopt(m_easy, CURLOPT_CAINFO, nullptr);
    curl_blob roots = blobOf(m_roots);
    if (roots.len > 0)
        curl_easy_setopt(m_easy, CURLOPT_CAINFO_BLOB, &roots);
    if (!m_credential || m_credential->clientCertificate.isEmpty())
        return;
    curl_blob certificate = blobOf(m_credential->clientCertificate);
    curl_blob key = blobOf(m_credential->clientKey);
    curl_easy_setopt(m_easy, CURLOPT_SSLCERTTYPE, "PEM");
    curl_easy_setopt(m_easy, CURLOPT_SSLCERT_BLOB, &certificate);
    curl_easy_setopt(m_easy, CURLOPT_SSLKEYTYPE, "PEM");
    curl_easy_setopt(m_easy, CURLOPT_SSLKEY_BLOB, &key);
    curl_easy_setopt(m_easy, CURLOPT_KEYPASSWD, ""); // never ask on a terminal
}

void Transfer::setProxy(const Connection &connection)
{
    QByteArray proxy = connection.proxyUrl.toUtf8();
    if (proxy.startsWith("socks5://"))
        proxy.replace(0, 9, "socks5h://"); // names are resolved behind the proxy, as Go does
    curl_easy_setopt(m_easy, CURLOPT_PROXY,
                     proxy.constData()); // "": none, whatever curl would find in the environment
    curl_easy_setopt(m_easy, CURLOPT_NOPROXY, "");
    // A proxy that is spoken to by TLS is believed by the same rule as the server: Go has one TLS configuration for both.
    curl_easy_setopt(m_easy, CURLOPT_PROXY_SSL_VERIFYPEER, connection.insecure ? 0L : 1L);
    curl_easy_setopt(m_easy, CURLOPT_PROXY_SSL_VERIFYHOST, connection.insecure ? 0L : 2L);
    curl_easy_setopt(m_easy, CURLOPT_PROXY_CAPATH, nullptr);
    curl_easy_setopt(m_easy, CURLOPT_PROXY_CAINFO, nullptr);
    curl_blob roots = blobOf(m_roots);
    if (roots.len > 0)
        curl_easy_setopt(m_easy, CURLOPT_PROXY_CAINFO_BLOB, &roots);
}

CURLcode Transfer::onTlsBegins(CURL *, void *context, void *self)
{
    auto *transfer = static_cast<Transfer *>(self);
    transfer->m_hasBegunTls = true;
    auto *settings = static_cast<SSL_CTX *>(context);
    SSL_CTX_set_cert_verify_callback(settings, verifyAndTidy, nullptr);
    if (transfer->m_request.isSecret)
        SSL_CTX_set_options(settings, SSL_OP_CLEANSE_PLAINTEXT);
    noteAlerts(settings);
    return CURLE_OK;
}

int Transfer::onConnected(void *self, char *, char *, int, int localPort)
{
    auto *transfer = static_cast<Transfer *>(self);
    transfer->m_localPort = localPort;
    const curl_tlssessioninfo *session = nullptr;
    curl_easy_getinfo(transfer->m_easy, CURLINFO_TLS_SSL_PTR, &session);
    const unsigned char *protocol = nullptr;
    unsigned int size = 0;
    if (session && session->backend == CURLSSLBACKEND_OPENSSL && session->internals) {
        const auto *ssl = static_cast<const SSL *>(session->internals);
        SSL_get0_alpn_selected(ssl, &protocol, &size);
        transfer->m_alert = alertOf(ssl);
    }
    transfer->m_speaksHttp2 = QByteArrayView(protocol, qsizetype(size)) == QByteArrayView("h2");
    return CURL_PREREQFUNC_OK;
}

size_t Transfer::onHeader(char *data, size_t size, size_t count, void *self)
{
    static_cast<Transfer *>(self)->readHeader(QByteArrayView(data, qsizetype(size * count)));
    return size * count;
}

size_t Transfer::onBody(char *data, size_t size, size_t count, void *self)
{
    auto *transfer = static_cast<Transfer *>(self);
    if (transfer->m_isPaused)
        return CURL_WRITEFUNC_PAUSE;
    const bool isTaken = transfer->readBody(QByteArrayView(data, qsizetype(size * count)));
    if (transfer->m_request.isSecret)
        wipe(data, size * count);
    return isTaken ? size * count : 0;
}

void Transfer::readHeader(QByteArrayView line)
{
    m_lastHeard = monotonicMsecs();
    m_isHeard = true;
    line = line.trimmed();
    if (line.startsWith("HTTP/")) { // again after each interim answer
        m_response = {};
        m_headIsDone = false;
        long status = 0;
        curl_easy_getinfo(m_easy, CURLINFO_RESPONSE_CODE, &status);
        m_response.status = int(status);
    } else if (line.isEmpty()) {
        finishHead();
    } else if (startsWithIgnoringCase(line, "warning:")) {
        for (const QByteArray &text : warningTexts(line.sliced(8))) {
            if (!m_response.warnings.contains(text))
                m_response.warnings.append(text);
        }
    } else if (startsWithIgnoringCase(line, "etag:")) {
        m_response.etag = line.sliced(5).trimmed().toByteArray();
    } else if (startsWithIgnoringCase(line, "date:")) {
        const time_t seconds = curl_getdate(line.sliced(5).trimmed().toByteArray().constData(), nullptr);
        if (seconds >= 0)
            m_response.date = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC);
    } else if (startsWithIgnoringCase(line, "retry-after:")) {
        m_response.retryAfterSeconds = secondsToWait(line.sliced(12).trimmed().toByteArray());
    }
}

void Transfer::finishHead()
{
    if (m_response.status < 200 || std::exchange(m_headIsDone, true)) // interim answer; end of trailers
        return;
    m_newHead = m_response.status;
    char *type = nullptr;
    curl_easy_getinfo(m_easy, CURLINFO_CONTENT_TYPE, &type);
    m_response.contentType = type;
}

bool Transfer::readBody(QByteArrayView piece)
{
    m_lastHeard = monotonicMsecs();
    m_isHeard = true;
    const bool isSuccess = m_response.status >= 200 && m_response.status < 300;
    if (isSuccess && m_callbacks.onData) {
        appendAndWipe(m_data, piece.data(), piece.size());
        return true;
    }
    const qint64 limit =
        isSuccess ? m_request.maxBodyBytes : std::min(m_request.maxBodyBytes, maxErrorBodyBytes);
    m_tooLarge = m_response.body.size() + piece.size() > limit;
    if (m_tooLarge)
        return false;
    appendAndWipe(m_response.body, piece.data(), piece.size());
    return true;
}

RequestRecord Transfer::record() const
{
    return {m_request.method, m_request.path.section(u'?', 0, 0), m_response.status,
            monotonicMsecs() - m_startedAt, !isAlone() && m_speaksHttp2.value_or(false) ? m_localPort : 0};
}

QByteArray Transfer::shownCertificate() const
{
    curl_certinfo *chain = nullptr;
    if (curl_easy_getinfo(m_easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain || chain->num_of_certs < 1)
        return {};
    constexpr QByteArrayView mark("Cert:");
    for (const curl_slist *line = chain->certinfo[0]; line; line = line->next) {
        if (QByteArrayView(line->data).startsWith(mark))
            return QByteArray(line->data + mark.size());
    }
    return {};
}

Result<HttpResponse> Transfer::result(CURLcode code, const Connection &connection)
{
    if (code == CURLE_OK)
        return std::move(m_response);
    TransferFailure failed;
    failed.curlCode = code;
    failed.text = m_errorText.data();
    failed.what = QString::fromLatin1(m_request.method) + u' ' + m_request.path.section(u'?', 0, 0);
    if (m_tooLarge)
        failed.text = "the answer is too large for this program";
    if (const QByteArray alert = textOf(m_alert); !alert.isEmpty() && !m_headIsDone)
        failed.text = alert; // where another has read it, curl knows of an end alone
    long systemError = 0;
    curl_easy_getinfo(m_easy, CURLINFO_OS_ERRNO, &systemError);
    failed.systemError = int(systemError);
    curl_easy_getinfo(m_easy, CURLINFO_SSL_VERIFYRESULT, &failed.verifyResult);
    curl_off_t connected = 0;
    curl_easy_getinfo(m_easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    failed.isConnected = connected > 0;
    curl_off_t reached = 0;
    curl_easy_getinfo(m_easy, CURLINFO_CONNECT_TIME_T, &reached);
    failed.isReached = reached > 0;
    failed.hasBegun = m_headIsDone;
    failed.hasBegunTls = m_hasBegunTls;
    long proxyAnswer = 0;
    curl_easy_getinfo(m_easy, CURLINFO_HTTP_CONNECTCODE, &proxyAnswer);
    failed.proxyAnswer = int(proxyAnswer);
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        failed.certificate = shownCertificate();
    failed.timeoutMs = m_request.timeoutMs;
    failed.connectMs = m_request.timeoutMs > 0 ? std::min(m_request.timeoutMs, int(connectTimeoutMs))
                                               : int(connectTimeoutMs);
    return tl::unexpected(errorFromFailure(failed, connection, QDateTime::currentDateTimeUtc()));
}

} // namespace kube
