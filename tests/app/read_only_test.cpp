// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that write, in a context whose mode is Read-only: each says so before it asks for anything, in the same words.
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

class ReadOnlyTest : public QObject
{
    Q_OBJECT
    DemoChild m_demo;

    QString write(const QString &name, const QByteArray &text) const // beside the kubeconfig
    {
        QFile file(QFileInfo(m_demo.kubeconfig()).dir().filePath(name));
        QDir().mkpath(QFileInfo(file.fileName()).path());
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return file.fileName();
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(m_demo.start(), qPrintable(m_demo.error()));
        const QString file = write(u"made.yaml"_s,
                                   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: made, namespace: "
                                   "default}\ndata: {a: b}\n");
        const CliEnded made = m_demo.run({u"apply"_s, u"--yes"_s, u"-f"_s, file}, 60'000);
        QVERIFY2(made.code == 0, qPrintable(made.all()));
        static const QRegularExpression api(u" api=(\\S+)"_s);
        const QJsonObject modes{{u"demo at "_s + api.match(m_demo.readyLine()).captured(1), u"read-only"_s}};
        write(u"data/sallyport/write-modes.json"_s, QJsonDocument(modes).toJson());
    }

    void commandsThatWriteSaySoFirst_data()
    {
        QTest::addColumn<QString>("command");
        QTest::newRow("apply") << u"apply -f %1"_s;
        QTest::newRow("apply, confirmed") << u"apply -f %1 --yes=demo"_s;
        QTest::newRow("edit") << u"edit cm/made -n default"_s;
        QTest::newRow("undo") << u"journal revert 1"_s;
        QTest::newRow("a step of the guide") << u"guide apply namespace-label"_s;
    }

    void commandsThatWriteSaySoFirst()
    {
        QFETCH(const QString, command);
        const QString file = write(u"other.yaml"_s,
                                   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: made, namespace: "
                                   "default}\ndata: {a: c}\n");
        const CliEnded ended =
            m_demo.run((command.contains(u'%') ? command.arg(file) : command).split(u' '), 60'000);
        QVERIFY2(ended.code == 1, qPrintable(ended.all()));
        const QString sentence =
            u"context “demo” is read-only; write through another context, or choose another mode for it in the console"_s;
        QVERIFY2(ended.err.contains(sentence), qPrintable(ended.all()));
        QVERIFY2(!ended.err.contains(u"Type "_s) && !ended.all().contains(u"was not sent"_s),
                 qPrintable(ended.all()));
    }

    // It writes nothing.
    void aDryRunIsDone_data()
    {
        QTest::addColumn<QString>("command");
        QTest::newRow("apply") << u"apply --dry-run -f %1"_s;
        QTest::newRow("edit") << u"edit cm/made -n default --dry-run"_s;
        QTest::newRow("undo") << u"journal revert 1 --dry-run"_s;
        QTest::newRow("a step of the guide") << u"guide apply namespace-label --dry-run"_s;
    }
    void aDryRunIsDone()
    {
        QFETCH(const QString, command);
        const QString file = write(u"dry.yaml"_s,
                                   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: made, namespace: "
                                   "default}\ndata: {a: c}\n");
        const QString editor = write(u"editor"_s, "#!/bin/sh\nsed -i 's/a: b/a: edited/' \"$1\"\n");
        qputenv("KUBE_EDITOR", editor.toLocal8Bit());
        const CliEnded ended =
            m_demo.run((command.contains(u'%') ? command.arg(file) : command).split(u' '), 60'000);
        QVERIFY2(ended.code == 0, qPrintable(ended.all()));
        QVERIFY2(ended.all().contains(u"in a dry run"_s) || ended.all().contains(u"it is so already"_s),
                 qPrintable(ended.all()));
    }

    // What the server says to the switch is asked by a dry run, too.
    void thePreflightJudgesTheClusterAndNotTheMode()
    {
        const CliEnded ended = m_demo.run({u"preflight"_s, u"-o"_s, u"json"_s}, 120'000);
        QVERIFY2(ended.out.contains(u"\"verdict\""_s), qPrintable(ended.all()));
        QVERIFY2(!ended.out.contains(u"read-only"_s), qPrintable(ended.all()));
    }
};

SALLYPORT_TEST(read_only_test, ReadOnlyTest)
#include "read_only_test.moc"
