// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/transport.h"

#include "kube/connection_health.h"
#include "kube/curl_loop.h"
#include "kube/proxy_choice.h"
#include "kube/raw_stream.h"
#include "kube/transfer.h"
#include "kube/trusted_roots.h"
#include "kube/wake_watch.h"
#include "kube/wipe.h"

#include <QPointer>
#include <QSet>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

// With HTTP/2 a server allows about 100 streams a connection; one connection alone starves behind long watches, and without a limit
// curl opens one for each waiting request (facts kube-client.md §2.3).
// HTTP/1.1 needs one for each watch and gets no limit.
constexpr long maxConnectionsOverHttp2 = 4;

Error noMemory()
{
    return failure(Error::Kind::Unreachable, u"not enough memory for another connection"_s).value();
}

} // namespace

class Transport::Private
{
public:
    Private(Transport *transport, Connection settings, std::unique_ptr<CredentialSource> credentials);
    ~Private();
    Private(const Private &) = delete;
    Private &operator=(const Private &) = delete;

    void add(const std::shared_ptr<Transfer> &transfer);
    void remove(Id id);
    void resume(Id id);
    void connectRaw(std::function<void(const Result<RawStream *> &)> ready);
    void closeSockets() { shutDown(m_open); }
    Transfer *find(Id id) const;
    void refused(const SharedCredential &used)
    {
        if (used)
            m_credentials->refused(used);
    }
    void acted(const CurlLoop &loop);
    CurlLoop &loopOf(const Transfer &transfer) { return transfer.isAlone() ? m_alone : m_shared; }

    Transport *q;
    Connection connection;
    Id lastId = 0;
    ConnectionHealth health;

private:
    using Finished = std::pair<std::shared_ptr<Transfer>, CURLcode>;

    enum class Protocol { Unknown, Asked, Known };

    void begin(const std::shared_ptr<Transfer> &transfer, const SharedCredential &credential);
    void start(const std::shared_ptr<Transfer> &transfer);
    void handOver(const std::shared_ptr<Transfer> &transfer);
    void rawReady(Id id, const Result<RawStream *> &stream);
    QByteArray roots();
    std::vector<ConnectionHealth::Stream> streams() const;
    void askForLife(int timeoutMsecs, const std::function<void(bool, int)> &answer);
    void failLater(const std::shared_ptr<Transfer> &transfer, const Error &error);
    void learnProtocol();
    void limitConnections(bool speakHttp2);
    std::vector<Finished> collectFinished(const CurlLoop &loop);
    void deliver(const std::vector<Finished> &finished);
    void deliverNews(const std::shared_ptr<Transfer> &transfer);
    void refuse(const std::shared_ptr<Transfer> &transfer, const Error &error);
    void askRenewed(const Transfer &refused, const Result<HttpResponse> &answer);
    void record(const Transfer &transfer, bool isCut = false);
    void tell(QList<QByteArray> warnings);

    OpenSockets m_open; // curl's, until the loop has ended
    // Whoever has a connection of his own speaks HTTP/1.1, which curl takes for what the server speaks: in one pool with the others
    // these would no longer share theirs.
    CurlLoop m_shared, m_alone;
    std::unique_ptr<CredentialSource> m_credentials;
    std::map<Id, std::shared_ptr<Transfer>> m_transfers;
    QSet<QByteArray> m_warned;
    std::map<Id, std::function<void(const Result<RawStream *> &)>> m_rawWaiting;
    TrustedRoots m_roots{connection};
    Protocol m_protocol = Protocol::Unknown;
    bool m_isLimited = false;
    Id m_scout = 0;                                   // the request whose connection will tell the protocol
    std::vector<std::shared_ptr<Transfer>> m_waiting; // for that
    WakeWatch m_wake;
};

Transport::Private::Private(Transport *transport, Connection settings,
                            std::unique_ptr<CredentialSource> credentials)
    : q(transport)
    , connection(std::move(settings))
    , health([this] { return streams(); }, [this](int timeout, auto answer) { askForLife(timeout, answer); },
             [this](const std::vector<int> &localPorts) {
                 localPorts.empty() ? closeSockets() : m_shared.shutDown(localPorts);
             })
    , m_shared(transport, [this] { acted(m_shared); })
    , m_alone(transport, [this] { acted(m_alone); })
    , m_credentials(std::move(credentials))
{
    chooseProxy(connection, QProcessEnvironment::systemEnvironment());
    curl_multi_setopt(m_shared.multi(), CURLMOPT_PIPELINING, long(CURLPIPE_MULTIPLEX));
    connect(m_credentials.get(), &CredentialSource::certificateChanged, q, [this] { closeSockets(); });
    connect(m_credentials.get(), &CredentialSource::message, q, &Transport::signInMessage);
    connect(&m_wake, &WakeWatch::woke, q, [this] {
        closeSockets();
        Q_EMIT q->resumed();
    });
}

