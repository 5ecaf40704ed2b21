// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// HTTP to one API server over libcurl's multi interface (HTTP/2, keep-alive, half-open detection): the only place that knows curl.
// Thread: the cluster thread.  Every transfer ends in exactly one finished(); after cancel() nothing more is heard of it.
// Callbacks run from the event loop, never inside send() or cancel(), and may call both or end the transport.
// Credentials may take a while (an exec plug-in runs): requests wait for them, after a 401 too.  If there are none, they fail as Config.
#include "kube/kubeconfig.h"
#include "kube/rate_limit.h"

#include <QDateTime>
#include <QObject>

#include <chrono>
#include <functional>
#include <memory>

namespace kube {

class ByteLink;
class CredentialSource;
struct Credential;
class RawStream;

struct HttpRequest
{
    QByteArray method = "GET";
    QString path; // below the server's prefix, encoded, with query
    QByteArray body, contentType, accept = "application/json";
    QList<QByteArray> headers; // more lines
    int timeoutMs = 30'000;    // 0: none (watches)
    bool ownConnection = false;
    bool isSecret = false; // the answer holds Secrets: on a connection of its own, plain, and wiped behind us
    bool isRaw = false;    // for connectRaw(): only the connection is made
    bool isAnonymous =
        false; // carries no credentials; always on a connection of its own, since a 401 may bring GOAWAY
    // Answered 401, by which nothing was done, it is sent once more if what signs in has been renewed since: in its file, by its plug-in.
    bool isRenewable = false;
    bool isQuestion = false;                 // a POST that changes nothing: what holds for reads holds for it
    qint64 maxBodyBytes = 256 * 1024 * 1024; // of a body that is not taken in pieces
};

struct HttpResponse
{
    int status = 0;
    QByteArray body; // what onData did not take
    QByteArray contentType;
    QList<QByteArray> warnings; // texts of Warning: 299
    int retryAfterSeconds = 0;
    QByteArray etag = {};
    QDateTime date = {}; // by the server's clock, to the second; invalid: it does not say
};

struct
    RequestRecord // of one request that has ended: what a log may show, so without query, headers and bodies
{
    QByteArray method;
    QString path;   // below the server's prefix
    int status = 0; // 0: no answer came
    qint64 msecs = 0;
    // Local port of the HTTP/2 connection that it shared with others; 0: HTTP/1.1, or one of its own.
    int connection = 0;
    bool isCut = false; // the connection ended before the answer did
};

class Transport : public QObject
{
    Q_OBJECT
public:
    explicit Transport(Connection connection, QObject *parent = nullptr);
    // Signs in by what was asked already, so that a plug-in does not run again.
    Transport(Connection connection, std::unique_ptr<CredentialSource> credentials,
              QObject *parent = nullptr);
    ~Transport() override;

    using Id = quint64;
    struct Callbacks
    {
        std::function<void(int status)> onHead;         // optional
        std::function<void(const QByteArray &)> onData; // optional; if set, 2xx bodies come here in pieces
        std::function<void(Result<HttpResponse>)>
            finished; // any HTTP status is a value; only transport failures are errors
    };
    Id send(const HttpRequest &request, Callbacks callbacks);
    void cancel(Id id);
    // A connection for another protocol, dialled and with TLS where the server has it; nothing is sent yet.  See upgrade.h.
    void connectRaw(std::function<void(const Result<RawStream *> &)> ready);
    // What was sent over such a connection was answered 401: the next request renews what can be renewed.
    void credentialRefused(const std::shared_ptr<const Credential> &used);
    // Back-pressure for onData: while paused nothing of it comes, and flow control slows the server down.
    void pause(Id id);
    void resume(Id id);
    // Every connection is closed: what is under way fails as Unreachable, what comes next is dialled anew.
    void resetConnections();
    const Connection &connection() const;
    struct ServerTraits // what has been learnt about the server on the way
    {
        bool streamsLists = true; // knows sendInitialEvents
    };
    ServerTraits &traits() { return m_traits; }
    // One for all that is asked over this connection, but for watches: whoever asks takes a token first.
    RateLimit &rateLimit() { return m_limit; }

    // Whether the connection of a transfer under way is asked for signs of life, see below; false before it stands.
    bool isAskedForLife(Id id) const;
    // A connection over HTTP/2 whose streams were silent for idle is asked for a sign of life, and closed if none comes within answer:
    // keep-alive sees only the first hop (facts kube-client.md §2.3; as client-go, in 45 s at most).
    void setHealthLimits(std::chrono::milliseconds idle, std::chrono::milliseconds answer);

Q_SIGNALS:
    void signInMessage(const QString &text); // of an exec plug-in to its user
    // The server's Warning header, of whatever request, a watch's and a refused one's too; each text once.
    void warned(const QString &text);
    void requestEnded(const kube::RequestRecord &record); // every one that was sent and not cancelled
    void resumed(); // the machine had slept; connections have been reset

private:
    class Private;
    ServerTraits m_traits;
    RateLimit m_limit;
    std::unique_ptr<Private> d;
};

} // namespace kube
