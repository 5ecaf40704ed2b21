// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/transport.h"

#include "kube/proxy_choice.h"
#include "kube/token_source.h"
#include "kube/transfer.h"

#include <QPointer>
#include <QSocketNotifier>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QTimer>

#include <map>
#include <vector>

#ifdef Q_OS_UNIX
#include <csignal>
#endif

using namespace Qt::StringLiterals;

namespace kube {
namespace {

// With HTTP/2 a server allows about 100 streams a connection; one connection alone starves behind long watches, and without a limit
// curl opens one for each waiting request (facts kube-client.md §2.3).  HTTP/1.1 needs one for each watch and gets no limit.
constexpr long maxConnectionsOverHttp2 = 4;

void startCurlOnce()
{
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    Q_UNUSED(started)
#ifdef Q_OS_UNIX
    std::signal(SIGPIPE, SIG_IGN); // a peer that hangs up must not end the program; curl leaves this to us (CURLOPT_NOSIGNAL)
#endif
}

QByteArray systemRootsPem() // the same on all systems: what Qt finds, not what curl was compiled for
{
    QByteArray pem;
    for (const QSslCertificate &root : QSslConfiguration::systemCaCertificates())
        pem.append(root.toPem());
    return pem;
}

} // namespace

class Transport::Private
{
public:
    Private(Transport *transport, Connection settings);
    ~Private();
    Private(const Private &) = delete;
    Private &operator=(const Private &) = delete;

    void add(std::shared_ptr<Transfer> transfer, bool isAlone);
    void remove(Id id);
    void act(curl_socket_t socket, int events);

    Transport *q;
    Connection connection;
    TokenSource tokens;
    Id lastId = 0;

private:
    struct Notifiers
    {
        QSocketNotifier *read = nullptr, *write = nullptr;
    };
    using Finished = std::pair<std::shared_ptr<Transfer>, CURLcode>;

    enum class Protocol { Unknown, Asked, Known };

    void start(const std::shared_ptr<Transfer> &transfer);
    void learnProtocol();
    static int onSocket(CURL *, curl_socket_t socket, int what, void *self, void *);
    static int onTimer(CURLM *, long msecs, void *self);
    void watchSocket(curl_socket_t socket, int what);
    static void drop(const Notifiers &notifiers);
    QSocketNotifier *makeNotifier(curl_socket_t socket, QSocketNotifier::Type type, int event);
    std::vector<Finished> collectFinished();
    void deliver(const std::vector<Finished> &finished);
    void deliverNews(const std::shared_ptr<Transfer> &transfer);
    void refuse(const std::shared_ptr<Transfer> &transfer);

    CURLM *m_multi = nullptr;
    QTimer *m_timer;
    std::map<curl_socket_t, Notifiers> m_sockets;
    std::map<Id, std::shared_ptr<Transfer>> m_transfers;
    QByteArray m_systemRoots;
    Protocol m_protocol = Protocol::Unknown;
    Id m_scout = 0; // the request whose connection will tell the protocol
    std::vector<std::shared_ptr<Transfer>> m_waiting; // for that
};

Transport::Private::Private(Transport *transport, Connection settings)
    : q(transport)
    , connection(std::move(settings))
    , tokens(connection.token, connection.tokenFile)
    , m_timer(new QTimer(transport))
{
    startCurlOnce();
    if (connection.proxyUrl.isEmpty())
        connection.proxyUrl = proxyFromEnvironment(connection.server, QProcessEnvironment::systemEnvironment());
    m_multi = curl_multi_init();
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETFUNCTION, &Private::onSocket);
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERFUNCTION, &Private::onTimer);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_PIPELINING, long(CURLPIPE_MULTIPLEX));
    m_timer->setSingleShot(true);
    m_timer->setTimerType(Qt::PreciseTimer);
    connect(m_timer, &QTimer::timeout, q, [this] { act(CURL_SOCKET_TIMEOUT, 0); });
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

void Transport::Private::add(std::shared_ptr<Transfer> transfer, bool isAlone)
{
    const bool isTls = connection.server.scheme() == u"https";
    if (isTls && connection.trustedCa.isEmpty() && !connection.insecure && m_systemRoots.isEmpty())
        m_systemRoots = systemRootsPem();
    m_transfers.emplace(transfer->id(), transfer);
    if (!transfer->prepare(connection, m_systemRoots, tokens.token(QDateTime::currentMSecsSinceEpoch()))) {
        QMetaObject::invokeMethod(q, [this, transfer] { refuse(transfer); }, Qt::QueuedConnection);
        return;
    }
    if (!isTls || isAlone || m_protocol == Protocol::Known)
        return start(transfer);
    if (m_protocol == Protocol::Asked)
        return m_waiting.push_back(std::move(transfer));
    m_protocol = Protocol::Asked;
    m_scout = transfer->id();
    start(transfer);
}

void Transport::Private::start(const std::shared_ptr<Transfer> &transfer)
{
    // Curl answers through its timer, from the event loop.
    if (curl_multi_add_handle(m_multi, transfer->handle()) != CURLM_OK)
        QMetaObject::invokeMethod(q, [this, transfer] { refuse(transfer); }, Qt::QueuedConnection);
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
        if (*speaksHttp2)
            curl_multi_setopt(m_multi, CURLMOPT_MAX_HOST_CONNECTIONS, maxConnectionsOverHttp2);
    } else {
        return;
    }
    for (const auto &transfer : std::exchange(m_waiting, {})) {
        if (m_transfers.count(transfer->id()) > 0)
            start(transfer);
    }
}

void Transport::Private::refuse(const std::shared_ptr<Transfer> &transfer)
{
    const bool isKnown = m_transfers.erase(transfer->id()) > 0;
    learnProtocol();
    if (isKnown)
        transfer->callbacks().finished(failure(Error::Kind::Unreachable, u"not enough memory for another connection"_s));
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
        curl_multi_remove_handle(m_multi, transfer->handle());
        m_transfers.erase(transfer->id());
        learnProtocol();
        transfer->callbacks().finished(transfer->result(code, connection));
    }
}

void Transport::Private::deliverNews(const std::shared_ptr<Transfer> &transfer)
{
    const QPointer<Transport> alive(q);
    const int status = transfer->takeHead();
    const QByteArray data = transfer->takeData();
    if (status != 0 && transfer->callbacks().onHead)
        transfer->callbacks().onHead(status);
    if (!data.isEmpty() && alive && m_transfers.count(transfer->id()) > 0)
        transfer->callbacks().onData(data);
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
    auto *notifier = new QSocketNotifier(qintptr(socket), type); // no parent: the transport may end inside its signal
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

Transport::~Transport() = default;

Transport::Id Transport::send(const HttpRequest &request, Callbacks callbacks)
{
    Q_ASSERT(callbacks.finished);
    const Id id = ++d->lastId;
    d->add(std::make_shared<Transfer>(id, request, std::move(callbacks)), request.ownConnection);
    return id;
}

void Transport::cancel(Id id) { d->remove(id); }

const Connection &Transport::connection() const { return d->connection; }

} // namespace kube
