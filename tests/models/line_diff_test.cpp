// SPDX-License-Identifier: GPL-3.0-or-later
// Diffs, applied again: by a few lines here, and by patch(1) where it is found.
#include "models/analysis/line_diff.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using models::lineDiff;

namespace {

// The lines after a unified diff; absent: it does not fit them.
std::optional<QStringList> applied(QStringList lines, const QString &diff)
{
    static const QRegularExpression head(u"^@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@$"_s);
    QStringList after;
    qsizetype next = 0; // of lines
    qsizetype removed = 0, added = 0;
    for (const QString &line : diff.split(u'\n', Qt::SkipEmptyParts).mid(2)) {
        if (const auto match = head.match(line); match.hasMatch()) {
            if (removed != 0 || added != 0)
                return {};
            removed = match.hasCaptured(2) ? match.captured(2).toInt() : 1;
            added = match.hasCaptured(4) ? match.captured(4).toInt() : 1;
            const qsizetype start = match.captured(1).toInt() - (removed == 0 ? 0 : 1);
            while (next < start)
                after.append(lines.value(next++));
            if (match.captured(3).toInt() != after.size() + (added == 0 ? 0 : 1))
                return {};
            continue;
        }
        if (line.front() != u'+' && lines.value(next++, u"none"_s) != line.mid(1))
            return {};
        if (line.front() != u'-')
            after.append(line.mid(1));
        removed -= line.front() != u'+';
        added -= line.front() != u'-';
    }
    if (removed != 0 || added != 0)
        return {};
    return after + lines.mid(next);
}

QStringList randomLines(QRandomGenerator &random, int most)
{
    QStringList lines;
    for (int i = random.bounded(most); i > 0; --i)
        lines.append(u"line "_s + QString::number(random.bounded(6)));
    return lines;
}

QStringList changed(QStringList lines, QRandomGenerator &random)
{
    for (int i = random.bounded(6); i > 0; --i) {
        const qsizetype place = random.bounded(int(lines.size()) + 1);
        if (random.bounded(2) == 0 || place == lines.size())
            lines.insert(place, u"new "_s + QString::number(random.bounded(6)));
        else
            lines.removeAt(place);
    }
    return lines;
}

qsizetype changesIn(const QString &diff)
{
    qsizetype count = 0;
    for (const QString &line : diff.split(u'\n').mid(2))
        count += line.startsWith(u'+') || line.startsWith(u'-');
    return count;
}

// Lines that no shortest script touches: the longest common subsequence, by its textbook table.
qsizetype commonLines(const QStringList &a, const QStringList &b)
{
    std::vector<qsizetype> row(size_t(b.size() + 1), 0);
    for (const QString &line : a) {
        qsizetype diagonal = 0;
        for (size_t j = 1; j < row.size(); ++j) {
            const qsizetype above = row[j];
            row[j] = line == b[qsizetype(j) - 1] ? diagonal + 1 : std::max(row[j], row[j - 1]);
            diagonal = above;
        }
    }
    return row.back();
}

QByteArray textOf(const QStringList &lines)
{
    return lines.isEmpty() ? QByteArray() : (lines.join(u'\n') + u'\n').toUtf8();
}

} // namespace

class LineDiffTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDiffIsWrittenAsDiffUWritesIt_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("diff");
        QTest::newRow("the same") << u"a b"_s << u"a b"_s << QString();
        QTest::newRow("nothing before") << QString() << u"a b"_s << u"@@ -0,0 +1,2 @@|+a|+b|"_s;
        QTest::newRow("nothing after") << u"a"_s << QString() << u"@@ -1 +0,0 @@|-a|"_s;
        QTest::newRow("one of three") << u"a b c"_s << u"a x c"_s << u"@@ -1,3 +1,3 @@| a|-b|+x| c|"_s;
        QTest::newRow("three lines of context") << u"1 2 3 4 5 6 7 8 9"_s << u"1 2 3 4 x 6 7 8 9"_s
                                                << u"@@ -2,7 +2,7 @@| 2| 3| 4|-5|+x| 6| 7| 8|"_s;
        QTest::newRow("near changes share a hunk") << u"1 2 3 4 5 6 7 8"_s << u"x 2 3 4 5 6 7 y"_s
                                                   << u"@@ -1,8 +1,8 @@|-1|+x| 2| 3| 4| 5| 6| 7|-8|+y|"_s;
        QTest::newRow("far ones do not")
            << u"1 2 3 4 5 6 7 8 9"_s << u"x 2 3 4 5 6 7 8 y"_s
            << u"@@ -1,4 +1,4 @@|-1|+x| 2| 3| 4|@@ -6,4 +6,4 @@| 6| 7| 8|-9|+y|"_s;
    }
    void aDiffIsWrittenAsDiffUWritesIt()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(QString, diff);
        const QString wanted =
            diff.isEmpty() ? QString() : u"--- old\n+++ new\n"_s + diff.replace(u'|', u'\n');
        QCOMPARE(lineDiff({u"old"_s, before.split(u' ', Qt::SkipEmptyParts)},
                          {u"new"_s, after.split(u' ', Qt::SkipEmptyParts)}),
                 wanted);
    }

    void anyDiffLeadsFromOneToTheOtherInTheFewestLines()
    {
        QRandomGenerator random(11);
        for (int i = 0; i < 2000; ++i) {
            const QStringList before = randomLines(random, 40);
            const QStringList after = i % 3 == 0 ? randomLines(random, 40) : changed(before, random);
            const QString diff = lineDiff({u"a"_s, before}, {u"b"_s, after});
            QCOMPARE(diff.isEmpty(), before == after);
            if (diff.isEmpty())
                continue;
            const auto result = applied(before, diff);
            QVERIFY2(result && *result == after, qPrintable(diff));
            QCOMPARE(changesIn(diff), before.size() + after.size() - 2 * commonLines(before, after));
        }
    }

    void patchAppliesIt()
    {
        const QString patch = QStandardPaths::findExecutable(u"patch"_s);
        if (patch.isEmpty())
            QSKIP("there is no patch(1) on the PATH");
        QRandomGenerator random(12);
        QTemporaryDir folder;
        for (int i = 0; i < 40; ++i) {
            const QStringList before = randomLines(random, 60) + QStringList{u"end"_s};
            const QStringList after = changed(before, random);
            if (before == after)
                continue;
            QFile file(folder.filePath(u"text"_s));
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
            file.write(textOf(before));
            file.close();
            QProcess process;
            process.start(patch,
                          {u"--silent"_s, u"--fuzz=0"_s, u"--no-backup-if-mismatch"_s, file.fileName()});
            process.write(lineDiff({u"a"_s, before}, {u"b"_s, after}).toUtf8());
            process.closeWriteChannel();
            QVERIFY(process.waitForFinished());
            QVERIFY2(process.exitCode() == 0, process.readAll().constData());
            if (after.isEmpty())
                continue; // patch removes an empty file
            QVERIFY(file.open(QIODevice::ReadOnly));
            QCOMPARE(file.readAll(), textOf(after));
            file.close();
        }
    }

    // A large ConfigMap whose every line is another: in memory that one notices, a script would take gigabytes.
    void tensOfThousandsOfChangedLinesAreOneBlock()
    {
        QStringList before{u"head"_s}, after{u"head"_s};
        for (int i = 0; i < 30'000; ++i) {
            before.append(u"old "_s + QString::number(i));
            after.append(u"new "_s + QString::number(i));
        }
        before.append(u"tail"_s);
        after.append(u"tail"_s);
        const QString diff = lineDiff({u"a"_s, before}, {u"b"_s, after});
        QCOMPARE(changesIn(diff), 60'000);
        const auto result = applied(before, diff);
        QVERIFY(result && *result == after);
    }
};

SALLYPORT_TEST(line_diff_test, LineDiffTest)
#include "line_diff_test.moc"
