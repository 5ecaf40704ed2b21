// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/snapshot_plan.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class SnapshotPlanTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theVersionFitsTheEdgeThatReadsIt_data()
    {
        QTest::addColumn<QByteArray>("group");
        QTest::addColumn<QStringList>("images");
        QTest::addColumn<QString>("version");
        const QByteArray both = R"({"versions":[{"version":"v3alpha1"},{"version":"v2"},{"version":"v1"}]})";
        const QByteArray old = R"({"versions":[{"version":"v2"},{"version":"v1"}]})";
        QTest::newRow("AES 1.11 reads v2")
            << both << QStringList{u"docker.io/datawire/aes:1.11.2"_s} << u"v2"_s;
        QTest::newRow("Emissary 3.9 reads v3alpha1")
            << both << QStringList{u"docker.io/emissaryingress/emissary:3.9.1"_s} << u"v3alpha1"_s;
        QTest::newRow("an old API with a new edge") << old << QStringList{u"emissary:3.9.1"_s} << u"v2"_s;
        QTest::newRow("no edge that is known") << both << QStringList{u"nginx:1.11.2"_s} << u"v3alpha1"_s;
        QTest::newRow("a registry with a port")
            << both << QStringList{u"registry:5000/aes:1.14.4"_s} << u"v2"_s;
        QTest::newRow("nothing of Ambassador") << QByteArray() << QStringList{u"aes:1.11.2"_s} << QString();
        QTest::newRow("an answer that is no JSON") << QByteArray("<html>") << QStringList() << QString();
    }
    void theVersionFitsTheEdgeThatReadsIt()
    {
        QFETCH(QByteArray, group);
        QFETCH(QStringList, images);
        QFETCH(QString, version);
        QCOMPARE(app::ambassadorVersion(group, images), version);
    }

    void withoutAmbassadorOnlyTheMeshIsRead()
    {
        for (const kube::ResourceType &type : app::snapshotTypes({}))
            QVERIFY2(type.group != u"getambassador.io"_s, qPrintable(type.plural));
        QVERIFY(app::snapshotTypes(u"v2"_s).size() > app::snapshotTypes({}).size());
    }
};

SALLYPORT_TEST(snapshot_plan_test, SnapshotPlanTest)
#include "snapshot_plan_test.moc"
