// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/reflector_machine.h"
#include "tests/kube/idle_page.h"
#include "tests/support/test_class.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace kube;

namespace {

const QDateTime noon(QDate(2026, 11, 24), QTime(12, 0), Qt::UTC);

constexpr auto Listed = ReflectorMachine::FirstState::Listed;
constexpr auto Streamed = ReflectorMachine::FirstState::Streamed;

Object object(const QString &name, int version)
{
    Object result;
    result.name = name;
    result.uid = name;
    result.resourceVersion = QString::number(version);
    return result;
}

WatchEvent seen(WatchEvent::Type type, const QString &name, int version, const QString &uid = {})
{
    WatchEvent result;
    result.type = type;
    result.object = object(name, version);
    if (!uid.isEmpty())
        result.object.uid = uid;
    return result;
}

Error error(Error::Kind kind, int httpStatus = 0, int retryAfter = 0)
{
    Error result;
    result.kind = kind;
    result.httpStatus = httpStatus;
    result.retryAfterSeconds = retryAfter;
    result.message = u"why"_s;
    return result;
}

WatchEvent failed(Error::Kind kind, int httpStatus)
{
    WatchEvent result;
    result.type = WatchEvent::Type::Failed;
    result.error = error(kind, httpStatus);
    return result;
}

template<typename T>
const T *find(const ReflectorMachine::Actions &actions)
{
    for (const reflect::Action &action : actions) {
        if (const T *found = std::get_if<T>(&action))
            return found;
    }
    return nullptr;
}

// A machine that has listed [a@10] and watches from 10.
ReflectorMachine watching(Backoff::Random random = [] { return 0.5; })
{
    ReflectorMachine machine(std::move(random), Listed);
    machine.start(noon);
    machine.pageArrived({{object(u"a"_s, 10)}, u"10"_s, {}}, noon);
    machine.watchAnswered(noon);
    return machine;
}

// What a real server keeps: objects, a version that grows, a log of changes that may be compacted.
class ModelServer
{
public:
    struct Change
    {
        int version;
        WatchEvent event;
    };

    void put(const QString &name)
    {
        const bool isNew = !objects.contains(name);
        objects.insert(name, ++version);
        if (isNew) // also one that was there before: it is another
            uids.insert(name, u"%1-%2"_s.arg(name).arg(version));
        log.append({version,
                    seen(isNew ? WatchEvent::Type::Added : WatchEvent::Type::Modified, name, version,
                         uids.value(name))});
    }
    void drop(const QString &name)
    {
        if (objects.remove(name) > 0) {
            ++version;
            log.append({version, seen(WatchEvent::Type::Deleted, name, version, uids.take(name))});
        }
    }
    void compact()
    {
        log.clear();
        oldest = version;
    }
    QList<Object> list() const
    {
        QList<Object> all;
        for (auto it = objects.cbegin(); it != objects.cend(); ++it) {
            all.append(object(it.key(), it.value()));
            all.last().uid = uids.value(it.key());
        }
        return all;
    }
    QMap<QString, QString> truth() const // name → "UID@VERSION"
    {
        QMap<QString, QString> all;
        for (const Object &each : list())
            all.insert(each.name, identity(each));
        return all;
    }
    static QString identity(const Object &object) { return object.uid + u'@' + object.resourceVersion; }

    QMap<QString, int> objects;
    QMap<QString, QString> uids;
    QList<Change> log;
    int version = 100, oldest = 100;
};

// Plays server, network and store for one machine; every choice comes from the seed.
class Play
{
public:
    explicit Play(quint32 seed, bool serverStreams = true)
        : m_random(seed)
        , m_machine([this] { return m_random.generateDouble(); }, Streamed)
        , m_serverStreams(serverStreams)
    {
    }

    void run(int steps)
    {
        take(m_machine.start(m_now));
        for (int step = 0; step < steps; ++step) {
            m_now = m_now.addMSecs(m_random.bounded(3000));
            change();
            network(true);
        }
        for (int step = 0; step < 200; ++step) { // a healthy end
            m_now = m_now.addSecs(70);
            network(false);
        }
    }

    ModelServer server;
    QMap<QString, QString> store; // as ModelServer::truth()
    int relists = 0;

private:
    int chance(int percent) { return m_random.bounded(100) < percent; }

    void change()
    {
        const QString name = u"o%1"_s.arg(m_random.bounded(12));
        if (chance(50))
            server.put(name);
        else if (chance(50))
            server.drop(name);
        else if (chance(30)) { // and made anew under its name before anybody looks
            server.drop(name);
            server.put(name);
        }
        if (chance(4))
            server.compact();
    }

    void network(bool isFaulty)
    {
        if (m_list)
            answerList(isFaulty);
        else if (m_watch)
            feedWatch(isFaulty);
        else if (m_timer)
            take(m_machine.timerFired(m_now));
    }

    void answerList(bool isFaulty)
    {
        const reflect::SendList asked = *std::exchange(m_list, std::nullopt);
        if (isFaulty && chance(20))
            return take(m_machine.listFailed(
                error(chance(50) ? Error::Kind::Unreachable : Error::Kind::Server, chance(50) ? 500 : 0),
                m_now));
        if (!asked.continueToken.isEmpty() && isFaulty && chance(40))
            return take(m_machine.listFailed(error(Error::Kind::Expired, 410), m_now));
        // Pages are a snapshot of the first one's moment, as etcd gives them.
        if (asked.continueToken.isEmpty()) {
            m_snapshot = server.list();
            m_snapshotVersion = server.version;
        }
        const int from = asked.continueToken.toInt();
        const int size = asked.limit > 0 ? 3 : int(m_snapshot.size());
        ListPage page;
        page.items = m_snapshot.mid(from, size);
        page.resourceVersion = QString::number(m_snapshotVersion);
        if (from + size < m_snapshot.size())
            page.continueToken = QString::number(from + size);
        take(m_machine.pageArrived(page, m_now));
    }

    // The objects of one moment, then the bookmark that says so; a fault may come anywhere in between.
    void feedInitialEvents(bool isFaulty)
    {
        if (!m_serverStreams)
            return end(error(Error::Kind::Invalid, 422));
        if (m_watchVersion > 0 && m_watchVersion < server.oldest
            && chance(50)) // not older than: any newer state will do
            return end(error(Error::Kind::Expired, 410));
        for (const Object &listed : server.list()) {
            if (isFaulty && chance(3))
                return end(chance(50) ? std::optional<Error>(error(Error::Kind::Unreachable)) : std::nullopt);
            WatchEvent added;
            added.type = WatchEvent::Type::Added;
            added.object = listed;
            take(m_machine.eventArrived(added, m_now));
        }
        m_watchVersion = server.version;
        m_watch->withInitialEvents = false;
        WatchEvent last = seen(WatchEvent::Type::Bookmark, {}, server.version);
        last.endsInitialEvents = true;
        take(m_machine.eventArrived(last, m_now));
    }

