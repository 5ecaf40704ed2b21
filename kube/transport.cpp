// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/transport.h"

#include "kube/connection_health.h"
#include "kube/proxy_choice.h"
#include "kube/raw_stream.h"
#include "kube/transfer.h"
#include "kube/wake_watch.h"
#include "kube/wipe.h"

#include <QPointer>
#include <QSet>
#include <QSocketNotifier>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QTimer>

#include <algorithm>
#include <map>
#include <vector>

#ifdef Q_OS_UNIX
#include <sys/socket.h>

#include <csignal>
#endif

using namespace Qt::StringLiterals;

namespace kube {
namespace {

// With HTTP/2 a server allows about 100 streams a connection; one connection alone starves behind long watches, and without a limit
// curl opens one for each waiting request (facts kube-client.md §2.3).  Requests that want a
// connection of their own come on top.
// HTTP/1.1 needs one for each watch and gets no limit.
constexpr long maxConnectionsOverHttp2 = 4;

void startCurlOnce()
{
    static const bool started = (wipeWhatLibrariesFree(), true);
    Q_UNUSED(started)
#ifdef Q_OS_UNIX
    std::signal(
        SIGPIPE,
        SIG_IGN); // a peer that hangs up must not end the program; curl leaves this to us (CURLOPT_NOSIGNAL)
#endif
}

Error noMemory()
{
    return failure(Error::Kind::Unreachable, u"not enough memory for another connection"_s).value();
}

QByteArray systemRootsPem() // the same on all systems: what Qt finds, not what curl was compiled for
{
    QByteArray pem;
    for (const QSslCertificate &root : QSslConfiguration::systemCaCertificates())
        pem.append(root.toPem());
    return pem;
}

bool isAlone(const Transfer &transfer)
{
    return transfer.request().ownConnection || transfer.request().isAnonymous || transfer.request().isRaw
        || transfer.request().isSecret;
}

} // namespace

class Transport::Private
{
public:
    Private(Transport *transport, Connection settings);
    ~Private();
    Private(const Private &) = delete;
    Private &operator=(const Private &) = delete;

    void add(const std::shared_ptr<Transfer> &transfer);
    void remove(Id id);
    void resume(Id id);
    void connectRaw(std::function<void(const Result<RawStream *> &)> ready);
    void closeSockets();
    Transfer *find(Id id) const;
    void act(curl_socket_t socket, int events);

    Transport *q;
    Connection connection;
    Id lastId = 0;
    ConnectionHealth health;

private:
    struct Notifiers
    {
        QSocketNotifier *read = nullptr, *write = nullptr;
    };
    using Finished = std::pair<std::shared_ptr<Transfer>, CURLcode>;

    enum class Protocol { Unknown, Asked, Known };

    void begin(const std::shared_ptr<Transfer> &transfer, const SharedCredential &credential);
    void start(const std::shared_ptr<Transfer> &transfer);
    void limitConnections();
    void handOver(const std::shared_ptr<Transfer> &transfer);
    void rawReady(Id id, const Result<RawStream *> &stream);
    QByteArray roots();
    std::vector<ConnectionHealth::Stream> streams() const;
    void askForLife(int timeoutMsecs, const std::function<void(bool, int)> &answer);
    void failLater(const std::shared_ptr<Transfer> &transfer, const Error &error);
    void learnProtocol();
    static int onSocket(CURL *, curl_socket_t socket, int what, void *self, void *);
    static int onTimer(CURLM *, long msecs, void *self);
    void watchSocket(curl_socket_t socket, int what);
    static void drop(const Notifiers &notifiers);
    QSocketNotifier *makeNotifier(curl_socket_t socket, QSocketNotifier::Type type, int event);
    std::vector<Finished> collectFinished();
    void deliver(const std::vector<Finished> &finished);
    void deliverNews(const std::shared_ptr<Transfer> &transfer);
    void refuse(const std::shared_ptr<Transfer> &transfer, const Error &error);
    void record(const Transfer &transfer);
    void tell(QList<QByteArray> warnings);

    CURLM *m_multi = nullptr;
    OpenSockets m_open;
    std::unique_ptr<CredentialSource> m_credentials;
    QTimer *m_timer;
    std::map<curl_socket_t, Notifiers> m_sockets;
    std::map<Id, std::shared_ptr<Transfer>> m_transfers;
    QSet<QByteArray> m_warned;
    std::map<Id, std::function<void(const Result<RawStream *> &)>> m_rawWaiting;
    QByteArray m_systemRoots;
    Protocol m_protocol = Protocol::Unknown;
    bool m_isHttp2 = false;
    Id m_scout = 0;                                   // the request whose connection will tell the protocol
    std::vector<std::shared_ptr<Transfer>> m_waiting; // for that
    WakeWatch m_wake;
};

Transport::Private::Private(Transport *transport, Connection settings)
    : q(transport)
    , connection(std::move(settings))
    , health([this] { return streams(); }, [this](int timeout, auto answer) { askForLife(timeout, answer); },
             [this] { closeSockets(); })
    , m_credentials(makeCredentialSource(connection))
    , m_timer(new QTimer(transport))
{
    startCurlOnce();
    chooseProxy(connection, QProcessEnvironment::systemEnvironment());
    m_multi = curl_multi_init();
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETFUNCTION, &Private::onSocket);
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERFUNCTION, &Private::onTimer);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_PIPELINING, long(CURLPIPE_MULTIPLEX));
    m_timer->setSingleShot(true);
    m_timer->setTimerType(Qt::PreciseTimer);
    connect(m_timer, &QTimer::timeout, q, [this] { act(CURL_SOCKET_TIMEOUT, 0); });
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
        curl_multi_remove_handle(m_multi, transfer->handle());
    m_transfers.clear();
    curl_multi_cleanup(m_multi); // still calls onSocket
    for (const auto &[socket, notifiers] : m_sockets)
        drop(notifiers);
}

