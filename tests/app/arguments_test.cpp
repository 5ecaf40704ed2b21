// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace app::cli;

class ArgumentsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void wrongUsageSaysWhatIsWrong_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("part");
        QTest::newRow("unknown command") << QStringList{u"frobnicate"_s} << u"no command frobnicate"_s;
        QTest::newRow("unknown option") << QStringList{u"mappings"_s, u"--colour"_s} << u"colour"_s;
        QTest::newRow("another command's option")
            << QStringList{u"contexts"_s, u"--within"_s, u"3d"_s} << u"within"_s;
        QTest::newRow("missing value") << QStringList{u"mappings"_s, u"-n"_s} << u"missing value"_s;
        QTest::newRow("format") << QStringList{u"mappings"_s, u"-o"_s, u"xml"_s} << u"table, json or yaml"_s;
        QTest::newRow("help of what is not there") << QStringList{u"edge"_s, u"request"_s, u"--help"_s}
                                                   << u"edge has no request; it has run, export"_s;
        QTest::newRow("timeout of nothing")
            << QStringList{u"mappings"_s, u"--timeout"_s, u"0s"_s} << u"1ms to 1h"_s;
        QTest::newRow("surplus argument") << QStringList{u"mappings"_s, u"extra"_s} << u"takes no argument"_s;
        QTest::newRow("timeout") << QStringList{u"mappings"_s, u"--timeout"_s, u"soon"_s} << u"30s"_s;
        QTest::newRow("port of the demo")
            << QStringList{u"demo-cluster"_s, u"--port"_s, u"70000"_s} << u"65535"_s;
        QTest::newRow("port is a word")
            << QStringList{u"demo-cluster"_s, u"--port"_s, u"http"_s} << u"no port"_s;
        QTest::newRow("state of the demo")
            << QStringList{u"demo-cluster"_s, u"--state"_s, u"half"_s} << u"start, guide-done or empty"_s;
        QTest::newRow("life of certificates")
            << QStringList{u"demo"_s, u"tour"_s, u"--cert-life"_s, u"1s"_s} << u"5s or more"_s;
        QTest::newRow("incident of the demo")
            << QStringList{u"demo-cluster"_s, u"--incident"_s, u"earthquake"_s} << u"--incident list"_s;
        QTest::newRow("generation of the demo")
            << QStringList{u"demo-cluster"_s, u"--generation"_s, u"1.3"_s} << u"use 1.4"_s;
        QTest::newRow("kubernetes of the demo")
            << QStringList{u"demo-cluster"_s, u"--kube-version"_s, u"1.14"_s} << u"1.15, 1.21 or 1.37"_s;
        QTest::newRow("history of the demo")
            << QStringList{u"demo-cluster"_s, u"--history"_s, u"yesterday"_s} << u"up to 14d"_s;
        QTest::newRow("scale of the demo")
            << QStringList{u"demo-cluster"_s, u"--scale"_s, u"pods=many"_s} << u"pods=many"_s;
        QTest::newRow("seed of the demo")
            << QStringList{u"demo-cluster"_s, u"--seed"_s, u"x"_s} << u"no whole number"_s;
        QTest::newRow("negative rate") << QStringList{u"demo-cluster"_s, u"--rate=-1"_s} << u"0 to 1000"_s;
        QTest::newRow("only options") << QStringList{u"--demo"_s} << u"command is missing"_s;
    }
    void wrongUsageSaysWhatIsWrong()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, part);
        const Arguments arguments = parseArguments(QStringList{u"sallyportctl"_s} + words);
        QVERIFY(!arguments.command);
        QCOMPARE(arguments.exitCode, int(WrongUsage));
        QVERIFY2(arguments.text.contains(part, Qt::CaseInsensitive), qPrintable(arguments.text));
        QVERIFY2(!arguments.text.contains(u'\n'), "one line");
    }

    // --watch takes a time with the one and nothing with the other.
    void oneOptionOfTwoCommandsMayStandBeforeEither()
    {
        const Arguments strict =
            parseArguments({u"sallyportctl"_s, u"--watch"_s, u"3m"_s, u"strict"_s, u"plan"_s});
        QVERIFY2(strict.command && strict.command->name == QByteArray("strict"), qPrintable(strict.text));
        QCOMPARE(strict.parser->value(u"watch"_s), u"3m"_s);
        const Arguments get = parseArguments({u"sallyportctl"_s, u"--watch"_s, u"get"_s, u"pods"_s});
        QVERIFY2(get.command && get.command->name == QByteArray("get"), qPrintable(get.text));
        QVERIFY(get.parser->isSet(u"watch"_s));
    }

    void globalOptionsMayStandBeforeAndAfterTheCommand()
    {
        const Arguments before =
            parseArguments({u"sallyportctl"_s, u"--context"_s, u"prod"_s, u"-n"_s, u"shop"_s, u"mappings"_s});
        const Arguments after =
            parseArguments({u"sallyportctl"_s, u"mappings"_s, u"-n"_s, u"shop"_s, u"--context=prod"_s});
        for (const Arguments &arguments : {before, after}) {
            QVERIFY2(arguments.command, qPrintable(arguments.text));
            QCOMPARE(QString::fromLatin1(arguments.command->name), u"mappings"_s);
            QCOMPARE(arguments.session.context, u"prod"_s);
            QCOMPARE(arguments.session.nameSpace, u"shop"_s);
        }
    }

    void theValueOfAnOptionIsNotTheCommand()
    {
        const Arguments arguments = parseArguments(
            {u"sallyportctl"_s, u"-H"_s, u"certs: 1"_s, u"-X"_s, u"posture"_s, u"explain"_s, u"http://a/"_s});
        QVERIFY2(arguments.command, qPrintable(arguments.text));
        QCOMPARE(QString::fromLatin1(arguments.command->name), u"explain"_s);
        QCOMPARE(arguments.positional, QStringList{u"http://a/"_s});
    }

    void yesStandsAloneOrNamesAContext()
    {
        const auto yes = [](const QStringList &words) {
            const Arguments arguments = parseArguments(words);
            return arguments.command && arguments.parser->isSet(u"yes"_s) ? arguments.parser->value(u"yes"_s)
                                                                          : u"not set"_s;
        };
        QCOMPARE(yes({u"sallyportctl"_s, u"guide"_s, u"apply"_s, u"strict"_s, u"--yes"_s}), QString());
        QCOMPARE(yes({u"sallyportctl"_s, u"guide"_s, u"apply"_s, u"strict"_s, u"--yes=prod"_s}), u"prod"_s);
        QCOMPARE(yes({u"sallyportctl"_s, u"guide"_s, u"apply"_s, u"strict"_s}), u"not set"_s);
    }

    void durationsAreReadAsPeopleWriteThem_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("milliseconds"); // -1: refused
        QTest::newRow("seconds") << u"30s"_s << qint64(30'000);
        QTest::newRow("days") << u"30d"_s << qint64(30) * 86'400'000;
        QTest::newRow("mixed") << u"1h30m"_s << qint64(5'400'000);
        QTest::newRow("fraction") << u"1.5s"_s << qint64(1'500);
        QTest::newRow("milliseconds") << u"250ms"_s << qint64(250);
        QTest::newRow("no unit") << u"30"_s << qint64(-1);
        QTest::newRow("nothing") << QString() << qint64(-1);
        QTest::newRow("words") << u"soon"_s << qint64(-1);
        QTest::newRow("negative") << u"-5s"_s << qint64(-1);
        QTest::newRow("too long to add") << u"999999999999999999d"_s << qint64(-1);
    }
    void durationsAreReadAsPeopleWriteThem()
    {
        QFETCH(QString, text);
        QFETCH(qint64, milliseconds);
        const auto duration = parseDuration(text);
        QCOMPARE(duration ? qint64(duration->count()) : -1, milliseconds);
    }

    void helpNamesEveryCommand()
    {
        const Arguments arguments = parseArguments({u"sallyportctl"_s, u"help"_s});
        QCOMPARE(arguments.exitCode, int(AllWell));
        for (const Command &command : commands())
            QVERIFY2(arguments.text.contains(QString::fromLatin1(command.summary)), command.name);
    }

    void ownOptionsComeFirst()
    {
        const QString get = parseArguments({u"sallyportctl"_s, u"get"_s, u"--help"_s}).text;
        QVERIFY2(get.startsWith(u"sallyportctl get KIND"_s), qPrintable(get));
        QVERIFY2(get.contains(u"\nOptions of get:\n  --wide "_s), qPrintable(get));
        QVERIFY(get.indexOf(u"--output-watch-events"_s)
                < get.indexOf(u"Options of every command:\n  --kubeconfig"_s));
        const QString doctor = parseArguments({u"sallyportctl"_s, u"doctor"_s, u"--help"_s}).text;
        QVERIFY2(doctor.startsWith(u"sallyportctl doctor: the connection"_s), qPrintable(doctor));
        QVERIFY(!doctor.contains(u"Options of doctor"_s));
    }

    void theDemoStartsWhereACommandIsAboutIt()
    {
        QVERIFY(parseArguments({u"sallyportctl"_s, u"demo-cluster"_s}).wantsDemo);
        QVERIFY(parseArguments({u"sallyportctl"_s, u"--demo"_s, u"mappings"_s}).wantsDemo);
        QVERIFY(!parseArguments({u"sallyportctl"_s, u"mappings"_s}).wantsDemo);
    }

    void theDemosPrometheusHasAPast()
    {
        QCOMPARE(parseArguments({u"sallyportctl"_s, u"demo-cluster"_s}).demo.history, std::string("8d"));
        QCOMPARE(parseArguments({u"sallyportctl"_s, u"--demo"_s, u"preflight"_s, u"--history"_s, u"0"_s})
                     .demo.history,
                 std::string("0"));
    }

    void theTourSeesCertificatesRotate()
    {
        using std::chrono::seconds;
        QCOMPARE(parseArguments({u"sallyportctl"_s, u"demo"_s, u"tour"_s}).demo.certLife, seconds(20));
        QCOMPARE(parseArguments({u"sallyportctl"_s, u"demo"_s, u"tour"_s, u"--cert-life"_s, u"1m"_s})
                     .demo.certLife,
                 seconds(60));
        QCOMPARE(parseArguments({u"sallyportctl"_s, u"demo-cluster"_s}).demo.certLife, seconds(600));
    }
};

SALLYPORT_TEST(arguments_test, ArgumentsTest)
#include "arguments_test.moc"
