// SPDX-License-Identifier: GPL-3.0-or-later
// The client's daily work against whole API servers: the demo's, of three ages, and a real one where
// KUBEBUILDER_ASSETS names it.  One suite: where they differ, one of them is wrong.
#include "kube/access.h"
#include "kube/client.h"
#include "kube/discovery.h"
#include "kube/kubeconfig.h"
#include "kube/reflector.h"
#include "kube/table.h"
#include "tests/demo/api_fixture.h"
#include "tests/demo/real_api_server.h"
#include "tests/support/test_class.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

constexpr int Patience = 30'000; // ms

QByteArray configMap(const QString &name, const QByteArray &value = "1")
{
    return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name.toUtf8()
        + "\",\"namespace\":\"default\"},\"data\":{\"a\":\"" + value + "\"}}";
}

WriteOptions confirmed(const QString &manager = u"suite"_s)
{
    WriteOptions options;
    options.isConfirmed = true;
    options.fieldManager = manager;
    return options;
}

} // namespace

class ClientSuiteTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<ApiFixture> m_demo;
    std::unique_ptr<RealApiServer> m_real;
    std::unique_ptr<Transport> m_transport;
    std::unique_ptr<Client> m_client;
    QString m_version; // "1.15"

    template<typename T>
    Result<T> wait(const QFuture<Result<T>> &future)
    {
        if (!QTest::qWaitFor([&future] { return future.isFinished(); }, Patience))
            return failure(Error::Kind::Timeout, u"the test waited in vain"_s);
        return future.result();
    }
    static const char *why(const auto &result)
    {
        static QByteArray text;
        text = result ? QByteArray() : result.error().message.toUtf8();
        return text.constData();
    }
    bool knowsApply() const { return m_version != u"1.15"_s; }
    QStringList names()
    {
        QStringList all;
        const auto list = wait(m_client->list(types::configMaps(), u"default"_s));
        for (const Object &object : list ? list->items : QList<Object>())
            all.append(object.name + u' ' + object.resourceVersion);
        all.sort();
        return all;
    }
    void open(const QString &kubeconfig)
    {
        const auto loaded = Kubeconfig::load({{kubeconfig}, true});
        QVERIFY2(loaded, why(loaded));
        const auto connection = loaded->connection();
        QVERIFY2(connection, why(connection));
        m_transport = std::make_unique<Transport>(*connection);
        m_client = std::make_unique<Client>(*m_transport);
    }
    void discovers();
    void writesAndReads();
    void appliesWithOwners();
    void removesWithPreconditions();
    void keepsAStoreEqual();
    void readsTables();
    void readsPages();
    void patchesListsByTheirKey();
    void knowsItsRights();
    void livesThroughClosedConnections();

private Q_SLOTS:
    void worksAgainst_data()
    {
        QTest::addColumn<QString>("version"); // "": the real one
        for (const char *version : {"1.15", "1.21", "1.37"})
            QTest::addRow("the demo's %s", version) << QString::fromLatin1(version);
        QTest::newRow("a real kube-apiserver") << QString();
    }
    void worksAgainst()
    {
        QFETCH(QString, version);
        m_version = version;
        if (version.isEmpty()) {
            if (const QString missing = RealApiServer::missing(); !missing.isEmpty())
                QSKIP(qPrintable(missing));
            m_real = std::make_unique<RealApiServer>();
            QCOMPARE(m_real->start(), QString());
            open(m_real->kubeconfig());
        } else {
            m_demo = std::make_unique<ApiFixture>(demo::ApiServerHooks(), version.toStdString());
            open(m_demo->kubeconfig());
        }
        bool isReady = false;
        QTRY_VERIFY2_WITH_TIMEOUT(
            (isReady = bool(wait(m_client->get(types::namespaces(), {}, u"default"_s)))),
            m_real ? m_real->log().constData() : "", 3 * Patience);
        for (const auto &part :
             {&ClientSuiteTest::discovers, &ClientSuiteTest::writesAndReads,
              &ClientSuiteTest::appliesWithOwners, &ClientSuiteTest::removesWithPreconditions,
              &ClientSuiteTest::readsTables, &ClientSuiteTest::keepsAStoreEqual, &ClientSuiteTest::readsPages,
              &ClientSuiteTest::patchesListsByTheirKey, &ClientSuiteTest::knowsItsRights,
              &ClientSuiteTest::livesThroughClosedConnections}) {
            (this->*part)();
            if (QTest::currentTestFailed())
                return;
        }
    }
    // The running watch falls silent without an end, and so does the one that takes its place; the third one lives.
    void aHalfOpenWatchIsFoundIn45Seconds()
    {
        m_version = u"1.37"_s;
        m_demo = std::make_unique<ApiFixture>();
        open(m_demo->kubeconfig());
        ObjectStore store;
        Reflector reflector(*m_transport, types::configMaps(), u"default"_s, store);
        reflector.start();
        QTRY_COMPARE(reflector.state().phase, WatchState::Phase::Live);
        QCOMPARE(m_demo->call("POST", "/_sim/api-half-open").status, 200);
        m_demo->call("POST", "/api/v1/namespaces/default/configmaps", configMap(u"late"_s).toStdString());
        QTRY_VERIFY_WITH_TIMEOUT(store.find(u"default/late"_s), 45'000);
        QCOMPARE(reflector.state().phase, WatchState::Phase::Live);
    }
    void cleanup()
    {
        m_client.reset();
        m_transport.reset();
        m_demo.reset();
        m_real.reset();
    }
};

