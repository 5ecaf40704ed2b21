// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/journal.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using app::Journal;

class JournalTest : public QObject
{
    Q_OBJECT

    static models::JournalEntry entry(const QString &title, int revertOf = 0)
    {
        models::JournalEntry made;
        made.at = QDateTime(QDate(2026, 11, 24), QTime(12, 0), Qt::UTC);
        made.context = u"demo"_s;
        made.title = title;
        made.change.verb = models::Change::Verb::MergePatch;
        made.change.type = kube::types::mappings(u"v2"_s);
        made.change.nameSpace = u"default"_s;
        made.change.name = u"quote-backend"_s;
        made.change.body = R"({"spec":{"tls":"istio-upstream"}})";
        made.succeeded = true;
        made.revertOf = revertOf;
        return made;
    }

private Q_SLOTS:
    void entriesComeBackInOrderWithNumbers()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"deep/er/journal.jsonl"_s));
        QCOMPARE(journal.append(entry(u"first"_s))->number, 1);
        QCOMPARE(journal.append(entry(u"second"_s))->number, 2);
        const QList<models::JournalEntry> entries = Journal(journal.file()).entries();
        QCOMPARE(entries.size(), 2);
        QCOMPARE(entries[1].title, u"second"_s);
        QCOMPARE(entries[1].change.body, entry({}).change.body);
        QCOMPARE(entries[1].change.name, u"quote-backend"_s);
    }

    void anEntryThatWasTakenBackSaysSo()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QVERIFY(journal.append(entry(u"change"_s)));
        QVERIFY(journal.append(entry(u"take back"_s, 1)));
        QVERIFY(journal.entries()[0].reverted);
        QVERIFY(!journal.entries()[1].reverted);
    }

    void aFailedUndoDoesNotTakeBack()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QVERIFY(journal.append(entry(u"change"_s)));
        models::JournalEntry failed = entry(u"take back"_s, 1);
        failed.succeeded = false;
        QVERIFY(journal.append(failed));
        QVERIFY(!journal.entries()[0].reverted);
    }

    void theFileIsTheUsersOwn()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QVERIFY(journal.append(entry(u"change"_s)));
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        QVERIFY(!(QFile::permissions(journal.file()) & others));
    }

    void brokenLinesAreSkippedAndKept()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QVERIFY(journal.append(entry(u"first"_s)));
        QFile file(journal.file());
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"number\": 7, half a li\n\xff\xfe\n");
        file.close();
        QCOMPARE(journal.append(entry(u"second"_s))->number, 2);
        QCOMPARE(journal.entries().size(), 2);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("half a li"));
    }

    void aJournalThatCannotBeWrittenIsToldBeforeAnythingIsChanged()
    {
        QTemporaryDir folder;
        const Journal journal(folder.path()); // a folder is no file
        const auto writable = journal.isWritable();
        QVERIFY(!writable);
        QVERIFY(writable.error().message.contains(folder.path()));
    }

    void twoClustersNeverShareAFile()
    {
        kube::Connection one, other;
        one.context = other.context = u"demo"_s;
        one.server = QUrl(u"https://127.0.0.1:1001"_s);
        other.server = QUrl(u"https://127.0.0.1:1002"_s);
        QVERIFY(Journal::fileFor(one) != Journal::fileFor(other));
        QCOMPARE(Journal::fileFor(one), Journal::fileFor(one));
    }
};

SALLYPORT_TEST(journal_test, JournalTest)
#include "journal_test.moc"
