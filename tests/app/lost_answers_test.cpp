// SPDX-License-Identifier: GPL-3.0-or-later
// What is found out later of writes whose answer was lost, by what is there then.
#include "app/cluster_thread.h"
#include "app/lost_answers.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/elsewhere.h"
#include "tests/support/test_class.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using edge::Value;
using Verb = models::Change::Verb;

namespace {

const QDateTime sentAt(QDate(2026, 11, 28), QTime(12, 0), Qt::UTC);
const QByteArray created = "'creationTimestamp':'2026-11-28T12:00:01Z','uid':'u2','resourceVersion':'7'";
const QByteArray older = "'creationTimestamp':'2026-11-28T11:00:00Z','uid':'u1','resourceVersion':'7'";
const QByteArray unwritten = "'creationTimestamp':'2026-11-28T11:00:00Z','uid':'u1','resourceVersion':'3'";

Value json(QByteArray text) { return edge::parseJson(text.replace('\'', '"').toStdString()).value(); }

Value objectOf(const QByteArray &metadata, const QByteArray &spec)
{
    return json("{'apiVersion':'v1','kind':'Service','metadata':{'name':'cart'," + metadata
                + "},'spec':" + spec + "}");
}

models::JournalEntry entryOf(Verb verb)
{
    models::JournalEntry entry;
    entry.at = sentAt;
    entry.title = u"change"_s;
    entry.settled = entry.succeeded = false;
    entry.change.verb = verb;
    entry.change.type = kube::types::services();
    entry.change.nameSpace = u"shop"_s;
    entry.change.name = u"cart"_s;
    if (verb == Verb::Create)
        entry.change.body =
            R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"cart"},"spec":{"a":1}})";
    else
        entry.change.before = objectOf(unwritten, "{'a':0}");
    if (verb == Verb::MergePatch)
        entry.change.body = R"({"spec":{"a":1}})";
    return entry;
}

} // namespace

class LostAnswersTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsThereTells_data()
    {
        QTest::addColumn<int>("verb");
        QTest::addColumn<QByteArray>("metadata"); // "": nothing is there
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QStringList>("managers");
        QTest::addColumn<int>("seconds");    // since it was sent
        QTest::addColumn<QString>("answer"); // "created", "" still not known
        const QStringList us{u"sallyport"_s}, them{u"helm"_s}, both{u"sallyport"_s, u"helm"_s};
        const QByteArray sent = "{'a':1}", other = "{'a':2}", filled = "{'a':1,'b':2}", was = "{'a':0}";
        const auto row = [](const char *name, Verb verb, const QByteArray &metadata, const QByteArray &spec,
                            const QStringList &managers, int seconds, const QString &answer) {
            QTest::newRow(name) << int(verb) << metadata << spec << managers << seconds << answer;
        };
        row("a creation", Verb::Create, created, filled, us, 2, u"created"_s);
        row("a creation, changed since", Verb::Create, created, other, both, 2, u"created"_s);
        row("a creation, before Kubernetes 1.18", Verb::Create, created, filled, {}, 2, u"created"_s);
        row("somebody else's, made at that time", Verb::Create, created, sent, them, 90, {});
        row("somebody else's, before Kubernetes 1.18", Verb::Create, created, other, {}, 90, {});
        row("somebody else's, that was there", Verb::Create, older, other, them, 2,
            u"not created: another"_s);
        row("ours, that was there", Verb::Create, older, sent, us, 90, {});
        row("nothing yet", Verb::Create, {}, {}, {}, 2, {});
        row("nothing", Verb::Create, {}, {}, {}, 90, u"not there: not created"_s);
        row("a removal", Verb::Remove, {}, {}, {}, 2, u"removed"_s);
        row("a removal, and another one there", Verb::Remove, created, was, them, 2, u"removed"_s);
        row("not removed yet", Verb::Remove, unwritten, was, them, 2, {});
        row("not removed", Verb::Remove, unwritten, was, them, 90, u"not removed"_s);
        row("on its way out", Verb::Remove, unwritten + ",'deletionTimestamp':'2026-11-28T12:00:01Z'", was,
            them, 90, {});
        row("a patch", Verb::MergePatch, older, sent, us, 2, u"written"_s);
        row("a patch, and more since", Verb::MergePatch, older, filled, both, 2, u"written"_s);
        row("another patch", Verb::MergePatch, older, other, them, 90, {});
        row("no patch yet", Verb::MergePatch, unwritten, was, them, 2, {});
        row("no patch", Verb::MergePatch, unwritten, was, them, 90, u"not written"_s);
        row("another object since", Verb::MergePatch, created, sent, us, 90, {});
        row("gone since", Verb::MergePatch, {}, {}, {}, 90, {});
    }
    void whatIsThereTells()
    {
        QFETCH(int, verb);
        QFETCH(QByteArray, metadata);
        QFETCH(QByteArray, spec);
        QFETCH(QStringList, managers);
        QFETCH(int, seconds);
        QFETCH(QString, answer);
        app::FoundObject found;
        if (!metadata.isEmpty())
            found = {objectOf(metadata, spec), managers};
        const auto entry = app::foundAnswer(entryOf(Verb(verb)), found, sentAt.addSecs(seconds));
        QCOMPARE(entry.has_value(), !answer.isEmpty());
        if (!entry)
            return;
        QVERIFY(entry->settled);
        QCOMPARE(entry->succeeded, !answer.startsWith(u"not"_s));
        QVERIFY2(entry->result.startsWith(answer), qPrintable(entry->result));
    }

    // What others have made of it since is not what was created: it is theirs.
    void whatWasCreatedIsKnownByItsUid()
    {
        const auto after = [](const QByteArray &spec, const QStringList &managers) {
            return *app::foundAnswer(entryOf(Verb::Create), {objectOf(created, spec), managers},
                                     sentAt.addSecs(2))
                        ->after;
        };
        const Value ours = after("{'a':1,'filled':true}", {u"sallyport"_s, u"kube-controller-manager"_s});
        QCOMPARE(ours["spec"], json("{'a':1,'filled':true}"));
        const Value theirs = after("{'a':5}", {u"helm"_s, u"sallyport"_s});
        QCOMPARE(theirs["spec"], json("{'a':1}"));
        for (const Value &one : {ours, theirs})
            QCOMPARE(one.at({"metadata", "uid"}).text(), std::string("u2"));
    }

    void theJournalLearnsIt()
    {
        QTemporaryDir folder;
        const app::Journal journal(folder.filePath(u"j"_s));
        models::JournalEntry lost = entryOf(Verb::Create);
        lost.at = QDateTime::currentDateTimeUtc();
        QVERIFY(journal.begin(lost));
        QVERIFY(journal.begin(lost)); // once more: this one made what is there, so there was nothing then
        lost.change.name = u"gone"_s; // too new to be known
        QVERIFY(journal.begin(lost));
        ScriptedServer server([&](const ServerRequest &request, const ServerReply &reply) {
            const QByteArray at = lost.at.toString(Qt::ISODate).toLatin1();
            if (request.path().endsWith("/cart"))
                return reply.answer(
                    200,
                    R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"cart","namespace":"shop","uid":"u2","resourceVersion":"7","creationTimestamp":")"
                        + at + R"(","managedFields":[{"manager":"sallyport","operation":"Update","time":")"
                        + at + R"("}]},"spec":{"a":1}})");
            reply.answer(404, R"({"kind":"Status","status":"Failure","reason":"NotFound","code":404})");
        });
        kube::Connection connection;
        connection.server = server.url();
        app::ClusterThread thread(connection);
        const auto look = [&] {
            return elsewhere([&] { return app::findLostAnswers(thread.client(), journal, {}); });
        };
        QCOMPARE(look(), 2);
        QCOMPARE(look(), 0);
        const auto entries = journal.entries();
        QCOMPARE(entries.size(), 3);
        QVERIFY2(entries[0].settled && !entries[0].succeeded, qPrintable(entries[0].result));
        QVERIFY2(entries[1].settled && entries[1].succeeded, qPrintable(entries[1].result));
        QVERIFY(!entries[2].settled);
    }
};

SALLYPORT_TEST(lost_answers_test, LostAnswersTest)
#include "lost_answers_test.moc"
