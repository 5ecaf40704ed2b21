// SPDX-License-Identifier: GPL-3.0-or-later
// What the console says of a journal of which it cannot read all: once, until it is something else.
#include "app/gui/journal_reader.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using app::Journal;

class JournalReaderTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QStringList m_said;

    app::gui::JournalReader readerOf(const Journal &journal)
    {
        m_said.clear();
        return {journal, [this](models::Severity, const QString &text) { m_said.append(text); }};
    }
    static void append(const Journal &journal, const QByteArray &bytes)
    {
        QFile file(journal.file());
        QVERIFY(file.open(QIODevice::Append));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    static void writeOne(const Journal &journal)
    {
        models::JournalEntry entry;
        entry.title = u"change"_s;
        entry.change.type = kube::types::services();
        entry.change.name = u"cart"_s;
        auto begun = journal.begin(entry);
        QVERIFY(begun);
        begun->settled = begun->succeeded = true;
        QVERIFY(journal.settle(*begun));
    }

private Q_SLOTS:
    void itIsReadAgainWhereItHasChanged()
    {
        const Journal journal(m_folder.filePath(u"changes"_s));
        app::gui::JournalReader reader = readerOf(journal);
        QVERIFY(reader.read());
        QVERIFY(!reader.read()); // there is none, still
        QCOMPARE(reader.lastNumber(), 0);
        writeOne(journal);
        QVERIFY(reader.read());
        QVERIFY(!reader.read());
        QCOMPARE(reader.lastNumber(), 1);
        QVERIFY(!reader.lacksAnswers());
        models::JournalEntry begun = reader.entries().constFirst();
        QVERIFY(journal.begin(begun));
        QVERIFY(reader.read());
        QVERIFY(reader.lacksAnswers());
        QCOMPARE(m_said, QStringList());
    }

    // Each own write makes the file another one, and nobody wants to hear of the same line each time.
    void whatIsUnreadIsSaidOnce()
    {
        const Journal journal(m_folder.filePath(u"damaged"_s));
        app::gui::JournalReader reader = readerOf(journal);
        writeOne(journal);
        append(journal, "no entry\n");
        for (int i = 0; i < 3; ++i) {
            QVERIFY(reader.read());
            writeOne(journal);
        }
        QCOMPARE(m_said.size(), 1);
        QVERIFY2(m_said[0].contains(u"1 line that cannot be read"_s), qPrintable(m_said[0]));
        append(journal, "nor this\n");
        QVERIFY(reader.read());
        QCOMPARE(m_said.size(), 2);
        QVERIFY2(m_said[1].contains(u"2 lines that cannot be read"_s), qPrintable(m_said[1]));
    }

    // While it cannot be read it is tried again, whatever its time says.
    void whatCannotBeReadIsTriedAgain()
    {
        const QString path = m_folder.filePath(u"folder"_s);
        const Journal journal(path);
        QVERIFY(QDir().mkdir(path)); // a folder can be opened by nobody
        app::gui::JournalReader reader = readerOf(journal);
        QVERIFY(reader.read());
        QVERIFY(reader.read());
        QCOMPARE(m_said.size(), 1);
        QVERIFY(QDir().rmdir(path));
        writeOne(journal);
        QVERIFY(reader.read());
        QCOMPARE(reader.lastNumber(), 1);
        QCOMPARE(m_said.size(), 1);
    }
};

SALLYPORT_TEST(journal_reader_test, JournalReaderTest)
#include "journal_reader_test.moc"
