// SPDX-License-Identifier: GPL-3.0-or-later
// What goes to the server when a change is reviewed and when it is applied, and what the journal holds at that moment.
#include "app/changes.h"
#include "app/cluster_thread.h"
#include "tests/kube/scripted_api.h"
#include "tests/support/elsewhere.h"
#include "tests/support/test_class.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using models::Change;

namespace {

const QByteArray Before =
    R"({"apiVersion":"getambassador.io/v2","kind":"Mapping","metadata":{"name":"m","namespace":"default","uid":"uid-of-m","resourceVersion":"41"},"spec":{"prefix":"/m/","service":"a"}})";

edge::Value value(const QByteArray &json)
{
    return edge::parseJson(json.toStdString()).value_or(edge::Value());
}

struct Write // as it arrived
{
    QByteArray method;
    bool isDry = false;
    edge::Value body;
    QList<models::JournalEntry> journal; // at that moment
};

bool isDry(const ServerRequest &request, const edge::Value &body)
{
    return request.query("dryRun") == "All"
        || (!body["dryRun"].items().empty() && body["dryRun"].items()[0].text() == "All");
}

} // namespace

class ChangesTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QList<Write> m_writes;
    std::optional<int> m_refusal; // the status of every write's answer
    bool m_mayWrite = true;       // as the server's access reviews say
    QByteArray m_version; // of the object that is read; a JSON patch that tests for another one is a 422
    std::unique_ptr<app::Journal> m_journal;
    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<app::ClusterThread> m_thread;

    void answer(const ServerRequest &request, const ServerReply &reply)
    {
        const QByteArray now = QByteArray(Before).replace("41", m_version);
        if (request.method == "GET")
            return reply.answer(200, now);
        const edge::Value body = value(request.body);
        if (request.path().endsWith("/selfsubjectrulesreviews"))
            return reply.answer(
                201,
                R"({"status":{"incomplete":false,"resourceRules":[{"apiGroups":["*"],"resources":["*"],"verbs":[")"
                    + QByteArray(m_mayWrite ? "*" : "get") + R"("]}]}})");
        m_writes.append({request.method, isDry(request, body), body, m_journal->entries()});
        if (m_refusal)
            return reply.answer(
                *m_refusal,
                statusJson(*m_refusal, *m_refusal == 403 ? "Forbidden" : "Invalid", "the webhook says no"));
        for (const edge::Value &operation : body.items()) {
            if (operation["op"].text() == "test" && operation["value"].text() != m_version.toStdString())
                return reply.answer(
                    422,
                    statusJson(422, "Invalid",
                               "the server rejected our request due to an error in our request"));
        }
        reply.answer(200, now);
    }

    static models::ChangeSet changeOf(Change::Verb verb)
    {
        Change change;
        change.verb = verb;
        change.type = kube::types::mappings(u"v2"_s);
        change.nameSpace = u"default"_s;
        change.name = u"m"_s;
        if (verb != Change::Verb::Create)
            change.before = value(Before);
        if (verb == Change::Verb::Create)
            change.body = Before;
        else if (verb == Change::Verb::MergePatch)
            change.body = R"({"spec":{"service":"b"}})";
        else if (verb == Change::Verb::JsonPatch)
            change.body = R"([{"op":"replace","path":"/spec/service","value":"b"}])";
        return {u"Change m"_s, {change}, {}, {}};
    }

