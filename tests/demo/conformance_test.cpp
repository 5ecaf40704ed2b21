// SPDX-License-Identifier: GPL-3.0-or-later
// The shared probe of kube-apiserver 1.37.2 (202 requests) against the demo's API server: every answer must be equal,
// record by record, as `./dev conformance` compares them.
#include "tests/support/shared_data.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray record(const char *body)
{
    return QByteArray("{\"step\": \"put\", \"code\": 200, \"body\": {") + body + "}}\n";
}

} // namespace

class ConformanceTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString write(const QString &name, const QByteArray &text) const
    {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() ? file.fileName()
                                                                                  : QString();
    }

    // What it says last, and everything on failure.
    static QString said(const QStringList &arguments, QByteArray *all = nullptr)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(u"python3"_s,
                      QStringList{QStringLiteral(SALLYPORT_SOURCE_DIR "/tests/demo/conformance.py")}
                          + arguments);
        const bool ended = process.waitForFinished(240'000);
        const QByteArray output = process.readAll();
        if (all)
            *all = output;
        const QString last = QString::fromUtf8(output).trimmed().section(u'\n', -1);
        return ended ? u"%1: %2"_s.arg(process.exitCode()).arg(last) : u"it did not end"_s;
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const QString &program : {u"python3"_s, u"curl"_s}) {
            if (QStandardPaths::findExecutable(program).isEmpty())
                QSKIP(qPrintable(u"skipped: no program "_s + program));
        }
    }

    void differencesAreFound_data()
    {
        QTest::addColumn<QByteArray>("answered");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const QByteArray &answered, const QString &expected) {
            QTest::newRow(name) << answered << expected;
        };
        const QString passed = u"0: 1 passed, 0 failed"_s, failed = u"1: 0 passed, 1 failed"_s;
        row("equal",
            record("\"managedFields.0.manager\": \"b\", \"managedFields.1.manager\": \"a\", \"g\": 2"),
            passed);
        row("managers of one second, by name",
            record("\"managedFields.0.manager\": \"a\", \"managedFields.1.manager\": \"b\", \"g\": 2"),
            passed);
        row("another manager",
            record("\"managedFields.0.manager\": \"a\", \"managedFields.1.manager\": \"c\", \"g\": 2"),
            failed);
        row("a manager twice",
            record("\"managedFields.0.manager\": \"a\", \"managedFields.1.manager\": \"a\", \"g\": 2"),
            failed);
        row("no second manager",
            record("\"managedFields.0.manager\": \"b\", \"managedFields.1.manager\": null, \"g\": 2"),
            failed);
        row("another value",
            record("\"managedFields.0.manager\": \"b\", \"managedFields.1.manager\": \"a\", \"g\": 3"),
            failed);
        row("no answer", {}, failed);
        row("one that was not asked for",
            record("\"managedFields.0.manager\": \"b\", \"managedFields.1.manager\": \"a\", \"g\": 2")
                + "{\"step\": \"more\", \"code\": 200}\n",
            u"1: 1 passed, 1 failed"_s);
    }
    void differencesAreFound()
    {
        QFETCH(QByteArray, answered);
        QFETCH(QString, expected);
        const QByteArray golden =
            record("\"managedFields.0.manager\": \"b\", \"managedFields.1.manager\": \"a\", \"g\": 2");
        QCOMPARE(said({u"compare"_s, write(u"golden"_s, golden), write(u"answered"_s, answered)}), expected);
    }

    void everyRecordIsEqual()
    {
        const auto golden = sharedFile("conformance/golden-1.37.2.jsonl");
        if (!golden)
            QSKIP("skipped: neither shared/conformance nor tests/data");
        QByteArray all;
        const QString last = said({u"run"_s, QStringLiteral(SALLYPORT_BINARY_DIR "/bin/api_server_program"),
                                   QString::fromStdString(sharedPath("conformance/probe.py")),
                                   QString::fromStdString(sharedPath("conformance/golden-1.37.2.jsonl")),
                                   m_folder.filePath(u"probe.jsonl"_s)},
                                  &all);
        const auto count = std::count(golden->begin(), golden->end(), '\n');
        QVERIFY2(last == u"0: %1 passed, 0 failed"_s.arg(count), all.constData());
    }
};

SALLYPORT_TEST(conformance_test, ConformanceTest)
#include "conformance_test.moc"
