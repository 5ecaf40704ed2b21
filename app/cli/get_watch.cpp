// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/get_watch.h"

#include "app/cli/cluster_task.h"
#include "app/cli/kind_names.h"
#include "kube/client_call.h"
#include "kube/cluster_identity.h"
#include "kube/discovery.h"
#include "kube/reflector.h"

#include <QElapsedTimer>
#include <QHash>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

// A server may say for a while that it serves what it does not, and the other way round.
constexpr int MostInquiries = 10;
constexpr auto InquiryPause = std::chrono::seconds(1);

// Not to be mended by waiting.
bool isFinal(kube::Error::Kind kind)
{
    using Kind = kube::Error::Kind;
    return kind == Kind::Forbidden || kind == Kind::Unauthorized || kind == Kind::Invalid
        || kind == Kind::Config || kind == Kind::Tls;
}

// Read under other columns.
QStringList rearranged(const QStringList &cells, const QList<kube::TableColumn> &then,
                       const QList<kube::TableColumn> &now)
{
    QStringList all;
    for (const kube::TableColumn &column : now) {
        const auto same = std::find_if(then.cbegin(), then.cend(), [&column](const kube::TableColumn &each) {
            return each.name == column.name;
        });
        all.append(cells.value(std::distance(then.cbegin(), same)));
    }
    return all;
}

// From where it was, by a new watch: the server has not said that it knows that place no more.
bool goesOn(kube::Error::Kind kind)
{
    using Kind = kube::Error::Kind;
    return kind == Kind::Unreachable || kind == Kind::Timeout || kind == Kind::TooManyRequests;
}

class GetWatch : public ClusterTask
{
public:
    GetWatch(const Invocation &invocation, kube::Client &client, const GetWanted &wanted, GetRows rows);
    void start() override { m_reflector->start(); }

private:
    struct Shown // as it was last
    {
        QString resourceVersion;
        QList<kube::TableColumn> columns;
    };
    void read(const kube::ResourceType &type);
    void columnsChanged(const QList<kube::TableColumn> &columns);
    void askWhatIsServed(const kube::Error &error);
    void readWhatIsServed(const kube::ApiCatalog &catalog, const kube::Error &error);
    void showAll();
    kube::Result<QList<Cell>> row(const QString &event, const kube::Object &object) const;
    void showHeader();
    void show(const QString &event, const kube::Object &object);
    void happened(const kube::Delta &delta);
    void stateChanged(const kube::WatchState &state);
    bool isWorthWaiting(const kube::WatchState &state);
    void failed(const QString &why);

    const Output &m_output;
    kube::Client &m_client;
    GetWanted m_wanted;
    GetRows m_rows;
    bool m_showsEvents;
    Columns m_columns;
    kube::ObjectStore m_store;
    std::unique_ptr<kube::Reflector> m_reflector;
    kube::ClusterIdentity m_identity;
    QHash<QString, Shown> m_known; // by key, what was shown and is there
    int m_inquiries = 0;           // what is served, since it was last read
    bool m_isShown = false, m_hasHeader = false;
    QString m_lastNote;
    QElapsedTimer m_clock; // since it began
    qint64 m_patienceMs;   // until its first line
    int m_failures = 0;    // before that
};

GetWatch::GetWatch(const Invocation &invocation, kube::Client &client, const GetWanted &wanted, GetRows rows)
    : m_output(invocation.output)
    , m_client(client)
    , m_wanted(wanted)
    , m_rows(std::move(rows))
    , m_showsEvents(invocation.parser.isSet(u"output-watch-events"_s))
    , m_columns(invocation.output.hasColour())
    , m_identity(client)
    , m_patienceMs(client.transport().connection().timeoutMs)
{
    m_clock.start();
    connect(&m_store, &kube::ObjectStore::completed, this, &GetWatch::showAll);
    connect(&m_store, &kube::ObjectStore::happened, this, &GetWatch::happened);
    connect(&m_identity, &kube::ClusterIdentity::recreated, this, [this] {
        m_output.note(u"note: another cluster answers at this address now; all is listed anew"_s);
        m_reflector->restart();
    });
    read(wanted.type);
}