private Q_SLOTS:
    void init()
    {
        m_writes.clear();
        m_refusal.reset();
        m_mayWrite = true;
        m_version = "41";
        m_journal =
            std::make_unique<app::Journal>(m_folder.filePath(QString::fromLatin1(QTest::currentTestFunction())
                                                             + QString::fromLatin1(QTest::currentDataTag())));
        m_server = std::make_unique<ScriptedServer>(
            [this](const ServerRequest &request, const ServerReply &reply) { answer(request, reply); });
        kube::Connection connection;
        connection.context = u"test"_s;
        connection.server = m_server->url();
        m_thread = std::make_unique<app::ClusterThread>(connection);
    }
    void cleanup()
    {
        m_thread.reset();
        m_server.reset();
    }

    void everyChangeIsTriedThenRecordedThenWritten_data()
    {
        QTest::addColumn<Change::Verb>("verb");
        QTest::addColumn<QByteArray>("method");
        QTest::newRow("create") << Change::Verb::Create << QByteArray("POST");
        QTest::newRow("merge patch") << Change::Verb::MergePatch << QByteArray("PATCH");
        QTest::newRow("JSON patch") << Change::Verb::JsonPatch << QByteArray("PATCH");
        QTest::newRow("remove") << Change::Verb::Remove << QByteArray("DELETE");
    }

    void everyChangeIsTriedThenRecordedThenWritten()
    {
        QFETCH(Change::Verb, verb);
        QFETCH(QByteArray, method);
        const models::ChangeSet changes = changeOf(verb);
        const models::ChangeReview reviewed =
            elsewhere([&] { return app::review(m_thread->client(), changes, app::ReviewFor::Write, {}); });
        QVERIFY2(reviewed.dryRunOk, qPrintable(reviewed.dryRunMessage));
        QCOMPARE(m_writes.size(), 1);
        QCOMPARE(m_writes[0].method, method);
        QVERIFY(m_writes[0].isDry);
        QVERIFY(m_writes[0].journal.isEmpty());
        QVERIFY(!reviewed.diffs.value(0).isEmpty());

        const app::ApplyOutcome outcome =
            elsewhere([&] { return app::apply(m_thread->client(), *m_journal, reviewed.changes, {}, {}); });
        QVERIFY2(!outcome.error, outcome.error ? qPrintable(outcome.error->message) : "");
        QCOMPARE(m_writes.size(), 2);
        QCOMPARE(m_writes[1].method, method);
        QVERIFY(!m_writes[1].isDry);
        QCOMPARE(m_writes[1].journal.size(), 1); // before the server knew of it
        QVERIFY(!m_writes[1].journal[0].settled);
        QCOMPARE(m_writes[1].journal[0].change.name, u"m"_s);
        QVERIFY(m_journal->entries().constFirst().settled);
    }

    // The object that a person was shown, and no other: what somebody else has made of it meanwhile is refused by the server.
    void theServerIsToldWhichStateIsMeant_data()
    {
        QTest::addColumn<Change::Verb>("verb");
        QTest::addColumn<QStringList>("uid"); // where it stands in the body
        QTest::addColumn<QStringList>("version");
        QTest::newRow("merge patch") << Change::Verb::MergePatch << QStringList{u"metadata"_s, u"uid"_s}
                                     << QStringList{u"metadata"_s, u"resourceVersion"_s};
        QTest::newRow("remove") << Change::Verb::Remove << QStringList{u"preconditions"_s, u"uid"_s}
                                << QStringList{u"preconditions"_s, u"resourceVersion"_s};
    }

    void theServerIsToldWhichStateIsMeant()
    {
        QFETCH(Change::Verb, verb);
        QFETCH(QStringList, uid);
        QFETCH(QStringList, version);
        const models::ChangeSet changes = changeOf(verb);
        const models::ChangeReview reviewed =
            elsewhere([&] { return app::review(m_thread->client(), changes, app::ReviewFor::Write, {}); });
        elsewhere([&] { return app::apply(m_thread->client(), *m_journal, changes, {}, {}); });
        QCOMPARE(m_writes.size(), 2);
        for (const Write &write : std::as_const(m_writes)) { // the dry run, too, is about that state
            const auto at = [&write](const QStringList &path) {
                return QString::fromStdString(
                    write.body[path[0].toStdString()][path[1].toStdString()].text());
            };
            QCOMPARE(at(version), u"41"_s);
            QCOMPARE(at(uid), u"uid-of-m"_s);
        }
    }

    void aRefusedTryIsToldInTheServersWords()
    {
        m_refusal = 403;
        const models::ChangeReview reviewed = elsewhere([&] {
            return app::review(m_thread->client(), changeOf(Change::Verb::MergePatch), app::ReviewFor::Write,
                               {});
        });
        QVERIFY(!reviewed.dryRunOk);
        QVERIFY2(reviewed.dryRunMessage.contains(u"the webhook says no"_s),
                 qPrintable(reviewed.dryRunMessage));
        QVERIFY(m_writes.constFirst().isDry);
    }

    void aRightThatIsMissingIsSaidWithoutATry_data()
    {
        QTest::addColumn<Change::Verb>("verb");
        QTest::addColumn<QString>("need");
        QTest::newRow("create") << Change::Verb::Create << u"create"_s;
        QTest::newRow("merge patch") << Change::Verb::MergePatch << u"patch"_s;
        QTest::newRow("JSON patch") << Change::Verb::JsonPatch << u"patch"_s;
        QTest::newRow("remove") << Change::Verb::Remove << u"delete"_s;
    }

    void aRightThatIsMissingIsSaidWithoutATry()
    {
        QFETCH(Change::Verb, verb);
        QFETCH(QString, need);
        m_mayWrite = false;
        const models::ChangeReview reviewed = elsewhere(
            [&] { return app::review(m_thread->client(), changeOf(verb), app::ReviewFor::Write, {}); });
        QVERIFY(!reviewed.dryRunOk);
        const QString needs = u"this needs `%1` on `mappings.getambassador.io` in `default`"_s.arg(need);
        QVERIFY2(reviewed.dryRunMessage.contains(needs), qPrintable(reviewed.dryRunMessage));
        QVERIFY(!reviewed.diffs.value(0).isEmpty()); // what it would be is shown all the same
        QVERIFY(m_writes.isEmpty());
    }

    // Asked again only where the object has moved on: what is invalid stays so, and each try runs the cluster's webhooks.
    void onlyAnotherStateIsTriedAgain_data()
    {
        QTest::addColumn<Change::Verb>("verb");
        QTest::addColumn<QByteArray>("version"); // at the server; planned was 41
        QTest::addColumn<int>("refusal");        // 0: none but that of a failed test
        QTest::addColumn<int>("tries");
        QTest::newRow("merge patch, 422") << Change::Verb::MergePatch << QByteArray("41") << 422 << 1;
        QTest::newRow("merge patch, 422, newer object")
            << Change::Verb::MergePatch << QByteArray("42") << 422 << 1;
        QTest::newRow("merge patch, 400") << Change::Verb::MergePatch << QByteArray("41") << 400 << 1;
        QTest::newRow("merge patch, 409, newer object")
            << Change::Verb::MergePatch << QByteArray("42") << 409 << 5;
        QTest::newRow("JSON patch, 422") << Change::Verb::JsonPatch << QByteArray("41") << 422 << 1;
        QTest::newRow("JSON patch, 422, newer object")
            << Change::Verb::JsonPatch << QByteArray("42") << 422 << 2;
        QTest::newRow("JSON patch, its test failed") << Change::Verb::JsonPatch << QByteArray("42") << 0 << 2;
        QTest::newRow("create, 422") << Change::Verb::Create << QByteArray("41") << 422 << 1;
    }

    void onlyAnotherStateIsTriedAgain()
    {
        QFETCH(Change::Verb, verb);
        QFETCH(int, refusal);
        QFETCH(int, tries);
        models::ChangeSet changes = changeOf(verb);
        if (verb == Change::Verb::JsonPatch)
            changes.changes[0].body.replace(
                0, 1,
                QByteArray("[{'op':'test','path':'/metadata/resourceVersion','value':'41'},")
                    .replace('\'', '"'));
        QFETCH(QByteArray, version);
        m_version = version;
        m_refusal = refusal > 0 ? std::optional(refusal) : std::nullopt;
        const app::ApplyOutcome outcome =
            elsewhere([&] { return app::apply(m_thread->client(), *m_journal, changes, {}, {}); });
        QCOMPARE(m_writes.size(), tries);
        QCOMPARE(outcome.error.has_value(), refusal > 0);
        if (refusal == 0)
            QCOMPARE(m_writes.constLast().body.items()[0]["value"].text(), std::string("42"));
    }

    // Stopped before a write: nothing is sent, and no entry speaks of it.
    void whatIsStoppedIsNotBegun()
    {
        std::stop_source stop;
        stop.request_stop();
        const qsizetype asked = m_server->requests().size();
        const app::ApplyOutcome outcome = elsewhere([&] {
            return app::apply(m_thread->client(), *m_journal, changeOf(Change::Verb::Create), {},
                              stop.get_token());
        });
        QVERIFY(outcome.error);
        QCOMPARE(outcome.error->message, u"stopped: 0 of 1 change was written"_s);
        QVERIFY(outcome.entries.isEmpty());
        QCOMPARE(m_server->requests().size(), asked);
    }

    void withoutAJournalNothingIsWritten()
    {
        const app::Journal nowhere(m_folder.path()); // a folder is no file
        const app::ApplyOutcome outcome = elsewhere(
            [&] { return app::apply(m_thread->client(), nowhere, changeOf(Change::Verb::Create), {}, {}); });
        QVERIFY(outcome.error);
        QVERIFY(m_writes.isEmpty());
    }
};

SALLYPORT_TEST(changes_test, ChangesTest)
#include "changes_test.moc"
