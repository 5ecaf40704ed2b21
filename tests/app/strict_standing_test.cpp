// SPDX-License-Identifier: GPL-3.0-or-later
// What of a switch still stands, by its journal alone: what was made twice, what has no answer, and what came back.
#include "app/strict_rollback.h"
#include "tests/support/test_class.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using app::Journal;

namespace {

const models::StrictScope Shop{u"shop"_s, {}};

edge::Value objectOf(const QString &name, const QString &uid)
{
    const auto metadata = edge::Value::object(
        {{"name", name.toStdString()}, {"namespace", "shop"}, {"uid", uid.toStdString()}});
    return edge::Value::object({{"apiVersion", "security.istio.io/v1beta1"},
                                {"kind", "PeerAuthentication"},
                                {"metadata", metadata}});
}

// "create cart", "patch cart", "lost create cart" (no answer), "failed create cart", "undo 3" (of that number).
void write(const Journal &journal, const QString &line)
{
    using Verb = models::Change::Verb;
    QStringList words = line.split(u' ');
    const bool isLost = words.first() == "lost"_L1, hasFailed = words.first() == "failed"_L1;
    if (isLost || hasFailed)
        words.removeFirst();
    const QList<models::JournalEntry> known = journal.entries();
    models::JournalEntry entry;
    entry.at = QDateTime(QDate(2026, 11, 28), QTime(12, 0), Qt::UTC);
    entry.title = models::strictTitle(Shop, 4, words.last());
    entry.change.type = kube::types::peerAuthentications();
    entry.change.nameSpace = u"shop"_s;
    entry.change.name = words.last();
    entry.change.verb = words.first() == "create"_L1 ? Verb::Create : Verb::MergePatch;
    if (entry.change.verb == Verb::Create) {
        edge::Value sent = objectOf(entry.change.name, {});
        sent.child("metadata").erase("uid");
        entry.change.body = QByteArray::fromStdString(edge::toJson(sent));
    }
    if (words.first() == "undo"_L1) {
        const models::JournalEntry &undone = known.at(words.last().toInt() - 1);
        entry.revertOf = undone.number;
        entry.title = u"Take back: "_s + undone.title;
        entry.change = undone.change;
        entry.change.verb = undone.change.verb == Verb::Create ? Verb::Remove
            : undone.change.verb == Verb::Remove               ? Verb::Create
                                                               : Verb::MergePatch;
    }
    if (entry.change.verb != Verb::Remove)
        entry.after = objectOf(entry.change.name, u"uid-%1"_s.arg(known.size() + 1));
    if (isLost)
        entry.after.reset();
    auto begun = journal.begin(entry);
    QVERIFY(begun);
    if (isLost)
        return;
    begun->succeeded = !hasFailed;
    begun->settled = true;
    QVERIFY(journal.settle(*begun));
}

} // namespace

class StrictStandingTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatStands_data()
    {
        QTest::addColumn<QStringList>("lines");
        QTest::addColumn<QList<int>>("expected");
        QTest::newRow("made") << QStringList{u"create cart"_s} << QList<int>{1};
        QTest::newRow("made and taken back") << QStringList{u"create cart"_s, u"undo 1"_s} << QList<int>{};
        QTest::newRow("a later write went with it")
            << QStringList{u"create cart"_s, u"patch cart"_s, u"undo 1"_s} << QList<int>{};
        QTest::newRow("made a second time")
            << QStringList{u"create cart"_s, u"undo 1"_s, u"create cart"_s} << QList<int>{3};
        QTest::newRow("made a second time, and edited")
            << QStringList{u"create cart"_s, u"undo 1"_s, u"create cart"_s, u"patch cart"_s}
            << QList<int>{3, 4};
        QTest::newRow("made and taken back twice")
            << QStringList{u"create cart"_s, u"undo 1"_s, u"create cart"_s, u"undo 3"_s} << QList<int>{};
        QTest::newRow("others deleted the first one")
            << QStringList{u"create cart"_s, u"create cart"_s} << QList<int>{2};
        QTest::newRow("an object of others, edited")
            << QStringList{u"patch cart"_s, u"create orders"_s, u"undo 2"_s} << QList<int>{1};
        QTest::newRow("edited, deleted by others, made")
            << QStringList{u"patch cart"_s, u"create cart"_s} << QList<int>{1, 2};
        QTest::newRow("without an answer") << QStringList{u"lost create cart"_s} << QList<int>{1};
        QTest::newRow("without an answer, and taken back")
            << QStringList{u"lost create cart"_s, u"undo 1"_s} << QList<int>{};
        QTest::newRow("without an answer, and made by the next run")
            << QStringList{u"lost create cart"_s, u"create cart"_s} << QList<int>{2};
        QTest::newRow("refused") << QStringList{u"failed create cart"_s} << QList<int>{};
        QTest::newRow("taking it back was taken back")
            << QStringList{u"create cart"_s, u"undo 1"_s, u"undo 2"_s} << QList<int>{1};
        QTest::newRow("others' object of the same name, edited after ours had gone")
            << QStringList{u"create cart"_s, u"undo 1"_s, u"patch cart"_s} << QList<int>{3};
        QTest::newRow("and of the first only what went with it")
            << QStringList{u"create cart"_s, u"patch cart"_s, u"undo 1"_s, u"patch cart"_s} << QList<int>{4};
        QTest::newRow("others' object, edited and set back")
            << QStringList{u"create cart"_s, u"undo 1"_s, u"patch cart"_s, u"undo 3"_s} << QList<int>{};
        QTest::newRow("and taken back again")
            << QStringList{u"create cart"_s, u"undo 1"_s, u"undo 2"_s, u"undo 3"_s} << QList<int>{};
    }
    void whatStands()
    {
        QFETCH(QStringList, lines);
        QFETCH(QList<int>, expected);
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"journal.jsonl"_s));
        for (const QString &line : lines)
            write(journal, line);
        QList<int> numbers;
        for (const models::JournalEntry &entry : app::standingEntries(journal, Shop))
            numbers.append(entry.number);
        QCOMPARE(numbers, expected);
        QVERIFY(app::standingEntries(journal, {u"shop"_s, u"cart"_s}).isEmpty()); // another switch
    }

    // The object that came back has another uid, and is the one that goes if the first entry is taken back after all.
    void whatCameBackIsTakenBackAsItIs()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"journal.jsonl"_s));
        for (const QString &line : {u"create cart"_s, u"undo 1"_s, u"undo 2"_s})
            write(journal, line);
        const QList<models::JournalEntry> standing = app::standingEntries(journal, Shop);
        QCOMPARE(standing.size(), 1);
        const models::Undo undo =
            app::undoOfStanding(standing, standing.first(), objectOf(u"cart"_s, u"uid-3"_s));
        QVERIFY2(undo.change && undo.change->verb == models::Change::Verb::Remove, qPrintable(undo.why));
    }

    // What the programs of a killed run have left is looked at, and known by what was to be written.
    void whatHasNoAnswerIsKnownByItsObject()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"journal.jsonl"_s));
        write(journal, u"lost create cart"_s);
        const QList<models::JournalEntry> standing = app::standingEntries(journal, Shop);
        QCOMPARE(standing.size(), 1);
        QVERIFY(app::undoOfStanding(standing, standing.first(), {}).isSoAlready);
        edge::Value there = objectOf(u"cart"_s, u"uid-9"_s);
        there.child("metadata").set("creationTimestamp", "2026-11-28T12:00:01Z");
        QVERIFY(app::undoOfStanding(standing, standing.first(), there).change);
        there.child("metadata").set("creationTimestamp", "2026-11-27T12:00:01Z"); // older than the write
        const models::Undo undo = app::undoOfStanding(standing, standing.first(), there);
        QVERIFY(!undo.change && !undo.isSoAlready);
        QCOMPARE(app::madeObjects(standing),
                 (QList<models::ObjectRef>{{u"PeerAuthentication"_s, u"shop"_s, u"cart"_s}}));
    }
};

SALLYPORT_TEST(strict_standing_test, StrictStandingTest)
#include "strict_standing_test.moc"