Transport::Private::~Private()
{
    for (const auto &[id, transfer] : m_transfers)
        curl_multi_remove_handle(loopOf(*transfer).multi(), transfer->handle());
}

QByteArray Transport::Private::roots()
{
    if (m_roots.reread())
        closeSockets();
    return m_roots.pem();
}

void Transport::Private::add(const std::shared_ptr<Transfer> &transfer)
{
    m_transfers.emplace(transfer->id(), transfer);
    if (transfer->request().isAnonymous)
        return begin(transfer, {});
    m_credentials->get([this, transfer](const Result<SharedCredential> &credential) {
        if (m_transfers.count(transfer->id()) == 0)
            return;
        credential ? begin(transfer, *credential) : failLater(transfer, credential.error());
    });
}

void Transport::Private::begin(const std::shared_ptr<Transfer> &transfer, const SharedCredential &credential)
{
    const bool isTls = connection.server.scheme() == u"https";
    if (!transfer->prepare({connection, isTls ? roots() : QByteArray(), credential, &m_open}))
        return failLater(transfer, noMemory());
    if (!isTls || transfer->isAlone() || m_protocol == Protocol::Known)
        return start(transfer);
    if (m_protocol == Protocol::Asked)
        return m_waiting.push_back(transfer);
    m_protocol = Protocol::Asked;
    m_scout = transfer->id();
    start(transfer);
}

void Transport::Private::failLater(const std::shared_ptr<Transfer> &transfer, const Error &error)
{
    QMetaObject::invokeMethod(
        q, [this, transfer, error] { refuse(transfer, error); }, Qt::QueuedConnection);
}

void Transport::Private::start(const std::shared_ptr<Transfer> &transfer)
{
    // Curl answers through its timer, from the event loop.
    transfer->setBegun();
    if (curl_multi_add_handle(loopOf(*transfer).multi(), transfer->handle()) != CURLM_OK)
        failLater(transfer, noMemory());
}

// How many connections are right depends on what was agreed in TLS; until then only one request is on its way.
void Transport::Private::learnProtocol()
{
    if (m_protocol != Protocol::Asked)
        return;
    const auto scout = m_transfers.find(m_scout);
    if (scout == m_transfers.end()) { // failed or cancelled: the next one will ask
        m_protocol = Protocol::Unknown;
    } else if (const std::optional<bool> speaksHttp2 = scout->second->speaksHttp2()) {
        m_protocol = Protocol::Known;
        limitConnections(*speaksHttp2);
    } else {
        return;
    }
    for (const auto &transfer : std::exchange(m_waiting, {})) {
        if (m_transfers.count(transfer->id()) > 0)
            start(transfer);
    }
}

// By the connection that was heard last: who answers at this address tomorrow may speak otherwise.  Over HTTP/1.1 each watch needs a
// connection, and those that wait for one of the few are begun anew: curl does not look at them when the limit goes.
void Transport::Private::limitConnections(bool speakHttp2)
{
    if (std::exchange(m_isLimited, speakHttp2) == speakHttp2)
        return;
    curl_multi_setopt(m_shared.multi(), CURLMOPT_MAX_HOST_CONNECTIONS,
                      speakHttp2 ? maxConnectionsOverHttp2 : 0L);
    for (const auto &[id, transfer] : m_transfers) {
        if (speakHttp2 || !transfer->isBegun() || transfer->isAlone() || transfer->localPort() != 0)
            continue;
        curl_multi_remove_handle(m_shared.multi(), transfer->handle());
        start(transfer);
    }
}

void Transport::Private::refuse(const std::shared_ptr<Transfer> &transfer, const Error &error)
{
    const bool isKnown = m_transfers.erase(transfer->id()) > 0;
    learnProtocol();
    if (!isKnown)
        return;
    record(*transfer);
    transfer->callbacks().finished(tl::unexpected(error));
}

// By value: who hears of one may end the transport.
void Transport::Private::tell(QList<QByteArray> warnings)
{
    const QPointer<Transport> alive(q);
    for (const QByteArray &text : warnings) {
        if (!alive || m_warned.contains(text))
            continue;
        m_warned.insert(text);
        Q_EMIT q->warned(QString::fromUtf8(text));
    }
}

