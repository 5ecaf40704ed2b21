// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/reflector.h"

#include "kube/json_framer.h"
#include "kube/reflector_machine.h"
#include "kube/transfer.h"
#include "kube/wipe.h"

#include <QPointer>
#include <QRandomGenerator>
#include <QScopeGuard>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr int listTimeoutMs = 60'000; // the server's own limit

QString percent(const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); }

} // namespace

// Carries out what the machine says: requests by the transport, changes in the store, one timer.
class Reflector::Private
{
public:
    Private(Reflector *reflector, Transport &transport, ResourceType type, QString nameSpace,
            ObjectStore &target);
    ~Private() { abort(); }
    Private(const Private &) = delete;
    Private &operator=(const Private &) = delete;

    void run(const ReflectorMachine::Actions &actions);
    Transport *transport() const { return m_transport; }
    void readMetadataOnly()
    {
        m_isMetadataOnly = true;
        m_type.kind = u"PartialObjectMetadata"_s; // as the events say
    }
    void readTables()
    {
        m_isTable = true;
        machine.setFirstState(ReflectorMachine::FirstState::Listed); // in one form for all: as kubectl
    }
    void select(const QString &labels, const QString &fields)
    {
        for (const auto &[name, value] :
             {std::pair(u"labelSelector="_s, labels), {u"fieldSelector="_s, fields}})
            m_selectors += value.isEmpty() ? QStringList() : QStringList(name + percent(value));
    }
    void tellWhoWaits();

    struct Waiting
    {
        QString version;
        QPointer<QObject> context;
        std::function<void()> then;
    };
    QList<Waiting> waiting;
    ReflectorMachine machine;
    ObjectStore &store;
    WatchState published;

private:
    void execute(const reflect::SendList &list);
    void execute(const reflect::OpenWatch &watch);
    void execute(const reflect::Abort &) { abort(); }
    void execute(const reflect::StartTimer &timer) { m_timer->start(timer.pause); }
    void execute(const reflect::StopTimer &) { m_timer->stop(); }
    void execute(const reflect::ReplaceAll &all) { store.replaceAll(all.objects); }
    void execute(const reflect::Upsert &upsert) { store.upsert(upsert.object); }
    void execute(const reflect::Remove &remove) { store.remove(remove.last); }
    void execute(const reflect::Publish &);
    void execute(const reflect::StreamsNoLists &)
    {
        if (m_transport)
            m_transport->traits().streamsLists = false;
    }

    void sendList(const QString &path);
    void listAnswered(const Result<HttpResponse> &answer);
    void watchData(const QByteArray &piece);
    void watchEvent(const QByteArray &json);
    Result<ListPage> readPage(const QByteArray &body);
    Result<WatchEvent> readWatchEvent(const QByteArray &json);
    void learnColumns(const QList<TableColumn> &columns);
    void watchFinished(const Result<HttpResponse> &answer);
    void abort();
    static QDateTime now() { return QDateTime::currentDateTimeUtc(); }

    Reflector *q;
    QPointer<Transport> m_transport;
    ResourceType m_type;
    QString m_path;
    QTimer *m_timer;
    QTimer *m_token; // until there is one for the list that waits
    JsonFramer m_events;
    Transport::Id m_transfer = 0;
    bool m_isMetadataOnly = false;
    bool m_isTable = false;
    QStringList m_selectors; // of the query
    QList<TableColumn> m_columns;
};

Reflector::Private::Private(Reflector *reflector, Transport &transport, ResourceType type, QString nameSpace,
                            ObjectStore &target)
    : machine([] { return QRandomGenerator::global()->generateDouble(); })
    , store(target)
    , q(reflector)
    , m_transport(&transport)
    , m_type(std::move(type))
    , m_path(m_type.path(nameSpace))
    , m_timer(new QTimer(reflector))
    , m_token(new QTimer(reflector))
{
    m_token->setSingleShot(true);
    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, q, [this] { run(machine.timerFired(now())); });
    connect(m_transport, &Transport::resumed, q, [this] { run(machine.retryNow(now())); });
}

void Reflector::Private::run(const ReflectorMachine::Actions &actions)
{
    const QPointer<Reflector> alive(q);
    for (const reflect::Action &action : actions) {
        if (!alive) // a listener of stateChanged ended it
            return;
        std::visit([this](const auto &known) { execute(known); }, action);
    }
    if (alive && !waiting.isEmpty())
        tellWhoWaits();
}