void GetWatch::read(const kube::ResourceType &type)
{
    m_wanted.type = type;
    m_reflector = std::make_unique<kube::Reflector>(m_client.transport(), type, m_wanted.nameSpace, m_store);
    if (m_output.format() == Format::Table && m_rows.areServers())
        m_reflector->readTables();
    m_reflector->select(m_wanted.selector,
                        m_wanted.name.isEmpty() ? QString() : QString(u"metadata.name="_s + m_wanted.name));
    connect(m_reflector.get(), &kube::Reflector::columnsChanged, this, &GetWatch::columnsChanged);
    connect(m_reflector.get(), &kube::Reflector::stateChanged, this, &GetWatch::stateChanged);
}

// What is shown from now on stands below a header of its own.
void GetWatch::columnsChanged(const QList<kube::TableColumn> &columns)
{
    const QStringList before = m_rows.header();
    m_rows.setColumns(columns);
    if (m_rows.header() == before)
        return;
    m_hasHeader = false;
    m_columns = Columns(m_output.hasColour());
}

// What changes before it is complete is among what is there then.
void GetWatch::showAll()
{
    if (std::exchange(m_isShown, true))
        return;
    QList<kube::Object> objects = m_store.objects();
    std::sort(objects.begin(), objects.end(), [](const kube::Object &left, const kube::Object &right) {
        return std::tie(left.nameSpace, left.name) < std::tie(right.nameSpace, right.name);
    });
    if (objects.isEmpty())
        m_output.note(u"none found so far"_s);
    if (m_output.format() == Format::Table) {
        for (const kube::Object &object : objects) {
            if (const auto cells = row(u"ADDED"_s, object))
                m_columns.fit(*cells);
        }
    }
    for (const kube::Object &object : objects) {
        m_known.insert(object.key(), {object.resourceVersion, m_rows.columns()});
        show(u"ADDED"_s, object);
    }
}

kube::Result<QList<Cell>> GetWatch::row(const QString &event, const kube::Object &object) const
{
    kube::Result<QList<Cell>> cells = m_rows.row(object);
    if (m_showsEvents && cells)
        cells->prepend({event});
    return cells;
}

void GetWatch::showHeader()
{
    QStringList names = m_rows.header();
    if (m_showsEvents) {
        names.prepend(u"EVENT"_s);
        m_columns.fit({{u"MODIFIED"_s}}); // that will come
    }
    m_columns.fit(cellsOf(names));
    m_output.raw(m_columns.line(cellsOf(names)).toUtf8());
}

void GetWatch::show(const QString &event, const kube::Object &object)
{
    if (m_output.format() != Format::Table) {
        auto json = edge::parseJson(object.json.toStdString());
        m_output.streamed("WatchEvent",
                          edge::Value::object(
                              {{"type", value(event)}, {"object", json ? std::move(*json) : edge::Value()}}));
        return;
    }
    const auto cells = row(event, object);
    if (!cells)
        return hasEnded() ? void() : failed(cells.error().message);
    m_columns.fit(*cells);
    if (!std::exchange(m_hasHeader, true) && !m_rows.areNames())
        showHeader();
    m_output.raw(m_columns.line(*cells).toUtf8());
}

void GetWatch::happened(const kube::Delta &delta)
{
    if (!m_isShown || hasEnded())
        return;
    const QString key = delta.object.key();
    if (delta.type == kube::Delta::Type::Remove) {
        kube::Object last = delta.object;
        const Shown shown = m_known.take(key);
        // What is missing in a list is what was read before.
        if (shown.resourceVersion == last.resourceVersion && shown.columns != m_rows.columns())
            last.cells = rearranged(last.cells, shown.columns, m_rows.columns());
        return show(u"DELETED"_s, last);
    }
    const bool isKnown = m_known.contains(key);
    m_known.insert(key, {delta.object.resourceVersion, m_rows.columns()});
    show(isKnown ? u"MODIFIED"_s : u"ADDED"_s, delta.object);
}

