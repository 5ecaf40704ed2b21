// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/journal.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QElapsedTimer>
#include <QLockFile>
#include <QTemporaryDir>
#include <QTest>

#include <future>

#ifdef Q_OS_LINUX
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#endif

using namespace Qt::StringLiterals;
using app::Journal;

#ifdef Q_OS_LINUX
namespace {

QHash<QString, QList<QByteArray>> &synced() // by file: what it held whenever it was ordered onto the disk
{
    static QHash<QString, QList<QByteArray>> all;
    return all;
}

} // namespace

// Stands before the C library's: a program that only flushes looks the same in every other way until the power fails.  No
// disk is waited for, so that hundreds of cut journals take no time.
extern "C" int fsync(int descriptor)
{
    const QString name = QFile::symLinkTarget(u"/proc/self/fd/%1"_s.arg(descriptor));
    QFile file(name);
    if (file.open(QIODevice::ReadOnly))
        synced()[name].append(file.readAll());
    return 0;
}
extern "C" int fdatasync(int) { return 0; } // QLockFile's
#endif

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

    // Both lines of one write; 0: it could not be kept.
    static int keep(const Journal &journal, const models::JournalEntry &wanted)
    {
        const auto begun = journal.begin(wanted);
        if (!begun)
            return 0;
        models::JournalEntry ended = *begun;
        ended.succeeded = wanted.succeeded;
        ended.settled = true;
        return journal.settle(ended) ? ended.number : 0;
    }