void ClientSuiteTest::discovers()
{
    const auto version = wait(m_client->version());
    QVERIFY2(version, why(version));
    QVERIFY(version->gitVersion.startsWith(u"v1."_s));
    Discovery discovery(*m_client);
    const auto catalog = wait(discovery.fetch());
    QVERIFY2(catalog, why(catalog));
    QVERIFY2(catalog->failures.isEmpty(), qPrintable(catalog->failures.join(u'\n')));
    const auto &all = catalog->resources;
    QVERIFY(std::any_of(all.begin(), all.end(),
                        [](const ApiResource &each) { return each.type.plural == u"configmaps"_s; }));
}

void ClientSuiteTest::writesAndReads()
{
    WriteOptions dry = confirmed();
    dry.dryRun = true;
    const auto tried = wait(m_client->create(types::configMaps(), u"default"_s, configMap(u"one"_s), dry));
    QVERIFY2(tried, why(tried));
    const auto absent = wait(m_client->get(types::configMaps(), u"default"_s, u"one"_s));
    QVERIFY(!absent);
    QCOMPARE(int(absent.error().kind), int(Error::Kind::NotFound));
    const auto made =
        wait(m_client->create(types::configMaps(), u"default"_s, configMap(u"one"_s), confirmed()));
    QVERIFY2(made, why(made));
    const auto again =
        wait(m_client->create(types::configMaps(), u"default"_s, configMap(u"one"_s), confirmed()));
    QVERIFY(!again && again.error().httpStatus == 409);
    const auto merged = wait(m_client->mergePatch(types::configMaps(), u"default"_s, u"one"_s,
                                                  "{\"data\":{\"b\":\"2\"}}", confirmed()));
    QVERIFY2(merged && merged->json.contains("\"b\":\"2\""), why(merged));
    const auto refused = wait(m_client->jsonPatch(
        types::configMaps(), u"default"_s, u"one"_s,
        "[{\"op\":\"test\",\"path\":\"/data/b\",\"value\":\"3\"},{\"op\":\"remove\",\"path\":\"/data/b\"}]",
        confirmed()));
    QVERIFY(!refused);
    QCOMPARE(int(refused.error().kind), int(Error::Kind::Invalid));
    const auto patched = wait(m_client->jsonPatch(
        types::configMaps(), u"default"_s, u"one"_s,
        "[{\"op\":\"test\",\"path\":\"/data/b\",\"value\":\"2\"},{\"op\":\"remove\",\"path\":\"/data/b\"}]",
        confirmed()));
    QVERIFY2(patched && !patched->json.contains("\"b\""), why(patched));
}

