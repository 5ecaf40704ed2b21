// SPDX-License-Identifier: GPL-3.0-or-later
// What is read of clusters of all ages: an older API server has kinds in the versions of its time.
#include "app/snapshot_fetch.h"
#include "tests/app/demo_child.h"
#include "tests/support/elsewhere.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class SnapshotFetchTest : public QObject
{
    Q_OBJECT
    // By discovery: nothing was asked for.
    static bool isUnserved(const kube::Error &error)
    {
        return error.kind == kube::Error::Kind::NotFound && error.httpStatus == 0
            && error.message.startsWith("the API server serves no kind"_L1);
    }

private Q_SLOTS:
    void everyKindIsReadFromServersOfAllAges_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QStringList>("absent");         // the line of Istio has none
        const QStringList entries{u"workloadentries"_s}; // of virtual machines, which the demo has none of
        QTest::newRow("1.15") << QStringList{u"--kube-version"_s, u"1.15"_s} << entries;
        QTest::newRow("1.21") << QStringList{u"--kube-version"_s, u"1.21"_s} << entries;
        QTest::newRow("1.37") << QStringList() << entries;
        QTest::newRow("Istio 1.4") << QStringList{u"--generation"_s, u"1.4"_s}
                                   << entries + QStringList{u"peerauthentications"_s};
        QTest::newRow("Emissary 3") << QStringList{u"--generation"_s, u"3.x"_s} << entries;
    }
    void everyKindIsReadFromServersOfAllAges()
    {
        QFETCH(QStringList, options);
        QFETCH(QStringList, absent);
        DemoChild demo;
        QVERIFY2(demo.start(options), qPrintable(demo.error()));
        const auto input = elsewhere([&]() -> kube::Result<models::SnapshotInput> {
            auto read = app::fetchSnapshot(demo.client(), {});
            if (read)
                app::fetchPlatform(demo.client(), *read, {});
            return read;
        });
        QVERIFY2(input, qPrintable(input ? QString() : input.error().message));
        for (const QString &plural : input->unavailable.keys())
            QVERIFY2(absent.contains(plural) || isUnserved(input->unavailable[plural]),
                     qPrintable(plural + u": "_s + input->unavailable[plural].message));
        for (const QString &plural :
             {u"cronjobs"_s, u"mappings"_s, u"pods"_s, u"customresourcedefinitions"_s})
            QVERIFY2(!input->objects.value(plural).isEmpty(), qPrintable(plural));
        QVERIFY(input->objects.contains(u"destinationrules"_s));
    }

    // Its words name the pause, and claim no patience that there was not.
    void whatAServerPutsOffIsGivenUpSoon()
    {
        DemoChild demo;
        QVERIFY2(demo.start({u"--incident"_s, u"conversion-webhook-down"_s}), qPrintable(demo.error()));
        const auto input = elsewhere([&] { return app::fetchSnapshot(demo.client(), {}); });
        QVERIFY2(input, qPrintable(input ? QString() : input.error().message));
        const auto put = input->unavailable.constFind(u"mappings"_s);
        QVERIFY(put != input->unavailable.constEnd());
        QVERIFY2(put->message.endsWith("; the server asks to wait 5 s, not waited for"_L1),
                 qPrintable(put->message));
    }
};

SALLYPORT_TEST(snapshot_fetch_test, SnapshotFetchTest)
#include "snapshot_fetch_test.moc"