// What a raw connection is for, only its user knows: upgrade.h says it.
void Transport::Private::record(const Transfer &transfer, bool isCut)
{
    if (transfer.request().isRaw)
        return;
    RequestRecord record = transfer.record();
    record.isCut = isCut;
    Q_EMIT q->requestEnded(record);
}

Transfer *Transport::Private::find(Id id) const
{
    const auto found = m_transfers.find(id);
    return found == m_transfers.end() ? nullptr : found->second.get();
}

void Transport::Private::resume(Id id)
{
    Transfer *transfer = find(id);
    if (!transfer || !transfer->isPaused())
        return;
    transfer->setPaused(false);
    curl_easy_pause(transfer->handle(), CURLPAUSE_CONT); // may hand over what it kept, at once
    loopOf(*transfer).actSoon();
}

void Transport::Private::connectRaw(std::function<void(const Result<RawStream *> &)> ready)
{
    HttpRequest request;
    request.isRaw = true;
    const Id id = ++lastId;
    Transport::Callbacks callbacks;
    callbacks.finished = [this, id](const Result<HttpResponse> &answer) { // only if it failed
        rawReady(id,
                 answer ? Result<RawStream *>(failure(Error::Kind::Protocol, u"no connection"_s))
                        : tl::unexpected(answer.error()));
    };
    m_rawWaiting.emplace(id, std::move(ready));
    add(std::make_shared<Transfer>(id, request, std::move(callbacks)));
}

std::vector<ConnectionHealth::Stream> Transport::Private::streams() const
{
    std::vector<ConnectionHealth::Stream> open;
    for (const auto &[id, transfer] : m_transfers) {
        if (transfer->isStream() && transfer->speaksHttp2().value_or(false) && !transfer->isPaused())
            open.push_back({transfer->localPort(), transfer->lastHeard()});
    }
    return open;
}

void Transport::Private::askForLife(int timeoutMsecs, const std::function<void(bool, int)> &answer)
{
    HttpRequest request;
    request.path = u"/version"_s;
    request.timeoutMs = timeoutMsecs;
    const auto transfer = std::make_shared<Transfer *>(nullptr);
    Transport::Callbacks callbacks;
    callbacks.finished = [transfer, answer](const Result<HttpResponse> &response) {
        const bool isAlive =
            response || response.error().kind == Error::Kind::Config; // no credentials: nothing was asked
        answer(isAlive, (*transfer)->localPort());
    };
    const auto probe = std::make_shared<Transfer>(++lastId, request, std::move(callbacks));
    *transfer = probe.get();
    add(probe);
}

void Transport::Private::remove(Id id)
{
    const auto found = m_transfers.find(id);
    if (found == m_transfers.end())
        return;
    if (found->second->speaksHttp2().value_or(false)) // what it did not read may hold up the others
        m_shared.readAgainSoon(found->second->localPort());
    curl_multi_remove_handle(loopOf(*found->second).multi(), found->second->handle());
    m_transfers.erase(found);
    learnProtocol();
}

void Transport::Private::acted(const CurlLoop &loop)
{
    std::optional<bool> heard; // whether HTTP/2 was
    for (const auto &[id, transfer] : m_transfers) {
        if (!transfer->takeHeard() || transfer->isAlone() || !transfer->speaksHttp2())
            continue;
        heard = *transfer->speaksHttp2();
        if (*heard)
            m_shared.readAgainSoon(transfer->localPort());
    }
    if (heard)
        limitConnections(*heard);
    learnProtocol();
    deliver(collectFinished(loop));
}

std::vector<Transport::Private::Finished> Transport::Private::collectFinished(const CurlLoop &loop)
{
    std::vector<Finished> finished;
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(loop.multi(), &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        Transfer *transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        const auto found = m_transfers.find(transfer->id());
        if (found != m_transfers.end())
            finished.emplace_back(found->second, message->data.result);
    }
    return finished;
}

// Runs foreign code: whatever it calls, a transfer that it cancelled stays silent, and the transport may be gone afterwards.
void Transport::Private::deliver(const std::vector<Finished> &finished)
{
    const QPointer<Transport> alive(q);
    std::vector<std::shared_ptr<Transfer>> news;
    for (const auto &[id, transfer] : m_transfers) {
        if (transfer->hasNews())
            news.push_back(transfer);
    }
    for (const auto &transfer : news) {
        if (alive && m_transfers.count(transfer->id()) > 0)
            deliverNews(transfer);
    }
    for (const auto &[transfer, code] : finished) {
        if (!alive || m_transfers.count(transfer->id()) == 0)
            continue;
        m_transfers.erase(transfer->id());
        if (transfer->request().isRaw && code == CURLE_OK) {
            handOver(transfer);
            continue;
        }
        curl_multi_remove_handle(loopOf(*transfer).multi(), transfer->handle());
        learnProtocol();
        if (transfer->status() == 401)
            refused(transfer->credential());
        Result<HttpResponse> result = transfer->result(code, connection);
        record(*transfer, !result && result.error().reason == connectionLost);
        if (transfer->request().isRenewable && transfer->status() == 401 && result)
            askRenewed(*transfer, result);
        else
            transfer->callbacks().finished(std::move(result));
    }
}