void Reflector::Private::tellWhoWaits()
{
    const QPointer<Reflector> alive(q);
    QList<Waiting> seen;
    for (qsizetype i = waiting.size() - 1; i >= 0; --i) {
        if (!isOlderVersion(machine.lastVersion(), waiting[i].version))
            seen.prepend(waiting.takeAt(i));
    }
    for (const Waiting &one : seen) {
        if (alive && one.context)
            one.then();
    }
}

void Reflector::Private::execute(const reflect::Publish &)
{
    published = machine.state();
    published.objects = store.size();
    Q_EMIT q->stateChanged(published);
}

void Reflector::Private::abort()
{
    if (m_transport && m_transfer != 0)
        m_transport->cancel(m_transfer);
    m_transfer = 0;
    m_token->stop();
    m_events.clear();
}

void Reflector::Private::execute(const reflect::SendList &list)
{
    if (!m_transport)
        return;
    QStringList items = m_selectors;
    if (list.limit > 0)
        items.append(u"limit=%1"_s.arg(list.limit));
    if (!list.continueToken.isEmpty())
        items.append(u"continue="_s + percent(list.continueToken));
    if (!list.resourceVersion.isEmpty())
        items.append(u"resourceVersion="_s + percent(list.resourceVersion));
    const QString path = items.isEmpty() ? m_path : QString(m_path + u'?' + items.join(u'&'));
    const auto pause = m_transport->rateLimit().take(std::chrono::milliseconds(Transfer::monotonicMsecs()));
    m_token->disconnect(q);
    connect(m_token, &QTimer::timeout, q, [this, path] { sendList(path); });
    pause.count() == 0 ? sendList(path) : m_token->start(pause);
}

void Reflector::Private::sendList(const QString &path)
{
    if (!m_transport)
        return;
    HttpRequest request;
    request.path = path;
    request.timeoutMs = listTimeoutMs;
    if (m_isMetadataOnly || m_isTable)
        request.accept = m_isTable ? acceptTable : acceptMetadata;
    request.isRenewable = true;
    request.isSecret = mayHoldSecrets(m_path);
    Transport::Callbacks callbacks;
    callbacks.finished = [this](const Result<HttpResponse> &answer) { listAnswered(answer); };
    m_transfer = m_transport->send(request, std::move(callbacks));
}

void Reflector::Private::listAnswered(const Result<HttpResponse> &answer)
{
    m_transfer = 0;
    if (!answer)
        return run(machine.listFailed(answer.error(), now()));
    if (answer->status != 200)
        return run(machine.listFailed(
            errorFromResponse(*answer, u"GET "_s + m_path, m_transport->connection()), now()));
    const QPointer<Reflector> alive(q);
    const Result<ListPage> page = readPage(answer->body);
    if (mayHoldSecrets(m_path))
        wipe(answer->body);
    if (!alive) // by whom the columns were told
        return;
    run(page ? machine.pageArrived(*page, now()) : machine.listFailed(page.error(), now()));
}

void Reflector::Private::execute(const reflect::OpenWatch &watch)
{
    if (!m_transport)
        return;
    HttpRequest request;
    request.path = m_path + u"?watch=true&allowWatchBookmarks=true&resourceVersion="_s
        + percent(watch.resourceVersion) + u"&timeoutSeconds="_s + QString::number(watch.timeoutSeconds)
        + (watch.withInitialEvents ? u"&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"_s
                                   : QString());
    for (const QString &selector : m_selectors)
        request.path += u'&' + selector;
    request.isRenewable = true;
    request.ownConnection = watch.onNewConnection;
    request.isSecret = mayHoldSecrets(m_path);
    request.timeoutMs =
        0; // silence is legal; whether the connection lives is asked by the transport, or the machine
    if (m_isMetadataOnly || m_isTable)
        request.accept = m_isTable ? acceptTable : acceptMetadataEvents;
    m_events.clear();
    Transport::Callbacks callbacks;
    callbacks.onHead = [this](int status) {
        if (status == 200 && m_transport)
            run(machine.watchAnswered(now(),
                                      m_transport->isAskedForLife(m_transfer)
                                          ? ReflectorMachine::Life::Asked
                                          : ReflectorMachine::Life::Unasked));
    };
    callbacks.onData = [this](const QByteArray &piece) { watchData(piece); };
    callbacks.finished = [this](const Result<HttpResponse> &answer) { watchFinished(answer); };
    m_transfer = m_transport->send(request, std::move(callbacks));
}