void ClientSuiteTest::appliesWithOwners()
{
    const auto mine = wait(
        m_client->apply(types::configMaps(), u"default"_s, u"owned"_s, configMap(u"owned"_s), confirmed()));
    QVERIFY2(mine, why(mine));
    const auto theirs = wait(m_client->apply(types::configMaps(), u"default"_s, u"owned"_s,
                                             configMap(u"owned"_s, "2"), confirmed(u"others"_s)));
    if (!knowsApply()) { // merged instead: nobody owns a field there
        QVERIFY2(theirs && theirs->json.contains("\"a\":\"2\""), why(theirs));
        return;
    }
    QVERIFY(!theirs);
    const auto conflicts = fieldConflicts(theirs.error());
    QCOMPARE(conflicts.size(), 1);
    QCOMPARE(conflicts[0].field, u".data.a"_s);
    QCOMPARE(conflicts[0].manager, u"suite"_s);
    WriteOptions force = confirmed(u"others"_s);
    force.force = true;
    const auto taken = wait(
        m_client->apply(types::configMaps(), u"default"_s, u"owned"_s, configMap(u"owned"_s, "2"), force));
    QVERIFY2(taken, why(taken));
}

void ClientSuiteTest::removesWithPreconditions()
{
    const auto known = wait(m_client->get(types::configMaps(), u"default"_s, u"one"_s));
    QVERIFY2(known, why(known));
    WriteOptions other = confirmed();
    other.uidPrecondition = u"00000000-0000-4000-8000-000000000000"_s;
    const auto refused = wait(m_client->remove(types::configMaps(), u"default"_s, u"one"_s, other));
    QVERIFY(!refused && refused.error().httpStatus == 409);
    WriteOptions same = confirmed();
    same.uidPrecondition = known->uid;
    const auto removed = wait(m_client->remove(types::configMaps(), u"default"_s, u"one"_s, same));
    QVERIFY2(removed, why(removed));
    const auto gone = wait(m_client->get(types::configMaps(), u"default"_s, u"one"_s));
    QVERIFY(!gone && gone.error().httpStatus == 404);
}

// After any history the store is what the server has.
void ClientSuiteTest::keepsAStoreEqual()
{
    ObjectStore store;
    Reflector reflector(*m_transport, types::configMaps(), u"default"_s, store);
    reflector.start();
    QTRY_VERIFY_WITH_TIMEOUT(store.isComplete(), Patience);
    QRandomGenerator numbers(7);
    for (int i = 0; i < 60; ++i) {
        const QString name = u"random-%1"_s.arg(numbers.bounded(12));
        const QByteArray body = configMap(name, QByteArray::number(i));
        const bool isThere = store.find(u"default/"_s + name);
        if (!isThere)
            (void)wait(m_client->create(types::configMaps(), u"default"_s, body, confirmed()));
        else if (numbers.bounded(3) == 0)
            (void)wait(m_client->remove(types::configMaps(), u"default"_s, name, confirmed()));
        else
            (void)wait(m_client->mergePatch(types::configMaps(), u"default"_s, name,
                                            "{\"data\":{\"a\":\"" + QByteArray::number(i) + "\"}}",
                                            confirmed()));
    }
    const QStringList truth = names();
    QVERIFY(truth.size() >= 3);
    const auto known = [&store] {
        QStringList all;
        for (const Object &object : store.objects())
            all.append(object.name + u' ' + object.resourceVersion);
        all.sort();
        return all;
    };
    QTRY_COMPARE_WITH_TIMEOUT(known(), truth, Patience);
}

void ClientSuiteTest::readsTables()
{
    const ResourceType type = types::configMaps();
    const auto answer = wait(m_client->getAs(type.path(u"default"_s), acceptTable));
    QVERIFY2(answer, why(answer));
    const auto table = readTable(type, answer->body);
    QVERIFY2(table, why(table));
    QVERIFY(!table->columns.isEmpty());
    QCOMPARE(table->columns.first().name, u"Name"_s);
    const bool isThere = std::any_of(table->rows.begin(), table->rows.end(), [](const TableRow &row) {
        return row.cells.first() == u"owned"_s && row.object.name == u"owned"_s;
    });
    QVERIFY(isThere);
    const auto few = wait(m_client->getAs(type.path(u"default"_s), acceptMetadata));
    QVERIFY2(few, why(few));
    QVERIFY(few->body.contains("PartialObjectMetadataList") && !few->body.contains("\"data\""));
}