QByteArray Transport::Private::roots()
{
    if (!connection.trustedCa.isEmpty() || connection.insecure)
        return connection.trustedCa;
    if (m_systemRoots.isEmpty())
        m_systemRoots = systemRootsPem();
    return m_systemRoots;
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
    if (!isTls || isAlone(*transfer) || m_protocol == Protocol::Known)
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

void Transport::Private::limitConnections()
{
    if (!m_isHttp2)
        return;
    const auto alone = std::count_if(m_transfers.cbegin(), m_transfers.cend(),
                                     [](const auto &entry) { return isAlone(*entry.second); });
    curl_multi_setopt(m_multi, CURLMOPT_MAX_HOST_CONNECTIONS, maxConnectionsOverHttp2 + long(alone));
}

void Transport::Private::start(const std::shared_ptr<Transfer> &transfer)
{
    if (isAlone(*transfer))
        limitConnections();
    // Curl answers through its timer, from the event loop.
    if (curl_multi_add_handle(m_multi, transfer->handle()) != CURLM_OK)
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
        m_isHttp2 = *speaksHttp2;
        limitConnections();
    } else {
        return;
    }
    for (const auto &transfer : std::exchange(m_waiting, {})) {
        if (m_transfers.count(transfer->id()) > 0)
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
void Transport::Private::record(const Transfer &transfer)
{
    if (!transfer.request().isRaw)
        Q_EMIT q->requestEnded(transfer.record());
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
    QMetaObject::invokeMethod(
        q, [this] { act(CURL_SOCKET_TIMEOUT, 0); }, Qt::QueuedConnection);
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

// Curl sees their end at once and fails what is under way; the descriptors stay its own.
void Transport::Private::closeSockets()
{
    for (const curl_socket_t socket : m_open)
        ::shutdown(socket, 2); // SHUT_RDWR, SD_BOTH
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
    curl_multi_remove_handle(m_multi, found->second->handle());
    m_transfers.erase(found);
    learnProtocol();
}

void Transport::Private::act(curl_socket_t socket, int events)
{
    int running = 0;
    curl_multi_socket_action(m_multi, socket, events, &running);
    learnProtocol();
    deliver(collectFinished());
}

std::vector<Transport::Private::Finished> Transport::Private::collectFinished()
{
    std::vector<Finished> finished;
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(m_multi, &left)) {
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
        curl_multi_remove_handle(m_multi, transfer->handle());
        learnProtocol();
        if (transfer->status() == 401 && transfer->credential())
            m_credentials->refused(transfer->credential());
        record(*transfer);
        transfer->callbacks().finished(transfer->result(code, connection));
    }
}

// The handle stays with the multi, whose connection the stream goes on to use.
void Transport::Private::handOver(const std::shared_ptr<Transfer> &transfer)
{
    auto *stream = new RawStream(m_multi, transfer, q);
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

int Transport::Private::onSocket(CURL *, curl_socket_t socket, int what, void *self, void *)
{
    static_cast<Private *>(self)->watchSocket(socket, what);
    return 0;
}

int Transport::Private::onTimer(CURLM *, long msecs, void *self)
{
    QTimer *timer = static_cast<Private *>(self)->m_timer;
    if (msecs < 0)
        timer->stop();
    else
        timer->start(int(msecs));
    return 0;
}

QSocketNotifier *Transport::Private::makeNotifier(curl_socket_t socket, QSocketNotifier::Type type, int event)
{
    auto *notifier =
        new QSocketNotifier(qintptr(socket), type); // no parent: the transport may end inside its signal
    connect(notifier, &QSocketNotifier::activated, q, [this, socket, event] { act(socket, event); });
    return notifier;
}

// Maybe from inside their own signal; and the number of the socket may be reused at once.
void Transport::Private::drop(const Notifiers &notifiers)
{
    for (QSocketNotifier *notifier : {notifiers.read, notifiers.write}) {
        if (notifier) {
            notifier->setEnabled(false);
            notifier->deleteLater();
        }
    }
}

void Transport::Private::watchSocket(curl_socket_t socket, int what)
{
    Notifiers &notifiers = m_sockets[socket];
    if (what == CURL_POLL_REMOVE) {
        drop(notifiers);
        m_sockets.erase(socket);
        return;
    }
    const bool reads = (what & CURL_POLL_IN) != 0;
    const bool writes = (what & CURL_POLL_OUT) != 0;
    if (reads && !notifiers.read)
        notifiers.read = makeNotifier(socket, QSocketNotifier::Read, CURL_CSELECT_IN);
    if (writes && !notifiers.write)
        notifiers.write = makeNotifier(socket, QSocketNotifier::Write, CURL_CSELECT_OUT);
    if (notifiers.read)
        notifiers.read->setEnabled(reads);
    if (notifiers.write)
        notifiers.write->setEnabled(writes);
}

Transport::Transport(Connection connection, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(connection)))
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