// The version that is read may be served no longer, or the whole kind.
void GetWatch::askWhatIsServed(const kube::Error &error)
{
    if (hasEnded())
        return;
    m_reflector->stop();
    if (++m_inquiries > MostInquiries)
        return failed(error.message);
    kube::whenAnswered(m_client.discovery().fetch({}, {m_wanted.type.group}), this,
                       [this, error](const kube::Result<kube::ApiCatalog> &catalog) {
                           if (hasEnded())
                               return;
                           if (!catalog)
                               return failed(error.message + u"; "_s + catalog.error().message);
                           readWhatIsServed(*catalog, error);
                       });
}

void GetWatch::readWhatIsServed(const kube::ApiCatalog &catalog, const kube::Error &error)
{
    const auto type = servedNow(catalog, m_wanted.kind, m_wanted.type);
    if (!type)
        return failed(type.error().message);
    if (*type == m_wanted.type) { // discovery is behind, or ahead
        QTimer::singleShot(InquiryPause, this, [this] { m_reflector->start(); });
        return;
    }
    m_output.note(u"note: %1 is no longer served in %2 (%3); it is read in %4 from here on"_s.arg(
        printable(type->plural), m_wanted.type.version, printable(error.message), type->version));
    read(*type);
    m_reflector->start();
}

// Before its first line, what passes is waited for as long as any answer may take, and asked for as often as any request is
// repeated; once it stands, for ever.
bool GetWatch::isWorthWaiting(const kube::WatchState &state)
{
    if (isFinal(state.error.kind))
        return false;
    if (m_isShown)
        return true;
    ++m_failures;
    const qint64 pause = QDateTime::currentDateTimeUtc().msecsTo(state.retryAt);
    return m_failures <= kube::ClientCall::MaxRetries && m_clock.elapsed() + pause < m_patienceMs;
}

void GetWatch::failed(const QString &why)
{
    const QString tries = m_failures > 1
        ? u"; asked %1 times within %2 s"_s.arg(m_failures).arg(m_clock.elapsed() / 1000 + 1)
        : QString();
    m_output.fail(why + tries);
    end(CouldNot);
}

// A list is news even if the watch after it fails before the store has told of it.
void GetWatch::stateChanged(const kube::WatchState &state)
{
    if (hasEnded())
        return;
    if (m_store.isComplete())
        showAll();
    if (state.phase == kube::WatchState::Phase::Live) {
        m_inquiries = 0;
        m_identity.check(); // what answers after a break may be another cluster
    }
    if (state.phase != kube::WatchState::Phase::Waiting)
        return;
    if (state.error.kind
        == kube::Error::Kind::NotFound) { // once the reflector, which says so, is done with it
        QMetaObject::invokeMethod(
            this, [this, error = state.error] { askWhatIsServed(error); }, Qt::QueuedConnection);
        return;
    }
    if (!isWorthWaiting(state))
        return failed(state.error.message);
    if (std::exchange(m_lastNote, state.error.message) == state.error.message)
        return;
    const QString then = !m_isShown ? u"it is asked again"_s
        : goesOn(state.error.kind)  ? u"the watch is tried again, from where it was"_s
                                    : u"all is listed anew, and what has changed meanwhile is shown then"_s;
    m_output.note(u"note: %1; %2"_s.arg(printable(state.error.message), then));
}

} // namespace

int watchKind(Invocation &invocation, kube::Client &client, const GetWanted &wanted, const GetRows &rows)
{
    return runOnCluster(invocation, client,
                        [&] { return std::make_unique<GetWatch>(invocation, client, wanted, rows); });
}

} // namespace app::cli