// Under the same number, so that whoever asked can still cancel it.
void Transport::Private::askRenewed(const Transfer &refused, const Result<HttpResponse> &answer)
{
    HttpRequest request = refused.request();
    request.isRenewable = false;
    const auto next = std::make_shared<Transfer>(refused.id(), request, refused.callbacks());
    m_transfers.emplace(next->id(), next);
    m_credentials->get(
        [this, next, answer, used = refused.credential()](const Result<SharedCredential> &now) {
            if (m_transfers.count(next->id()) == 0)
                return;
            if (now && *now && used && **now != *used)
                return begin(next, *now);
            const auto tell = [this, next, told = now ? answer : tl::unexpected(now.error())] {
                if (m_transfers.erase(next->id()) > 0)
                    next->callbacks().finished(told);
            };
            QMetaObject::invokeMethod(q, tell, Qt::QueuedConnection);
        });
}

// The handle stays with the multi, whose connection the stream goes on to use.
void Transport::Private::handOver(const std::shared_ptr<Transfer> &transfer)
{
    auto *stream = new RawStream(m_alone.multi(), transfer, q);
    rawReady(transfer->id(), stream);
}

void Transport::Private::rawReady(Id id, const Result<RawStream *> &stream)
{
    const auto waiting = m_rawWaiting.find(id);
    const auto ready = waiting->second;
    m_rawWaiting.erase(waiting);
    ready(stream);
}

void Transport::Private::deliverNews(const std::shared_ptr<Transfer> &transfer)
{
    const QPointer<Transport> alive(q);
    const int status = transfer->takeHead();
    if (status != 0)
        tell(transfer->warnings());
    if (!alive || m_transfers.count(transfer->id()) == 0) // by whom it was told
        return;
    if (status != 0 && transfer->callbacks().onHead)
        transfer->callbacks().onHead(status);
    if (!alive || m_transfers.count(transfer->id()) == 0 || transfer->isPaused()) // by whom it was told
        return;
    const QByteArray data = transfer->takeData();
    if (!data.isEmpty())
        transfer->callbacks().onData(data);
    if (transfer->request().isSecret)
        wipe(data);
}

Transport::Transport(Connection connection, QObject *parent)
    : Transport(connection, makeCredentialSource(connection), parent)
{
}

Transport::Transport(Connection connection, std::unique_ptr<CredentialSource> credentials, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(connection), std::move(credentials)))
{
}

Transport::~Transport()
{
    for (RawStream *stream :
         findChildren<RawStream *>(QString(), Qt::FindDirectChildrenOnly)) // they use what ends now
        delete stream;
}

Transport::Id Transport::send(const HttpRequest &request, Callbacks callbacks)
{
    Q_ASSERT(callbacks.finished);
    const Id id = ++d->lastId;
    HttpRequest limited = request;
    if (limited.timeoutMs > 0)
        limited.timeoutMs = std::min(limited.timeoutMs, d->connection.timeoutMs);
    d->add(std::make_shared<Transfer>(id, limited, std::move(callbacks)));
    return id;
}

void Transport::cancel(Id id) { d->remove(id); }

void Transport::connectRaw(std::function<void(const Result<RawStream *> &)> ready)
{
    d->connectRaw(std::move(ready));
}

void Transport::credentialRefused(const SharedCredential &used) { d->refused(used); }

void Transport::pause(Id id)
{
    if (Transfer *transfer = d->find(id))
        transfer->setPaused(true);
}

void Transport::resume(Id id) { d->resume(id); }
void Transport::resetConnections() { d->closeSockets(); }

bool Transport::isAskedForLife(Id id) const
{
    const Transfer *transfer = d->find(id);
    return transfer && transfer->speaksHttp2().value_or(false);
}

void Transport::setHealthLimits(std::chrono::milliseconds idle, std::chrono::milliseconds answer)
{
    d->health.setLimits(idle, answer);
}

const Connection &Transport::connection() const { return d->connection; }

} // namespace kube
