// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl killed (kill -9) in the middle of its writes, as soon as its journal has so many lines: what it has written by
// then, with its answer or without, is known and taken back exactly.
#include "kube/resource_type.h"
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 30'000;

QString journalFolder(const DemoChild &demo)
{
    static const QRegularExpression kubeconfig(u"KUBECONFIG=(\\S+)"_s);
    return QFileInfo(kubeconfig.match(demo.readyLine()).captured(1)).absolutePath()
        + u"/data/sallyport/journal"_s;
}

qsizetype linesIn(const QString &folder)
{
    qsizetype lines = 0;
    for (const QFileInfo &found : QDir(folder).entryInfoList({u"*.jsonl"_s}, QDir::Files)) {
        QFile file(found.filePath());
        if (file.open(QIODevice::ReadOnly))
            lines += file.readAll().count('\n');
    }
    return lines;
}

QList<kube::ResourceType> written()
{
    return {kube::types::namespaces(), kube::types::services(), kube::types::deployments(),
            kube::types::mappings(u"v2"_s)};
}

} // namespace

class KilledWritesTest : public QObject
{
    Q_OBJECT

    DemoChild m_demo;

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_demo.start(), qPrintable(m_demo.error())); }

    void whateverWasWrittenIsTakenBackExactly_data()
    {
        QTest::addColumn<QString>("step");
        QTest::addColumn<int>("lines");
        for (int lines = 0; lines <= 6; ++lines) // three objects are made: a line before each, one after
            QTest::addRow("three new objects, %d lines", lines) << u"quote"_s << lines;
        for (int lines = 0; lines <= 2; ++lines)
            QTest::addRow("a changed object, %d lines", lines) << u"namespace-label"_s << lines;
    }
    void whateverWasWrittenIsTakenBackExactly()
    {
        QFETCH(QString, step);
        QFETCH(int, lines);
        const auto before = m_demo.objects(written());
        QVERIFY(!before.isEmpty());
        const QString folder = journalFolder(m_demo);
        const qsizetype known = linesIn(folder);
        const auto program = m_demo.launch({u"guide"_s, u"apply"_s, step, u"--yes=demo"_s});
        while (linesIn(folder) < known + lines && program->state() != QProcess::NotRunning)
            (void)program->waitForFinished(1);
        program->kill();
        QVERIFY(program->waitForFinished(Patience));
        QVERIFY2(linesIn(folder) >= known + lines, program->readAllStandardError().constData());

        // What is there tells what became of a write that has no answer.
        const CliEnded shown = m_demo.run({u"journal"_s, u"-o"_s, u"json"_s});
        QVERIFY2(shown.code == 0, qPrintable(shown.all()));
        const auto document = edge::parseJson(shown.out.toStdString());
        QVERIFY2(document.has_value(), qPrintable(shown.out));
        const auto there = m_demo.objects(written());
        for (const edge::Value &entry : (*document)["items"].items()) {
            const QString object = QString::fromStdString(entry["object"].text());
            if (!entry["answered"].toBool() && entry["before"].isNull())
                QVERIFY2(!there.contains(object), qPrintable(shown.out));
        }
        const CliEnded undone = m_demo.run({u"guide"_s, u"undo"_s, step, u"--yes=demo"_s});
        const bool wasNothingToDo = undone.code == 1
            && (undone.err.contains(u"has no change of step"_s) || undone.err.contains(u"as it was"_s));
        QVERIFY2(undone.code == 0 || wasNothingToDo, qPrintable(undone.all()));
        QTRY_COMPARE_WITH_TIMEOUT(m_demo.objects(written()).keys(), before.keys(), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(m_demo.objects(written()) == before, Patience);
    }
};

SALLYPORT_TEST(killed_writes_test, KilledWritesTest)
#include "killed_writes_test.moc"