private Q_SLOTS:
    void entriesComeBackInOrderWithNumbers()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"deep/er/journal.jsonl"_s));
        QCOMPARE(keep(journal, entry(u"first"_s)), 1);
        QCOMPARE(keep(journal, entry(u"second"_s)), 2);
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
        QVERIFY(keep(journal, entry(u"change"_s)) > 0);
        QVERIFY(keep(journal, entry(u"take back"_s, 1)) > 0);
        QVERIFY(journal.entries()[0].reverted);
        QVERIFY(!journal.entries()[1].reverted);
    }

    void aFailedUndoDoesNotTakeBack()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QVERIFY(keep(journal, entry(u"change"_s)) > 0);
        models::JournalEntry failed = entry(u"take back"_s, 1);
        failed.succeeded = false;
        QVERIFY(keep(journal, failed) > 0);
        QVERIFY(!journal.entries()[0].reverted);
    }

    void theFileIsTheUsersOwn()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QVERIFY(keep(journal, entry(u"change"_s)) > 0);
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        QVERIFY(!(QFile::permissions(journal.file()) & others));
    }

    void eachLineIsOnTheDiskBeforeItIsReliedOn()
    {
#ifdef Q_OS_LINUX
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        const auto lines = [&] {
            QList<qsizetype> counts;
            for (const QByteArray &held : synced().value(QFileInfo(journal.file()).canonicalFilePath()))
                counts.append(held.count('\n'));
            return counts;
        };
        const auto begun = journal.begin(entry(u"change"_s));
        QVERIFY(begun);
        QCOMPARE(lines(), (QList<qsizetype>{1}));
        QVERIFY(journal.settle(*begun));
        QCOMPARE(lines(), (QList<qsizetype>{1, 2}));
#else
        QSKIP("skipped: only Linux lets a test stand before fsync");
#endif
    }

    void brokenLinesAreSkippedAndKept()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QVERIFY(keep(journal, entry(u"first"_s)) > 0);
        QFile file(journal.file());
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"number\": 7, half a li\n\xff\xfe\n");
        file.close();
        QCOMPARE(keep(journal, entry(u"second"_s)), 2);
        QCOMPARE(journal.entries().size(), 2);
        QCOMPARE(journal.read()->damaged, 2); // and it is known that something was there
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("half a li"));
        file.close();
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"number\": 8, the last li");
        file.close();
        QCOMPARE(journal.read()->damaged, 2); // a program that was killed while it began
    }

    // A verb that this version does not know: the number is taken all the same.
    void linesOfANewerVersionAreKnownForWhatTheyAre()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QVERIFY(keep(journal, entry(u"first"_s)) > 0);
        QCOMPARE(journal.unreadText(journal.read()), QString());
        QFile file(journal.file());
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"number\":7,\"verb\":\"swap\",\"plural\":\"services\",\"name\":\"cart\"}\n");
        file.close();
        const auto content = journal.read();
        QCOMPARE(content->newer, 1);
        QCOMPARE(content->damaged, 0);
        const QString said = journal.unreadText(content);
        QVERIFY2(said.contains(journal.file()) && said.contains(u"1 line of a newer version"_s),
                 qPrintable(said));
        QCOMPARE(keep(journal, entry(u"second"_s)), 8);
    }

    // An answer that was found out later does not stand above the one that came.
    void anAnswerThatCameIsNotOverwritten()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        const auto begun = journal.begin(entry(u"change"_s));
        QVERIFY(begun);
        models::JournalEntry later = *begun;
        later.settled = true;
        later.result = u"found out"_s;
        QVERIFY(journal.settleIfOpen(later));
        QCOMPARE(journal.entries()[0].result, u"found out"_s);
        later.result = u"once more"_s;
        QVERIFY(!journal.settleIfOpen(later));
        QCOMPARE(journal.entries()[0].result, u"found out"_s);
    }

    // What there is no room for leaves no half of a line, which would be a damaged one from then on.
    void aFullDiskLeavesTheJournalAsItWas()
    {
#ifdef Q_OS_LINUX
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QVERIFY(keep(journal, entry(u"first"_s)) > 0);
        const qint64 size = QFileInfo(journal.file()).size();
        const auto begun = journal.begin(entry(u"second"_s));
        QVERIFY(begun);
        const qint64 withSecond = QFileInfo(journal.file()).size();
        rlimit before{};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        const auto handled = std::signal(SIGXFSZ, SIG_IGN);
        const auto limited = [&](const auto &work) {
            const rlimit little{rlim_t(withSecond + 40), before.rlim_max};
            ::setrlimit(RLIMIT_FSIZE, &little);
            auto done = work();
            ::setrlimit(RLIMIT_FSIZE, &before);
            return done;
        };
        const auto third = limited([&] { return journal.begin(entry(u"third"_s)); });
        const auto settled = limited([&] { return journal.settle(*begun); });
        std::signal(SIGXFSZ, handled);
        QVERIFY(!third && !settled);
        QVERIFY2(third.error().message.contains(u"nothing is changed in a cluster without it"_s),
                 qPrintable(third.error().message));
        QVERIFY2(settled.error().message.contains(u"has answered a write"_s),
                 qPrintable(settled.error().message));
        QVERIFY(size < withSecond);
        QCOMPARE(QFileInfo(journal.file()).size(), withSecond);
        QCOMPARE(keep(journal, entry(u"third"_s)), 3);
        QCOMPARE(journal.read()->damaged, 0);
#else
        QSKIP("skipped: only Linux lets a test limit the size of its files");
#endif
    }

    // What cannot be read is not taken for "nothing was changed".
    void anUnreadableJournalIsNoEmptyOne()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QVERIFY(journal.read());
        QVERIFY(journal.read()->entries.isEmpty());
        QVERIFY(QDir(folder.path()).mkdir(u"j"_s)); // a folder can be opened by nobody
        const auto content = journal.read();
        QVERIFY(!content);
        QVERIFY2(content.error().message.contains(journal.file())
                     && content.error().message.contains(u"is not known without it"_s),
                 qPrintable(content.error().message));
    }

    void aLockThatCannotBeMadeIsNobodyElses()
    {
        QTemporaryDir folder;
        // The journal's name may be as long as a name may be, its lock's may not.
        const Journal journal(folder.filePath(QString(252, u'j')));
        const auto begun = journal.begin(entry(u"change"_s));
        QVERIFY(!begun);
        QVERIFY2(!begun.error().message.contains(u"another program"_s), qPrintable(begun.error().message));
    }

    void aBegunWriteIsKnownBeforeItsAnswer()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QVERIFY(journal.begin(entry(u"change"_s)));
        const auto entries = Journal(journal.file()).entries();
        QCOMPARE(entries.size(), 1);
        QVERIFY(!entries[0].settled);
        QVERIFY(!entries[0].succeeded);
        QCOMPARE(entries[0].change.body, entry({}).change.body);
    }

    // Whenever the program ends, down to the middle of a line: what was begun before is known, numbers go on, nothing is swallowed.
    void aJournalCutAnywhereLosesNothing()
    {
        QTemporaryDir folder;
        const Journal whole(folder.filePath(u"whole"_s));
        for (int i = 0; i < 3; ++i)
            QCOMPARE(keep(whole, entry(u"change"_s)), i + 1);
        QFile file(whole.file());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        for (qsizetype cut = 0; cut <= bytes.size(); cut += cut % 7 + 1) {
            const Journal journal(folder.filePath(QString::number(cut)));
            QFile copy(journal.file());
            QVERIFY(copy.open(QIODevice::WriteOnly));
            QVERIFY(copy.write(bytes.left(cut)) == cut);
            copy.close();
            const auto lines = bytes.left(cut).count('\n')
                + (cut > 0 && cut < bytes.size() && bytes[cut] == '\n' ? 1 : 0); // whole without its end, too
            const auto before = journal.entries();
            QCOMPARE(before.size(), (lines + 1) / 2);
            QCOMPARE(before.isEmpty() || before.constLast().settled, lines % 2 == 0);
            QCOMPARE(keep(journal, entry(u"the next"_s)), int(before.size()) + 1);
            QCOMPARE(journal.entries().size(), before.size() + 1);
        }
    }

    // Else both would take the same number, and the second's first line would pass for the first's answer.
    void anotherProgramsLineIsWaitedFor()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j"_s));
        QLockFile theirs(journal.file() + u".lock"_s);
        QVERIFY(theirs.tryLock(0));
        auto begun = std::async(std::launch::async, [&] { return journal.begin(entry(u"ours"_s)); });
        QVERIFY(begun.wait_for(std::chrono::milliseconds(200)) == std::future_status::timeout);
        QVERIFY(journal.entries().isEmpty());
        models::JournalEntry first = entry(u"theirs"_s);
        first.number = 1;
        QFile file(journal.file());
        QVERIFY(file.open(QIODevice::Append));
        file.write(models::toJsonLine(first).trimmed() + '\n');
        file.close();
        theirs.unlock();
        const auto ours = begun.get();
        QVERIFY(ours);
        QCOMPARE(ours->number, 2);

        QVERIFY(theirs.tryLock(0));
        auto settled = std::async(std::launch::async, [&] { return journal.settle(*ours); });
        QVERIFY(settled.wait_for(std::chrono::milliseconds(200)) == std::future_status::timeout);
        theirs.unlock();
        QVERIFY(settled.get());
        QCOMPARE(journal.entries().size(), 2);
        QCOMPARE(journal.entries()[0].title, u"theirs"_s);
        QCOMPARE(journal.entries()[1].title, u"ours"_s);
    }

    // kill -9 between the lock's making and its content.
    void aLockThatNamesNobodyHoldsNothingUp()
    {
        QTemporaryDir folder;
        const Journal journal(folder.filePath(u"j.jsonl"_s));
        QFile left(journal.file() + u".lock"_s);
        QVERIFY(left.open(QIODevice::WriteOnly));
        left.close();
        QElapsedTimer clock;
        clock.start();
        models::JournalEntry entry;
        const auto begun = journal.begin(entry);
        QVERIFY2(begun, begun ? "" : qPrintable(begun.error().message));
        QVERIFY(clock.elapsed() < 4000);
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
