// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One request and its answer as a curl easy handle: what is asked, and what has arrived since it was last looked at.
// For transport.cpp only.  Curl's callbacks write here and run nothing else; the transport hands it on from its event loop.
#include "kube/credential_source.h"
#include "kube/tls_alert.h"
#include "kube/transport.h"
#include "kube/transport_error.h"

#include <curl/curl.h>

#include <array>
#include <optional>
#include <set>

namespace kube {

using OpenSockets = std::set<curl_socket_t>;
// Curl sees their end at once and fails what is under way; the descriptors stay its own.
void shutDown(const OpenSockets &sockets);

class Transfer
{
public:
    Transfer(Transport::Id id, HttpRequest request, Transport::Callbacks callbacks);
    ~Transfer();
    Transfer(const Transfer &) = delete;
    Transfer &operator=(const Transfer &) = delete;

    struct Setting // bytes are shared, not copied
    {
        const Connection &connection;
        QByteArray roots; // PEM; "": none to be trusted
        SharedCredential credential;
        OpenSockets *sockets;
    };
    bool prepare(const Setting &setting);                                     // false: out of memory
    Result<HttpResponse> result(CURLcode code, const Connection &connection); // once, at the end
    QByteArray shownCertificate() const; // the server's own, PEM; "" where curl has none

    CURL *handle() const { return m_easy; }
    Transport::Id id() const { return m_id; }
    const HttpRequest &request() const { return m_request; }
    // Has a connection of its own, over HTTP/1.1: whose fate or whose credentials nobody else shall share.
    bool isAlone() const
    {
        return m_request.ownConnection || m_request.isAnonymous || m_request.isRaw || m_request.isSecret;
    }
    const Transport::Callbacks &callbacks() const { return m_callbacks; }
    const SharedCredential &credential() const { return m_credential; }
    int status() const { return m_response.status; }
    const QList<QByteArray> &warnings() const { return m_response.warnings; }
    // Known once the connection stands, before the request is sent: does it carry many requests at once?
    std::optional<bool> speaksHttp2() const { return m_speaksHttp2; }
    // What has arrived: the status, once, when the head is complete; the pieces of a streamed body.
    int takeHead() { return std::exchange(m_newHead, 0); }
    QByteArray takeData() { return std::exchange(m_data, {}); }
    bool hasNews() const { return m_newHead != 0 || (!m_data.isEmpty() && !m_isPaused); }
    void setPaused(bool isPaused) { m_isPaused = isPaused; }
    bool isPaused() const { return m_isPaused; }
    void setBegun() { m_isBegun = true; } // curl has it
    bool isBegun() const { return m_isBegun; }
    bool isStream() const { return m_request.timeoutMs == 0; }
    int localPort() const { return m_localPort; } // of its connection, once that stands; until then 0
    RequestRecord record() const;
    qint64 lastHeard() const { return m_lastHeard; }             // msecs of a monotonic clock
    bool takeHeard() { return std::exchange(m_isHeard, false); } // something came since it was asked last
    static qint64 monotonicMsecs();

private:
    static CURLcode onTlsBegins(CURL *, void *context, void *self);
    static int onConnected(void *self, char *, char *, int, int);
    static size_t onHeader(char *data, size_t size, size_t count, void *self);
    static size_t onBody(char *data, size_t size, size_t count, void *self);
    void readHeader(QByteArrayView line);
    void finishHead();
    bool readBody(QByteArrayView piece);
    void setCallbacks(OpenSockets *sockets);
    void setProtocol(const Connection &connection);
    void setUrl(const Connection &connection);
    void setMethod();
    void setHeaders(const Connection &connection);
    void setTls(const Connection &connection);
    void setProxy(const Connection &connection);
    void addHeader(const QByteArray &line);

    Transport::Id m_id;
    HttpRequest m_request;
    Transport::Callbacks m_callbacks;
    CURL *m_easy = nullptr;
    curl_slist *m_headers = nullptr;
    curl_slist *m_connectTo = nullptr;
    std::array<char, CURL_ERROR_SIZE> m_errorText{};
    HttpResponse m_response;
    QByteArray m_data;
    int m_newHead = 0;
    std::optional<bool> m_speaksHttp2;
    SharedCredential m_credential;
    SharedAlert m_alert;
    QByteArray m_roots;
    int m_localPort = 0;
    bool m_isBegun = false;
    qint64 m_startedAt = monotonicMsecs(); // waiting for credentials counts
    qint64 m_lastHeard = 0;
    bool m_isHeard = false;
    bool m_isPaused = false;
    bool m_headIsDone = false, m_hasBegunTls = false;
    bool m_tooLarge = false;
};

// The texts of a Warning header (RFC 7234: several in one, quoted commas).
QList<QByteArray> warningTexts(QByteArrayView header);

} // namespace kube