// However large a page is, all of them together are the list, in its order.
void ClientSuiteTest::readsPages()
{
    const QString path = u"/api/v1/configmaps"_s;
    const auto namesIn = [](const QJsonObject &list) {
        QStringList all;
        for (const QJsonValue &item : list[u"items"_s].toArray())
            all.append(item[u"metadata"_s][u"namespace"_s].toString() + u'/'
                       + item[u"metadata"_s][u"name"_s].toString());
        return all;
    };
    const auto whole = wait(m_client->rawGet(path));
    QVERIFY2(whole, why(whole));
    const QStringList truth = namesIn(QJsonDocument::fromJson(whole->body).object());
    QVERIFY(truth.size() > 3);
    for (const int limit : {1, 2, 3, int(truth.size())}) {
        QStringList paged;
        QString more;
        do {
            const auto page =
                wait(m_client->rawGet(path + u"?limit=%1"_s.arg(limit)
                                      + (more.isEmpty() ? more : QString(u"&continue="_s + more))));
            QVERIFY2(page, why(page));
            const QJsonObject list = QJsonDocument::fromJson(page->body).object();
            paged += namesIn(list);
            more = list[u"metadata"_s][u"continue"_s].toString();
        } while (!more.isEmpty() && paged.size() <= truth.size());
        QCOMPARE(paged, truth);
    }
}

void ClientSuiteTest::patchesListsByTheirKey()
{
    const auto made = wait(m_client->create(types::services(), u"default"_s,
                                            "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{"
                                            "\"name\":\"web\",\"namespace\":\"default\"},"
                                            "\"spec\":{\"ports\":[{\"name\":\"http\",\"port\":80}]}}",
                                            confirmed()));
    QVERIFY2(made, why(made));
    const auto patched =
        wait(m_client->patch(PatchType::Strategic, types::services(), u"default"_s, u"web"_s,
                             "{\"spec\":{\"ports\":[{\"name\":\"https\",\"port\":443}]}}", confirmed()));
    QVERIFY2(patched, why(patched));
    QVERIFY2(patched->json.contains("\"http\"") && patched->json.contains("\"https\""),
             patched->json.constData()); // a merge patch would have lost the first
}

void ClientSuiteTest::knowsItsRights()
{
    const AccessQuestion question{u"delete"_s, u""_s, u"pods"_s, u"default"_s};
    const auto mine = wait(m_client->access().ask(question));
    QVERIFY2(mine, why(mine));
    QVERIFY(mine->isAllowed);
    Connection nobody = m_transport->connection();
    nobody.impersonation = {"Impersonate-User: nobody-in-particular"};
    Transport transport(nobody);
    Client client(transport);
    const auto theirs = wait(client.access().ask(question));
    QVERIFY2(theirs, why(theirs));
    QVERIFY(!theirs->isAllowed);
    QVERIFY2(theirs->message.contains(u"`delete` on `pods` in `default`"_s), qPrintable(theirs->message));
    const auto refused = wait(client.remove(types::configMaps(), u"default"_s, u"owned"_s, confirmed()));
    QVERIFY(!refused);
    QCOMPARE(int(refused.error().kind), int(Error::Kind::Forbidden));
}

// A real server sends GOAWAY by chance (--goaway-chance), the demo's closes every tenth connection.
void ClientSuiteTest::livesThroughClosedConnections()
{
    if (m_demo)
        QCOMPARE(m_demo->call("POST", "/_sim/api-goaway").status, 200);
    ObjectStore store;
    Reflector reflector(*m_transport, types::configMaps(), u"default"_s, store);
    reflector.start();
    QTRY_VERIFY_WITH_TIMEOUT(store.isComplete(), Patience);
    for (int i = 0; i < 200; ++i) {
        const auto answer = wait(m_client->get(types::namespaces(), {}, u"default"_s));
        QVERIFY2(answer, why(answer));
    }
    (void)wait(m_client->create(types::configMaps(), u"default"_s, configMap(u"after"_s), confirmed()));
    QTRY_VERIFY_WITH_TIMEOUT(store.find(u"default/after"_s), Patience);
}

SALLYPORT_TEST(client_suite_test, ClientSuiteTest)
#include "client_suite_test.moc"