    void feedWatch(bool isFaulty)
    {
        if (m_watch->withInitialEvents && !chance(30))
            return feedInitialEvents(isFaulty);
        if (m_watch->withInitialEvents)
            return isFaulty && chance(30) ? end(error(Error::Kind::Unreachable))
                                          : take(m_machine.timerFired(m_now));
        if (isFaulty && chance(10))
            return end(error(Error::Kind::Unreachable));
        if (isFaulty && chance(5))
            return end(error(Error::Kind::TooManyRequests, 429, 1));
        if (isFaulty && chance(5))
            return end(std::nullopt);
        if (m_watchVersion < server.oldest) {
            if (chance(50))
                return end(error(Error::Kind::Expired, 410));
            m_watch.reset();
            return take(m_machine.eventArrived(failed(Error::Kind::Expired, 410), m_now));
        }
        take(m_machine.watchAnswered(m_now));
        const QList<ModelServer::Change> log = server.log;
        for (const ModelServer::Change &change : log) {
            if (change.version <= m_watchVersion)
                continue;
            if (isFaulty && chance(20))
                return; // the rest comes later, or after a cut
            m_watchVersion = change.version;
            take(m_machine.eventArrived(change.event, m_now));
        }
        m_watchVersion = server.version;
        if (chance(30))
            take(m_machine.eventArrived(seen(WatchEvent::Type::Bookmark, {}, server.version), m_now));
    }

    void end(const std::optional<Error> &why)
    {
        m_watch.reset();
        take(m_machine.watchEnded(why, m_now));
    }

    void take(const ReflectorMachine::Actions &actions)
    {
        for (const reflect::Action &action : actions) {
            if (const auto *list = std::get_if<reflect::SendList>(&action)) {
                m_list = *list;
            } else if (const auto *watch = std::get_if<reflect::OpenWatch>(&action)) {
                m_watch = *watch;
                m_watchVersion = watch->resourceVersion.toInt();
            } else if (std::holds_alternative<reflect::Abort>(action)) {
                m_list.reset();
                m_watch.reset();
            } else if (std::holds_alternative<reflect::StartTimer>(action)) {
                m_timer = true;
            } else if (std::holds_alternative<reflect::StopTimer>(action)) {
                m_timer = false;
            } else if (const auto *all = std::get_if<reflect::ReplaceAll>(&action)) {
                ++relists;
                store.clear();
                for (const Object &listed : all->objects)
                    store.insert(listed.name, ModelServer::identity(listed));
            } else if (const auto *upsert = std::get_if<reflect::Upsert>(&action)) {
                store.insert(upsert->object.name, ModelServer::identity(upsert->object));
            } else if (const auto *remove = std::get_if<reflect::Remove>(&action)) {
                store.remove(remove->key);
            }
        }
    }

    QRandomGenerator m_random;
    ReflectorMachine m_machine;
    QDateTime m_now = noon;
    std::optional<reflect::SendList> m_list;
    std::optional<reflect::OpenWatch> m_watch;
    int m_watchVersion = 0, m_snapshotVersion = 0;
    QList<Object> m_snapshot;
    bool m_timer = false;
    bool m_serverStreams = true;
};

} // namespace

class ReflectorMachineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFirstStateIsStreamedAndTheSameWatchGoesOn()
    {
        ReflectorMachine machine([] { return 0.0; }, Streamed);
        const auto started = machine.start(noon);
        QVERIFY(!find<reflect::SendList>(started));
        QVERIFY(find<reflect::OpenWatch>(started)->withInitialEvents);
        QCOMPARE(find<reflect::OpenWatch>(started)->resourceVersion, QString());
        QCOMPARE(machine.state().phase, WatchState::Phase::Listing);
        QVERIFY(machine.eventArrived(seen(WatchEvent::Type::Added, u"b"_s, 9), noon).empty()); // nothing half
        machine.eventArrived(seen(WatchEvent::Type::Added, u"a"_s, 3), noon);
        machine.eventArrived(seen(WatchEvent::Type::Deleted, u"b"_s, 12), noon);
        QCOMPARE(machine.state().listed, 1);
        QVERIFY(
            machine.eventArrived(seen(WatchEvent::Type::Bookmark, {}, 13), noon).empty()); // an ordinary one
        WatchEvent last = seen(WatchEvent::Type::Bookmark, {}, 14);
        last.endsInitialEvents = true;
        const auto done = machine.eventArrived(last, noon);
        QCOMPARE(find<reflect::ReplaceAll>(done)->objects.size(), 1);
        QVERIFY(!find<reflect::OpenWatch>(done)); // the same stream
        QCOMPARE(machine.state().phase, WatchState::Phase::Live);
        QVERIFY(find<reflect::Upsert>(machine.eventArrived(seen(WatchEvent::Type::Added, u"c"_s, 15), noon)));
        QCOMPARE(
            find<reflect::OpenWatch>(machine.watchEnded(std::nullopt, noon.addSecs(400)))->resourceVersion,
            u"15"_s);
    }

    void whatFollowsAFailureOfTheStreamedState_data()
    {
        QTest::addColumn<Error>("why");
        QTest::addColumn<bool>("listsAtOnce");
        QTest::addColumn<bool>("isRemembered");
        QTest::newRow("422: the server is older") << error(Error::Kind::Invalid, 422) << true << true;
        QTest::newRow("403: may list, may not watch") << error(Error::Kind::Forbidden, 403) << true << false;
        QTest::newRow("500") << error(Error::Kind::Server, 500) << true << false;
        QTest::newRow("404: a kind that is not there") << error(Error::Kind::NotFound, 404) << true << false;
        QTest::newRow("refused") << error(Error::Kind::Unreachable) << false << false;
        QTest::newRow("429") << error(Error::Kind::TooManyRequests, 429) << false << false;
        QTest::newRow("401") << error(Error::Kind::Unauthorized, 401) << false << false;
        QTest::newRow("no credentials") << error(Error::Kind::Config) << false << false;
    }

    void whatFollowsAFailureOfTheStreamedState()
    {
        QFETCH(Error, why);
        QFETCH(bool, listsAtOnce);
        QFETCH(bool, isRemembered);
        ReflectorMachine machine([] { return 0.0; }, Streamed);
        machine.start(noon);
        const auto actions = machine.watchEnded(why, noon);
        QCOMPARE(find<reflect::SendList>(actions) != nullptr, listsAtOnce);
        QCOMPARE(find<reflect::StreamsNoLists>(actions) != nullptr, isRemembered);
        QCOMPARE(machine.state().phase,
                 listsAtOnce ? WatchState::Phase::Listing : WatchState::Phase::Waiting);
    }

    // client-go lists after a very short watch and after each error that does not pass by itself.
    void aStreamedStateThatEndsTooSoonIsListed_data()
    {
        QTest::addColumn<bool>("afterAnEvent");
        QTest::addColumn<std::optional<Error>>("why");
        QTest::addColumn<int>("streams"); // until it is listed
        const auto cut = error(Error::Kind::Unreachable);
        QTest::newRow("ended before anything came") << false << std::optional<Error>() << 1;
        QTest::newRow("ended after an event") << true << std::optional<Error>() << 1;
        QTest::newRow("500 after an event") << true << std::optional(error(Error::Kind::Server, 500)) << 1;
        QTest::newRow("no event of ours after one")
            << true << std::optional(error(Error::Kind::Protocol)) << 1;
        QTest::newRow("cut after an event, each time") << true << std::optional(cut) << 2;
        QTest::newRow("cut before anything came") << false << std::optional(cut) << 0; // the server is away
    }

    void aStreamedStateThatEndsTooSoonIsListed()
    {
        QFETCH(bool, afterAnEvent);
        QFETCH(std::optional<Error>, why);
        QFETCH(int, streams);
        ReflectorMachine machine([] { return 0.0; }, Streamed);
        machine.start(noon);
        QDateTime now = noon;
        for (int number = 1; number <= 3; ++number) {
            if (afterAnEvent)
                machine.eventArrived(seen(WatchEvent::Type::Added, u"a"_s, 3), now);
            const auto ended = machine.watchEnded(why, now);
            QCOMPARE(find<reflect::SendList>(ended) != nullptr, number == streams);
            if (number == streams)
                return;
            now = now.addSecs(120);
            QVERIFY(find<reflect::OpenWatch>(machine.timerFired(now))->withInitialEvents);
        }
        QCOMPARE(streams, 0);
    }

    void aStreamedStateThatNeverEndsIsListed()
    {
        ReflectorMachine machine([] { return 0.0; }, Streamed);
        machine.start(noon);
        machine.eventArrived(seen(WatchEvent::Type::Added, u"a"_s, 3), noon.addSecs(5));
        const auto patient = machine.timerFired(noon.addSecs(10)); // objects are still coming
        QVERIFY(!find<reflect::SendList>(patient));
        QCOMPARE(find<reflect::StartTimer>(patient)->pause, 5000ms);
        const auto enough = machine.timerFired(noon.addSecs(15));
        QVERIFY(find<reflect::Abort>(enough) && find<reflect::SendList>(enough)
                && find<reflect::StreamsNoLists>(enough));
    }

    // An answer that has not begun says nothing about what the server knows: only this kind is listed.
    void aSlowFirstAnswerTurnsStreamingOffForNobodyElse()
    {
        ReflectorMachine machine([] { return 0.0; }, Streamed);
        machine.start(noon);
        const auto actions = machine.timerFired(noon.addSecs(10));
        QVERIFY(find<reflect::Abort>(actions) && find<reflect::SendList>(actions));
        QVERIFY(!find<reflect::StreamsNoLists>(actions));
    }

    void aStreamedStateFromAVersionThatIsGoneStartsFromNone()
    {
        ReflectorMachine machine([] { return 0.0; }, Streamed);
        machine.start(noon);
        WatchEvent last = seen(WatchEvent::Type::Bookmark, {}, 14);
        last.endsInitialEvents = true;
        machine.eventArrived(last, noon);
        machine.eventArrived(seen(WatchEvent::Type::Added, u"c"_s, 15), noon);
        const auto again = machine.eventArrived(failed(Error::Kind::Expired, 410), noon.addSecs(5));
        QCOMPARE(find<reflect::OpenWatch>(again)->resourceVersion, u"15"_s);
        QVERIFY(find<reflect::OpenWatch>(again)->withInitialEvents);
        const auto fromNone = machine.watchEnded(error(Error::Kind::Expired, 410), noon.addSecs(6));
        QCOMPARE(find<reflect::OpenWatch>(fromNone)->resourceVersion, QString());
        // "0" would be answered from a cache, which may lag behind what is shown.
        const auto listed = machine.watchEnded(error(Error::Kind::Server, 500), noon.addSecs(7));
        QCOMPARE(find<reflect::SendList>(listed)->resourceVersion, QString());
    }

    void aRefreshThatCannotBeStreamedIsListedAsItIsNow()
    {
        ReflectorMachine machine([] { return 0.0; }, Streamed);
        machine.start(noon);
        WatchEvent last = seen(WatchEvent::Type::Bookmark, {}, 14);
        last.endsInitialEvents = true;
        machine.eventArrived(last, noon);
        machine.refresh(noon.addSecs(5));
        const auto listed = machine.watchEnded(error(Error::Kind::Server, 500), noon.addSecs(6));
        QCOMPARE(find<reflect::SendList>(listed)->resourceVersion, QString());
    }

    void anotherClusterAtTheSameAddressIsReadAfresh()
    {
        ReflectorMachine machine = watching();
        const auto actions = machine.restart(noon);
        QVERIFY(find<reflect::Abort>(actions));
        QCOMPARE(find<reflect::SendList>(actions)->resourceVersion,
                 u"0"_s); // not 10, which that cluster has not reached yet
        ReflectorMachine idle([] { return 0.0; }, Listed);
        QVERIFY(idle.restart(noon).empty());
    }

    void theProgressOfALongListIsState()
    {
        ReflectorMachine machine([] { return 0.0; }, Listed);
        machine.start(noon);
        const auto page = machine.pageArrived({{object(u"a"_s, 1)}, u"50"_s, u"next"_s, 1499}, noon);
        QVERIFY(find<reflect::Publish>(page));
        QCOMPARE(machine.state().listed, 1);
        QCOMPARE(machine.state().remaining, 1499);
    }

    // Who shows rows does not wait for the last page; who judges waits for the whole.
    void theFirstStateIsToldInPartsWhereThatIsWanted()
    {
        const auto upserts = [](const ReflectorMachine::Actions &actions) {
            return std::count_if(actions.begin(), actions.end(), [](const reflect::Action &action) {
                return std::holds_alternative<reflect::Upsert>(action);
            });
        };
        ReflectorMachine listing([] { return 0.0; }, Listed);
        listing.tellParts();
        listing.start(noon);
        const auto first =
            listing.pageArrived({{object(u"a"_s, 1), object(u"b"_s, 2)}, u"50"_s, u"next"_s}, noon);
        QCOMPARE(upserts(first), 2);
        QVERIFY(find<reflect::SendList>(first) && !find<reflect::ReplaceAll>(first));
        const auto last = listing.pageArrived({{object(u"c"_s, 3)}, u"50"_s, {}}, noon);
        QCOMPARE(find<reflect::ReplaceAll>(last)->objects.size(), 3);
        listing.refresh(noon.addSecs(60)); // what is there stays as it is until the whole is
        QCOMPARE(upserts(listing.pageArrived({{object(u"d"_s, 4)}, u"60"_s, u"next"_s}, noon)), 0);
        ReflectorMachine streaming([] { return 0.0; }, Streamed);
        streaming.tellParts();
        streaming.start(noon);
        QCOMPARE(upserts(streaming.eventArrived(seen(WatchEvent::Type::Added, u"a"_s, 9), noon)), 1);
        QCOMPARE(upserts(streaming.eventArrived(seen(WatchEvent::Type::Deleted, u"a"_s, 10), noon)), 0);
        WatchEvent end = seen(WatchEvent::Type::Bookmark, {}, 14);
        end.endsInitialEvents = true;
        QVERIFY(find<reflect::ReplaceAll>(streaming.eventArrived(end, noon)));
    }

    void theFirstListIsPagedAndMayBeCached()
    {
        ReflectorMachine machine([] { return 0.0; }, Listed);
        const auto started = machine.start(noon);
        QVERIFY(find<reflect::SendList>(started));
        QCOMPARE(*find<reflect::SendList>(started), (reflect::SendList{u"0"_s, {}, 500}));
        QCOMPARE(machine.state().phase, WatchState::Phase::Listing);
        const auto second = machine.pageArrived({{object(u"a"_s, 1)}, u"50"_s, u"next"_s}, noon);
        QCOMPARE(*find<reflect::SendList>(second), (reflect::SendList{{}, u"next"_s, 500}));
        QVERIFY(!find<reflect::ReplaceAll>(second)); // nothing half
        const auto last = machine.pageArrived({{object(u"b"_s, 2)}, u"50"_s, {}}, noon);
        QCOMPARE(find<reflect::ReplaceAll>(last)->objects.size(), 2);
        QCOMPARE(find<reflect::OpenWatch>(last)->resourceVersion, u"50"_s);
        QCOMPARE(machine.state().phase, WatchState::Phase::Live);
    }

    void aPageThatHasExpiredAsksForEverythingAtOnce()
    {
        ReflectorMachine machine([] { return 0.0; }, Listed);
        machine.start(noon);
        machine.pageArrived({{object(u"a"_s, 1)}, u"50"_s, u"next"_s}, noon);
        const auto actions = machine.listFailed(error(Error::Kind::Expired, 410), noon);
        QCOMPARE(*find<reflect::SendList>(actions), (reflect::SendList{u"0"_s, {}, 0}));
        const auto done = machine.pageArrived({{object(u"b"_s, 2)}, u"60"_s, {}}, noon);
        QCOMPARE(find<reflect::ReplaceAll>(done)->objects.size(), 1); // the first page is forgotten
        QCOMPARE(find<reflect::OpenWatch>(done)->resourceVersion, u"60"_s);
    }

    void watchesAreSpreadOver300To600Seconds()
    {
        for (const double random : {0.0, 0.5, 0.999}) {
            ReflectorMachine machine([random] { return random; }, Listed);
            machine.start(noon);
            const auto actions = machine.pageArrived({{}, u"1"_s, {}}, noon);
            const int seconds = find<reflect::OpenWatch>(actions)->timeoutSeconds;
            QVERIFY(seconds >= 300 && seconds < 600);
            QCOMPARE(find<reflect::StartTimer>(machine.watchAnswered(noon))->pause,
                     std::chrono::seconds(seconds + 30));
        }
    }

    void eventsChangeTheStoreAndThenTheVersion()
    {
        ReflectorMachine machine = watching();
        QCOMPARE(find<reflect::Upsert>(machine.eventArrived(seen(WatchEvent::Type::Added, u"b"_s, 11), noon))
                     ->object.name,
                 u"b"_s);
        QCOMPARE(
            find<reflect::Remove>(machine.eventArrived(seen(WatchEvent::Type::Deleted, u"a"_s, 12), noon))
                ->key,
            u"a"_s);
        QVERIFY(machine.eventArrived(seen(WatchEvent::Type::Bookmark, {}, 40), noon).empty());
        const auto again = machine.watchEnded(std::nullopt, noon.addSecs(400));
        QCOMPARE(find<reflect::OpenWatch>(again)->resourceVersion, u"40"_s);
        QVERIFY(!find<reflect::SendList>(again));
        QCOMPARE(machine.state().phase, WatchState::Phase::Live);
    }

    // The first events of a watch from no version are objects that were there, in any order (facts §1.5.5).
    void versionsOfObjectsThatWereThereAreNotThePlaceToGoOn()
    {
        ReflectorMachine machine([] { return 0.0; }, Listed);
        machine.start(noon);
        machine.pageArrived({{}, {}, {}}, noon); // a list without a version
        machine.watchAnswered(noon);
        QVERIFY(find<reflect::Upsert>(machine.eventArrived(seen(WatchEvent::Type::Added, u"x"_s, 50), noon)));
        QVERIFY(find<reflect::Upsert>(machine.eventArrived(seen(WatchEvent::Type::Added, u"y"_s, 7), noon)));
        QCOMPARE(machine.lastVersion(), QString());
        const auto cut = machine.watchEnded(error(Error::Kind::Unreachable), noon.addSecs(5));
        QVERIFY(
            !find<reflect::OpenWatch>(cut)); // from nowhere it would never tell of what has gone meanwhile
        QCOMPARE(find<reflect::SendList>(cut)->resourceVersion, u"0"_s);
        machine.pageArrived({{object(u"x"_s, 50)}, u"0"_s, {}}, noon.addSecs(6));
        machine.watchAnswered(noon.addSecs(6));
        machine.eventArrived(seen(WatchEvent::Type::Added, u"y"_s, 7), noon.addSecs(6));
        machine.eventArrived(seen(WatchEvent::Type::Modified, u"y"_s, 60), noon.addSecs(7));
        machine.eventArrived(seen(WatchEvent::Type::Added, u"z"_s, 61), noon.addSecs(8));
        const auto again = machine.watchEnded(error(Error::Kind::Unreachable), noon.addSecs(9));
        QCOMPARE(find<reflect::OpenWatch>(again)->resourceVersion, u"61"_s);
    }

    void foreignObjectsAreSkipped()
    {
        ReflectorMachine machine = watching();
        WatchEvent table;
        table.type = WatchEvent::Type::Foreign;
        QVERIFY(machine.eventArrived(table, noon).empty());
    }

    void whatFollowsAFailureOfTheWatch_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("httpStatus");
        QTest::addColumn<int>("livedMs");
        QTest::addColumn<QString>("next"); // "watch", "list", "wait, watch", "wait, list"
        using Kind = Error::Kind;
        QTest::newRow("cut after a while: on from the last version")
            << int(Kind::Unreachable) << 0 << 5000 << u"watch"_s;
        QTest::newRow("cut at once") << int(Kind::Unreachable) << 0 << 10 << u"wait, watch"_s;
        QTest::newRow("429 does not relist") << int(Kind::TooManyRequests) << 429 << 10 << u"wait, watch"_s;
        QTest::newRow("410, nothing seen since the list")
            << int(Kind::Expired) << 410 << 10 << u"wait, list"_s;
        QTest::newRow("forbidden now") << int(Kind::Forbidden) << 403 << 10 << u"wait, list"_s;
        QTest::newRow("gone kind") << int(Kind::NotFound) << 404 << 10 << u"wait, list"_s;
        QTest::newRow("unreadable event") << int(Kind::Protocol) << 0 << 5000 << u"wait, list"_s;
    }

    // An ERROR event within a stream that was answered 200.
    void whatFollowsAnErrorInsideTheWatch_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("next");
        using Kind = Error::Kind;
        QTest::newRow("429 does not relist") << int(Kind::TooManyRequests) << 429 << u"watch"_s;
        // A server that cannot read an event of its log would say so for ever (client-go's MaxInternalErrorRetryDuration is 0).
        QTest::newRow("500: the state by a list") << int(Kind::Server) << 500 << u"list"_s;
        QTest::newRow("503: the state by a list") << int(Kind::Server) << 503 << u"list"_s;
        QTest::newRow("a refusal") << int(Kind::Invalid) << 422 << u"list"_s;
    }
    void whatFollowsAnErrorInsideTheWatch()
    {
        QFETCH(int, kind);
        QFETCH(int, status);
        QFETCH(QString, next);
        ReflectorMachine machine = watching();
        machine.watchAnswered(noon);
        machine.eventArrived(seen(WatchEvent::Type::Modified, u"a"_s, 12), noon);
        auto actions = machine.eventArrived(failed(Error::Kind(kind), status), noon.addSecs(5));
        QVERIFY(find<reflect::Abort>(actions)); // the stream is of no more use
        QVERIFY(!find<reflect::SendList>(actions) && !find<reflect::OpenWatch>(actions));
        QCOMPARE(machine.state().phase, WatchState::Phase::Waiting);
        QCOMPARE(machine.state().error.message, u"why"_s);
        actions = machine.timerFired(machine.state().retryAt);
        if (next == "watch"_L1)
            QCOMPARE(find<reflect::OpenWatch>(actions)->resourceVersion, u"12"_s);
        else
            QCOMPARE(find<reflect::SendList>(actions)->resourceVersion, u"12"_s);
    }

    void whatFollowsAFailureOfTheWatch()
    {
        QFETCH(int, kind);
        QFETCH(int, httpStatus);
        QFETCH(int, livedMs);
        QFETCH(QString, next);
        ReflectorMachine machine = watching();
        const QDateTime then = noon.addMSecs(livedMs);
        auto actions = machine.watchEnded(error(Error::Kind(kind), httpStatus), then);
        if (next.startsWith(u"wait")) {
            QCOMPARE(machine.state().phase, WatchState::Phase::Waiting);
            QCOMPARE(machine.state().error.message, u"why"_s);
            QCOMPARE(find<reflect::StartTimer>(actions)->pause,
                     std::chrono::milliseconds(1200)); // 0.8 s and half of it
            QCOMPARE(machine.state().retryAt, then.addMSecs(1200));
            QVERIFY(!find<reflect::SendList>(actions) && !find<reflect::OpenWatch>(actions));
            actions = machine.timerFired(machine.state().retryAt);
        }
        if (next.endsWith(u"watch"))
            QCOMPARE(find<reflect::OpenWatch>(actions)->resourceVersion, u"10"_s);
        else
            QCOMPARE(find<reflect::SendList>(actions)->resourceVersion, u"10"_s);
    }

    // The lists are allowed, so what they say is shown, and it is not called live.
    void whoMayListButNotWatchIsShownLists()
    {
        ReflectorMachine machine([] { return 0.0; }, Streamed);
        machine.start(noon);
        const Error refused = error(Error::Kind::Forbidden, 403);
        machine.watchEnded(refused, noon);
        machine.pageArrived({{object(u"a"_s, 10)}, u"10"_s, {}}, noon);
        QDateTime now = noon;
        for (int round = 1; round <= 8; ++round) {
            machine.watchEnded(refused, now);
            QCOMPARE(machine.state().phase, WatchState::Phase::Waiting);
            QVERIFY(machine.state().isListedOnly);
            const auto pause = now.secsTo(machine.state().retryAt);
            QVERIFY2(pause <= 30 && (round < 8 || pause == 30), qPrintable(QString::number(pause)));
            now = machine.state().retryAt;
            QVERIFY(find<reflect::SendList>(machine.timerFired(now)));
            const auto listed = machine.pageArrived({{object(u"b"_s, 10 + round)}, u"20"_s, {}}, now);
            QCOMPARE(find<reflect::ReplaceAll>(listed)->objects.size(), 1);
            QVERIFY(!find<reflect::Publish>(listed));
            QVERIFY(find<reflect::OpenWatch>(listed)); // the right may have come
            QCOMPARE(machine.state().lastEvent, now);
        }
        machine.watchAnswered(now);
        QCOMPARE(machine.state().phase, WatchState::Phase::Live);
        QVERIFY(!machine.state().isListedOnly);
    }

    void whoMayNotListEitherIsNotListed()
    {
        ReflectorMachine machine([] { return 0.0; }, Listed);
        machine.start(noon);
        machine.pageArrived({{object(u"a"_s, 10)}, u"10"_s, {}}, noon);
        machine.watchEnded(error(Error::Kind::Forbidden, 403), noon);
        machine.timerFired(machine.state().retryAt);
        machine.listFailed(error(Error::Kind::Forbidden, 403), noon);
        QVERIFY(!machine.state().isListedOnly);
    }

    void aRunningStreamThatExpiresIsListedAtOnceFromTheLastVersion()
    {
        ReflectorMachine machine = watching();
        machine.eventArrived(seen(WatchEvent::Type::Added, u"b"_s, 11), noon);
        const auto actions = machine.eventArrived(failed(Error::Kind::Expired, 410), noon);
        QVERIFY(find<reflect::Abort>(actions));
        QCOMPARE(*find<reflect::SendList>(actions), (reflect::SendList{u"11"_s, {}, 0}));
    }

    void aVersionThatIsTooOldOrTooNewIsListedAfresh_data()
    {
        QTest::addColumn<bool>("tooNew");
        QTest::newRow("410") << false;
        QTest::newRow("504 too large") << true;
    }

    void aVersionThatIsTooOldOrTooNewIsListedAfresh()
    {
        QFETCH(bool, tooNew);
        ReflectorMachine machine = watching();
        machine.eventArrived(seen(WatchEvent::Type::Added, u"b"_s, 11), noon);
        machine.eventArrived(failed(Error::Kind::Expired, 410), noon);
        Error why = error(tooNew ? Error::Kind::Timeout : Error::Kind::Expired, tooNew ? 504 : 410);
        if (tooNew)
            why.causes.append({u"ResourceVersionTooLarge"_s, {}, {}});
        QCOMPARE(*find<reflect::SendList>(machine.listFailed(why, noon)), (reflect::SendList{{}, {}, 500}));
        const auto second = machine.listFailed(why, noon); // not for ever
        QVERIFY(!find<reflect::SendList>(second));
        QCOMPARE(machine.state().phase, WatchState::Phase::Waiting);
    }

    void aServerThatExpiresEverythingIsNotHammered()
    {
        ReflectorMachine machine = watching();
        machine.eventArrived(seen(WatchEvent::Type::Added, u"b"_s, 11), noon);
        machine.eventArrived(failed(Error::Kind::Expired, 410), noon); // lists at once
        machine.pageArrived({{}, u"12"_s, {}}, noon);
        const auto actions =
            machine.eventArrived(failed(Error::Kind::Expired, 410), noon); // again, without any event
        QVERIFY(find<reflect::StartTimer>(actions));
        QCOMPARE(machine.state().phase, WatchState::Phase::Waiting);
    }

    // It has forgotten the version meanwhile, and the pauses between tries are long by then.
    void aServerThatIsBackAfterAnOutageIsListedSoon()
    {
        ReflectorMachine machine = watching();
        QDateTime now = noon;
        std::chrono::milliseconds pause{};
        const auto waits = [&](const ReflectorMachine::Actions &actions) {
            const auto *timer = find<reflect::StartTimer>(actions);
            pause = timer ? timer->pause : 0ms;
            now = now.addMSecs(pause.count());
        };
        for (int i = 0; i < 10; ++i) {
            waits(machine.watchEnded(error(Error::Kind::Unreachable), now));
            QVERIFY(find<reflect::OpenWatch>(machine.timerFired(now)));
        }
        QVERIFY(pause >= 30s);
        waits(machine.watchEnded(error(Error::Kind::Expired, 410), now));
        QVERIFY2(pause <= 2s, QByteArray::number(qint64(pause.count())).constData());
        for (const auto expected :
             {2400ms, 4800ms, 9600ms}) { // if each of its lists expires at once, none of that
            QVERIFY(find<reflect::SendList>(machine.timerFired(now)));
            machine.pageArrived({{}, u"12"_s, {}}, now);
            waits(machine.eventArrived(failed(Error::Kind::Expired, 410), now));
            QCOMPARE(pause, expected);
        }
    }

    void aServerThatExpiresEachListIsAskedWithGrowingPauses_data()
    {
        QTest::addColumn<bool>("isStreamed");
        QTest::addColumn<qint64>("livedMs"); // each watch, until it is told that its version has expired
        QTest::addColumn<QList<qint64>>("pauses");
        const QList<qint64> growing{800, 1600, 3200, 6400}, first{800, 800, 800, 800};
        const qint64 healthy = qint64(Backoff::HealthyAfter.count()) + 1;
        QTest::newRow("listed, at once") << false << qint64(0) << growing;
        QTest::newRow("listed, after 1.1 s") << false << qint64(1100) << growing;
        QTest::newRow("listed, after a long watch") << false << healthy << first;
        QTest::newRow("streamed, at once") << true << qint64(0) << growing;
        QTest::newRow("streamed, after 1.1 s") << true << qint64(1100) << growing;
        QTest::newRow("streamed, after a long watch") << true << healthy << first;
    }

    void aServerThatExpiresEachListIsAskedWithGrowingPauses()
    {
        QFETCH(const bool, isStreamed);
        QFETCH(const qint64, livedMs);
        QFETCH(const QList<qint64>, pauses);
        ReflectorMachine machine([] { return 0.0; }, isStreamed ? Streamed : Listed);
        QDateTime now = noon;
        auto actions = machine.start(now);
        QList<qint64> waited;
        for (qsizetype i = 0; i < pauses.size(); ++i) {
            if (isStreamed) {
                QVERIFY(find<reflect::OpenWatch>(actions)->withInitialEvents);
                WatchEvent last = seen(WatchEvent::Type::Bookmark, {}, 12);
                last.endsInitialEvents = true;
                machine.eventArrived(last, now);
            } else {
                QVERIFY(find<reflect::SendList>(actions));
                machine.pageArrived({{object(u"a"_s, 10)}, u"12"_s, {}}, now);
                machine.watchAnswered(now);
            }
            now = now.addMSecs(livedMs);
            const auto ended = machine.eventArrived(failed(Error::Kind::Expired, 410), now);
            const auto *timer = find<reflect::StartTimer>(ended);
            QVERIFY(timer);
            waited.append(qint64(timer->pause.count()));
            now = now.addMSecs(waited.last());
            actions = machine.timerFired(now);
        }
        QCOMPARE(waited, pauses);
    }

    void watchesThatEndAtOnceFallBackToLists()
    {
        ReflectorMachine machine = watching();
        machine.watchEnded(std::nullopt, noon.addMSecs(500));
        QCOMPARE(machine.state().phase, WatchState::Phase::Waiting);
        QVERIFY(find<reflect::SendList>(machine.timerFired(noon.addSecs(2))));
        ReflectorMachine other = watching(); // an event makes a short watch a good one
        other.eventArrived(seen(WatchEvent::Type::Added, u"b"_s, 11), noon);
        QVERIFY(find<reflect::OpenWatch>(other.watchEnded(std::nullopt, noon.addMSecs(500))));
    }

    // Whatever is not newer than all before it says nothing: a server may repeat it for ever.
    void aWatchThatRepeatsItselfIsOpenedWithGrowingPauses_data()
    {
        QTest::addColumn<QList<int>>("versions"); // of its events, each time
        QTest::addColumn<QString>("listed");      // version
        QTest::addColumn<QString>("end");
        for (const char *end : {"ended", "cut", "expired"}) {
            const QString how = QString::fromLatin1(end);
            QTest::addRow("the same event, %s", end) << QList<int>{11} << u"10"_s << how;
            QTest::addRow("the listed version, %s", end) << QList<int>{10} << u"10"_s << how;
            QTest::addRow("two in turn, %s", end) << QList<int>{12, 11} << u"10"_s << how;
            QTest::addRow("no version to watch from, %s", end) << QList<int>{11, 12} << QString() << how;
        }
    }
    void aWatchThatRepeatsItselfIsOpenedWithGrowingPauses()
    {
        QFETCH(const QList<int>, versions);
        QFETCH(const QString, listed);
        QFETCH(const QString, end);
        ReflectorMachine machine([] { return 0.0; }, Listed);
        QDateTime now = noon;
        QList<qint64> pauses;
        auto actions = machine.start(now);
        for (int requests = 0; pauses.size() < 4; ++requests) {
            QVERIFY2(requests < 20, "it is asked again and again without a pause");
            if (find<reflect::SendList>(actions)) {
                actions = machine.pageArrived({{object(u"a"_s, 10)}, listed, {}}, now);
                continue;
            }
            QVERIFY(find<reflect::OpenWatch>(actions));
            machine.watchAnswered(now);
            for (const int version : versions)
                machine.eventArrived(seen(WatchEvent::Type::Added, u"b"_s, version), now);
            if (end == "ended"_L1)
                actions = machine.watchEnded(std::nullopt, now);
            else if (end == "cut"_L1)
                actions = machine.watchEnded(error(Error::Kind::Unreachable), now);
            else
                actions = machine.eventArrived(failed(Error::Kind::Expired, 410), now);
            const auto *timer = find<reflect::StartTimer>(actions);
            if (machine.state().phase != WatchState::Phase::Waiting)
                continue;
            QVERIFY(timer);
            pauses.append(qint64(timer->pause.count()));
            now = now.addMSecs(pauses.last());
            actions = machine.timerFired(now);
        }
        QCOMPARE(pauses, (QList<qint64>{800, 1600, 3200, 6400}));
    }

    void pausesGrowTo30SecondsWithJitterAndStartAnewAfterHealth()
    {
        Backoff even([] { return 0.0; });
        QList<qint64> pauses;
        for (int i = 0; i < 8; ++i)
            pauses.append(even.next(noon.addSecs(i * 30)).count());
        QCOMPARE(pauses, (QList<qint64>{800, 1600, 3200, 6400, 12800, 25600, 30000, 30000}));
        QCOMPARE(even.next(noon.addSecs(7 * 30 + 121)).count(), 800);
        Backoff stretched([] { return 0.999; });
        QVERIFY(stretched.next(noon).count() > 1500 && stretched.next(noon).count() > 3100);
    }

    void theServersRetryAfterIsRespected()
    {
        ReflectorMachine machine = watching();
        const auto actions = machine.watchEnded(error(Error::Kind::TooManyRequests, 429, 20), noon);
        QCOMPARE(find<reflect::StartTimer>(actions)->pause, std::chrono::milliseconds(20'000));
    }

    void waitingLastsUntilTheServerAnswers()
    {
        ReflectorMachine machine = watching();
        machine.watchEnded(error(Error::Kind::Unreachable), noon);
        QVERIFY(find<reflect::OpenWatch>(machine.timerFired(noon.addSecs(2))));
        QCOMPARE(machine.state().phase, WatchState::Phase::Waiting); // what is shown is old until then
        QCOMPARE(machine.state().since, noon);
        machine.watchAnswered(noon.addSecs(3));
        QCOMPARE(machine.state().phase, WatchState::Phase::Live);
        QCOMPARE(machine.state().since, noon.addSecs(3));
        QVERIFY(machine.state().error.message.isEmpty());
    }

    void retryNowDoesNotWait()
    {
        ReflectorMachine machine([] { return 0.0; }, Listed);
        machine.start(noon);
        machine.listFailed(error(Error::Kind::Unreachable), noon);
        QCOMPARE(machine.state().phase, WatchState::Phase::Waiting);
        const auto actions = machine.retryNow(noon);
        QVERIFY(find<reflect::StopTimer>(actions));
        QVERIFY(find<reflect::SendList>(actions));
        QVERIFY(machine.retryNow(noon).empty());
    }

    // Whoever asks for all of it gets it as it is now, not the news alone; what is read already is not read twice.
    void refreshAsksForAllOfItAnew()
    {
        ReflectorMachine machine = watching();
        const auto actions = machine.refresh(noon.addSecs(5));
        QVERIFY(find<reflect::Abort>(actions));
        QVERIFY(find<reflect::StopTimer>(actions));
        QVERIFY(!find<reflect::ReplaceAll>(actions)); // what is shown stays until then
        const auto *list = find<reflect::SendList>(actions);
        QVERIFY(list);
        QCOMPARE(list->resourceVersion, QString()); // the newest, not what a cache has
        QCOMPARE(machine.state().phase, WatchState::Phase::Listing);
        QVERIFY(machine.refresh(noon.addSecs(6)).empty());

        ReflectorMachine streaming([] { return 0.0; }, ReflectorMachine::FirstState::Streamed);
        streaming.start(noon);
        QVERIFY(streaming.refresh(noon).empty());
        ReflectorMachine waiting([] { return 0.0; }, Listed);
        waiting.start(noon);
        waiting.listFailed(error(Error::Kind::Unreachable), noon);
        QVERIFY(find<reflect::SendList>(waiting.refresh(noon)));
    }

    void anOverdueWatchIsOpenedAgain()
    {
        ReflectorMachine machine = watching();
        const auto actions = machine.timerFired(noon.addSecs(700));
        QVERIFY(find<reflect::Abort>(actions));
        QCOMPARE(find<reflect::OpenWatch>(actions)->resourceVersion, u"10"_s);
    }

    // Over HTTP/1.1 nobody else would notice that the connection is dead.
    void aSilentWatchThatNobodyAsksForLifeIsOpenedAnew()
    {
        const auto silence = ReflectorMachine::LongestSilence;
        ReflectorMachine machine([] { return 0.5; }, Listed);
        machine.start(noon);
        machine.pageArrived({{object(u"a"_s, 10)}, u"10"_s, {}}, noon);
        const auto answered = machine.watchAnswered(noon, ReflectorMachine::Life::Unasked);
        QVERIFY(find<reflect::StartTimer>(answered)->pause == silence);
        machine.eventArrived(seen(WatchEvent::Type::Added, u"b"_s, 12), noon.addSecs(15));
        const auto patient = machine.timerFired(noon.addMSecs(silence.count()));
        QVERIFY(find<reflect::StartTimer>(patient)->pause == std::chrono::seconds(15));
        QVERIFY(!find<reflect::OpenWatch>(patient));
        const auto enough = machine.timerFired(noon.addSecs(15).addMSecs(silence.count()));
        QVERIFY(find<reflect::Abort>(enough));
        QCOMPARE(find<reflect::OpenWatch>(enough)->resourceVersion, u"12"_s);
        QCOMPARE(machine.state().phase, WatchState::Phase::Live); // nothing has failed
    }

    // At whatever second a connection dies, a new one has been asked for 45 s later; quiet or not, however long it had been quiet.
    void aDeadConnectionIsFoundIn45Seconds_data()
    {
        QTest::addColumn<bool>("isAnswered"); // that it dies after the head
        QTest::newRow("in the watch") << true;
        QTest::newRow("before its head") << false;
    }
    void aDeadConnectionIsFoundIn45Seconds()
    {
        QFETCH(bool, isAnswered);
        for (int diesAt = 0; diesAt < 600; diesAt += 7) {
            ReflectorMachine machine([] { return 0.5; }, Listed);
            machine.start(noon);
            std::optional<QDateTime> timer;
            int opened = 0, second = 0;
            bool isNew = false; // the connection of the last watch
            const auto take = [&](const ReflectorMachine::Actions &actions) {
                if (const auto *started = find<reflect::StartTimer>(actions))
                    timer = noon.addSecs(second).addMSecs(started->pause.count());
                const auto *watch = find<reflect::OpenWatch>(actions);
                opened += watch ? 1 : 0;
                isNew = watch ? watch->onNewConnection : isNew;
                return watch != nullptr;
            };
            bool mustAnswer = take(machine.pageArrived({{object(u"a"_s, 10)}, u"10"_s, {}}, noon));
            for (; second <= diesAt; ++second) { // a quiet kind, with its bookmarks
                const QDateTime now = noon.addSecs(second);
                const bool isLast = second == diesAt && !isAnswered;
                if (std::exchange(mustAnswer, false) && !isLast)
                    take(machine.watchAnswered(now, ReflectorMachine::Life::Unasked));
                if (second % 60 == 59)
                    take(machine.eventArrived(seen(WatchEvent::Type::Bookmark, {}, 11), now));
                if (timer && now >= *timer)
                    mustAnswer = take(machine.timerFired(now));
            }
            const int before = opened, died = second;
            while (opened == before && second < died + 600) {
                ++second;
                if (timer && noon.addSecs(second) >= *timer)
                    take(machine.timerFired(noon.addSecs(second)));
            }
            QVERIFY2(second - died <= 45, qPrintable(u"%1: %2"_s.arg(diesAt).arg(second - died)));
            QVERIFY2(isNew, "another connection of the pool may be as dead");
        }
    }

    // One that was not silent is in no doubt: it goes where there is room.
    void onlyASilentWatchIsFollowedByANewConnection()
    {
        ReflectorMachine machine([] { return 0.5; }, Listed);
        machine.start(noon);
        const auto first = machine.pageArrived({{object(u"a"_s, 10)}, u"10"_s, {}}, noon);
        QVERIFY(!find<reflect::OpenWatch>(first)->onNewConnection);
        machine.watchAnswered(noon, ReflectorMachine::Life::Unasked);
        const auto silent = machine.timerFired(noon.addSecs(40));
        QVERIFY(find<reflect::OpenWatch>(silent)->onNewConnection);
        machine.watchAnswered(noon.addSecs(41), ReflectorMachine::Life::Unasked);
        machine.eventArrived(seen(WatchEvent::Type::Bookmark, {}, 11), noon.addSecs(60));
        const auto ended = machine.watchEnded({}, noon.addSecs(70));
        QVERIFY(!find<reflect::OpenWatch>(ended)->onNewConnection);
    }

    void whatIsNeverAnsweredIsListedMeanwhile()
    {
        ReflectorMachine machine([] { return 0.5; }, Listed);
        machine.start(noon);
        machine.pageArrived({{object(u"a"_s, 10)}, u"10"_s, {}}, noon);
        QVERIFY(find<reflect::OpenWatch>(machine.timerFired(noon.addSecs(40))));
        QCOMPARE(machine.state().phase, WatchState::Phase::Live);
        const auto given = machine.timerFired(noon.addSecs(80));
        QVERIFY(find<reflect::Abort>(given) && !find<reflect::OpenWatch>(given));
        QCOMPARE(machine.state().phase, WatchState::Phase::Waiting);
        QVERIFY(machine.state().error.message.contains(u"does not answer watches"_s));
        QCOMPARE(find<reflect::SendList>(machine.timerFired(noon.addSecs(90)))->resourceVersion, u"10"_s);
    }

    void aStreamedFirstStateIsWatchedForSilenceToo()
    {
        ReflectorMachine machine([] { return 0.0; }, Streamed);
        machine.start(noon);
        machine.watchAnswered(noon, ReflectorMachine::Life::Unasked);
        WatchEvent last = seen(WatchEvent::Type::Bookmark, {}, 14);
        last.endsInitialEvents = true;
        machine.eventArrived(last, noon);
        const auto enough = machine.timerFired(noon.addMSecs(ReflectorMachine::LongestSilence.count()));
        QCOMPARE(find<reflect::OpenWatch>(enough)->resourceVersion, u"14"_s);
    }

    void stoppedItTakesNoMoreNews()
    {
        ReflectorMachine machine = watching();
        const auto stopped = machine.stop(noon);
        QVERIFY(find<reflect::Abort>(stopped) && find<reflect::StopTimer>(stopped));
        QCOMPARE(machine.state().phase, WatchState::Phase::Idle);
        QVERIFY(machine.eventArrived(seen(WatchEvent::Type::Added, u"b"_s, 11), noon).empty());
        QVERIFY(machine.watchEnded(std::nullopt, noon).empty());
        QVERIFY(machine.timerFired(noon).empty());
        QVERIFY(machine.listFailed(error(Error::Kind::Server, 500), noon).empty());
        QCOMPARE(find<reflect::SendList>(machine.start(noon))->resourceVersion, u"10"_s);
    }

    // The README's table beside k9s, which lists a custom resource every two seconds: 300 lists.
    void tenIdleMinutesCostFewRequests_data()
    {
        QTest::addColumn<bool>("isStreamed");
        QTest::addColumn<bool>("isAsked");
        QTest::addColumn<int>("lists");
        QTest::addColumn<int>("watches");
        QTest::newRow("a server of 1.32 and later") << true << true << 0 << 2;
        QTest::newRow("an older server") << false << true << 1 << 2;
        QTest::newRow("over HTTP/1.1") << false << false << 1 << 16;
    }
    void tenIdleMinutesCostFewRequests()
    {
        QFETCH(bool, isStreamed);
        QFETCH(bool, isAsked);
        IdlePage page(isStreamed ? Streamed : Listed,
                      isAsked ? ReflectorMachine::Life::Asked : ReflectorMachine::Life::Unasked);
        const IdlePage::Cost cost = page.during(10min);
        QTEST(cost.lists, "lists");
        QTEST(cost.watches, "watches");
        QCOMPARE(page.phase(), WatchState::Phase::Live);
    }

    void whateverHappensTheStoreBecomesTheServersState_data()
    {
        QTest::addColumn<quint32>("seed");
        QTest::addColumn<bool>("serverStreams");
        for (quint32 seed = 1; seed <= 60; ++seed)
            QTest::addRow("seed %u", seed) << seed << (seed % 2 == 0);
    }

    void whateverHappensTheStoreBecomesTheServersState()
    {
        QFETCH(quint32, seed);
        QFETCH(bool, serverStreams);
        Play play(seed, serverStreams);
        play.run(400);
        QCOMPARE(play.store, play.server.truth());
        QVERIFY(play.relists >= 1);
    }
};

SALLYPORT_TEST(reflector_machine_test, ReflectorMachineTest)
#include "reflector_machine_test.moc"