void Reflector::Private::watchData(const QByteArray &piece)
{
    const QPointer<Reflector> alive(q);
    const Transport::Id watch = m_transfer;
    const QList<QByteArray> events = m_events.feed(piece);
    const auto wiped = qScopeGuard([&events, isSecret = mayHoldSecrets(m_path)] {
        for (const QByteArray &event : events) {
            if (isSecret)
                wipe(event);
        }
    });
    for (const QByteArray &event : events) {
        watchEvent(event);
        if (!alive || m_transfer != watch) // ended, or another request took its place
            return;
    }
    if (m_events.isOverflowing()) {
        abort();
        run(machine.watchEnded(failure(Error::Kind::Protocol,
                                       u"watching %1: an event is larger than 16 MiB"_s.arg(m_type.plural))
                                   .value(),
                               now()));
    }
}

void Reflector::Private::watchEvent(const QByteArray &json)
{
    const QPointer<Reflector> alive(q);
    const Result<WatchEvent> event = readWatchEvent(json);
    if (!alive)
        return;
    if (event)
        return run(machine.eventArrived(*event, now()));
    abort();
    run(machine.watchEnded(event.error(), now()));
}

Result<ListPage> Reflector::Private::readPage(const QByteArray &body)
{
    if (!m_isTable)
        return readList(m_type, body);
    const Result<Table> table = readTableOrObjects(m_type, body, now());
    if (!table)
        return tl::unexpected(table.error());
    learnColumns(table->columns);
    return pageOf(*table);
}

Result<WatchEvent> Reflector::Private::readWatchEvent(const QByteArray &json)
{
    if (!m_isTable)
        return readEvent(m_type, json);
    const Result<TableEvent> read = readTableEvent(m_type, json, now());
    if (!read)
        return tl::unexpected(read.error());
    learnColumns(read->columns);
    return read->event;
}

void Reflector::Private::learnColumns(const QList<TableColumn> &columns)
{
    if (columns.isEmpty() || columns == m_columns)
        return;
    m_columns = columns;
    Q_EMIT q->columnsChanged(columns);
}

void Reflector::Private::watchFinished(const Result<HttpResponse> &answer)
{
    m_transfer = 0;
    m_events.clear(); // half an event at the end was cut off: it will come again
    if (!answer)
        return run(machine.watchEnded(answer.error(), now()));
    if (answer->status != 200)
        return run(machine.watchEnded(
            errorFromResponse(*answer, u"watching "_s + m_path, m_transport->connection()), now()));
    run(machine.watchEnded(std::nullopt, now()));
}

Reflector::Reflector(Transport &transport, ResourceType type, QString nameSpace, ObjectStore &store,
                     QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, transport, std::move(type), std::move(nameSpace), store))
{
}

Reflector::~Reflector() = default;

void Reflector::tellParts() { d->machine.tellParts(); }

void Reflector::readMetadataOnly() { d->readMetadataOnly(); }
void Reflector::readTables() { d->readTables(); }
void Reflector::select(const QString &labels, const QString &fields) { d->select(labels, fields); }

void Reflector::start()
{
    if (d->transport() && !d->transport()->traits().streamsLists)
        d->machine.setFirstState(ReflectorMachine::FirstState::Listed);
    d->run(d->machine.start(QDateTime::currentDateTimeUtc()));
}

void Reflector::stop() { d->run(d->machine.stop(QDateTime::currentDateTimeUtc())); }
void Reflector::restart() { d->run(d->machine.restart(QDateTime::currentDateTimeUtc())); }
void Reflector::refresh() { d->run(d->machine.refresh(QDateTime::currentDateTimeUtc())); }

void Reflector::retryNow() { d->run(d->machine.retryNow(QDateTime::currentDateTimeUtc())); }

void Reflector::setLongestSilence(std::chrono::milliseconds silence)
{
    d->machine.setLongestSilence(silence);
}

void Reflector::whenSeen(const QString &resourceVersion, QObject *context, std::function<void()> then)
{
    d->waiting.append({resourceVersion, context, std::move(then)});
    d->tellWhoWaits();
}

const WatchState &Reflector::state() const
{
    const WatchState &known = d->machine.state();
    d->published.lastEvent = known.lastEvent; // these two move on without being a change of state
    d->published.objects = d->store.size();
    d->published.listed = known.listed;
    return d->published;
}

} // namespace kube
