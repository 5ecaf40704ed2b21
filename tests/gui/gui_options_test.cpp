// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/demo_child.h"
#include "app/gui/gui_options.h"
#include "tests/support/test_class.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class GuiOptionsTest : public QObject
{
    Q_OBJECT

    static app::gui::GuiOptions parsed(const QStringList &arguments)
    {
        return app::gui::parseGuiOptions(QStringList{u"sallyport"_s} + arguments);
    }

private Q_SLOTS:
    void theContractsOptionsAreRead()
    {
        const auto options = parsed({u"--kubeconfig"_s, u"k.yaml"_s, u"--context"_s, u"prod"_s, u"--page"_s,
                                     u"mesh"_s, u"--screenshot"_s, u"out"_s});
        QCOMPARE(options.text, QString());
        QCOMPARE(options.kubeconfig, u"k.yaml"_s);
        QCOMPARE(options.context, u"prod"_s);
        QCOMPARE(options.page, u"mesh"_s);
        QCOMPARE(options.screenshotFolder, u"out"_s);
        QVERIFY(options.connectsAtStart());
        QVERIFY(!parsed({}).connectsAtStart());
    }

    void sizesOfPicturesAreRead()
    {
        const auto options = parsed({u"--screenshot"_s, u"out"_s, u"--screenshot-size"_s, u"2560x1440"_s,
                                     u"--screenshot-size"_s, u"2560x1440@200"_s});
        QCOMPARE(options.text, QString());
        QCOMPARE(options.screenshotSizes,
                 QList<app::gui::PictureSize>({{{2560, 1440}, 100}, {{2560, 1440}, 200}}));
    }

    void theDemosOptionsAreHandedOn()
    {
        const auto options = parsed({u"--demo"_s, u"--cert-life"_s, u"1m"_s, u"--rate"_s, u"5"_s});
        QVERIFY(options.demo);
        QCOMPARE(options.demoArguments, QStringList({u"--cert-life"_s, u"1m"_s, u"--rate"_s, u"5"_s}));
        QCOMPARE(parsed({u"--demo"_s, u"--incident"_s, u"cert-6d"_s, u"--incident"_s, u"api-slow"_s})
                     .demoArguments,
                 QStringList({u"--incident"_s, u"cert-6d"_s, u"--incident"_s, u"api-slow"_s}));
    }

    void aWrongUsageIsAMessage_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        QTest::newRow("unknown option") << QStringList{u"--nope"_s} << u"nope"_s;
        QTest::newRow("a word") << QStringList{u"mappings"_s} << u"mappings"_s;
        QTest::newRow("option without its value") << QStringList{u"--context"_s} << u"context"_s;
        QTest::newRow("the demo's without --demo") << QStringList{u"--rate"_s, u"5"_s} << u"--demo"_s;
        QTest::newRow("states without a folder")
            << QStringList{u"--screenshot-states"_s} << u"--screenshot"_s;
        QTest::newRow("a size without a folder")
            << QStringList{u"--screenshot-size"_s, u"2560x1440"_s} << u"--screenshot DIR"_s;
        QTest::newRow("no size") << QStringList{u"--screenshot"_s, u"d"_s, u"--screenshot-size"_s, u"large"_s}
                                 << u"2560x1440@200"_s;
        QTest::newRow("no zoom") << QStringList{u"--screenshot"_s, u"d"_s, u"--screenshot-size"_s,
                                                u"2560x1440@900"_s}
                                 << u"80 to 200"_s;
        QTest::newRow("two kubeconfigs")
            << QStringList{u"--demo"_s, u"--kubeconfig"_s, u"k"_s} << u"--kubeconfig"_s;
    }

    void aWrongUsageIsAMessage()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        const auto options = parsed(arguments);
        QCOMPARE(options.exitCode, 2);
        QVERIFY2(options.text.contains(says), qPrintable(options.text));
    }

    void helpAndVersionEndWell()
    {
        QCOMPARE(parsed({u"--help"_s}).exitCode, 0);
        QVERIFY(parsed({u"--help"_s}).text.contains(u"sallyport"_s));
        QVERIFY(parsed({u"--version"_s}).text.contains(QStringLiteral(SALLYPORT_VERSION)));
    }

    void theReadyLineNamesTheKubeconfig()
    {
        QCOMPARE(app::gui::kubeconfigOfReadyLine(
                     "ready: KUBECONFIG=/tmp/a b/config api=https://127.0.0.1:1 edge=-\n"),
                 u"/tmp/a b/config"_s);
        QCOMPARE(app::gui::kubeconfigOfReadyLine("starting prometheus\n"), QString());
    }

    void aDemoThatCannotStartIsSaid()
    {
        QTemporaryDir folder;
        app::gui::DemoChild child(app::gui::DemoChild::programBeside(folder.path()), {});
        QSignalSpy failed(&child, &app::gui::DemoChild::failed);
        child.start();
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(failed[0][0].toString().contains(folder.path()));
    }

    // What it does not understand is the command line's fault: there is nothing to try again.
    void aDemoThatDoesNotUnderstandIsRefused_data()
    {
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<bool>("isRefused");
        QTest::newRow("wrong usage") << 2 << true;
        QTest::newRow("a failure") << 1 << false;
    }
    void aDemoThatDoesNotUnderstandIsRefused()
    {
        QFETCH(int, exitCode);
        QFETCH(bool, isRefused);
        QTemporaryDir folder;
        const QString program = app::gui::DemoChild::programBeside(folder.path());
        QFile file(program);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("#!/bin/sh\necho \"sallyportctl: --scale: '$4' is not understood\" >&2\nexit "
                   + QByteArray::number(exitCode) + "\n");
        file.close();
        QVERIFY(file.setPermissions(file.permissions() | QFile::ExeOwner));
        app::gui::DemoChild child(program, {u"--scale"_s, u"10000"_s});
        const QSignalSpy refused(&child, &app::gui::DemoChild::refused);
        const QSignalSpy failed(&child, &app::gui::DemoChild::failed);
        child.start();
        QTRY_COMPARE(refused.size() + failed.size(), 1);
        QCOMPARE(refused.size(), isRefused ? 1 : 0);
        if (isRefused)
            QCOMPARE(refused[0][0].toString(), u"--scale: '10000' is not understood"_s);
    }
};

SALLYPORT_TEST(gui_options_test, GuiOptionsTest)
#include "gui_options_test.moc"
