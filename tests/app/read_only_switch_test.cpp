// SPDX-License-Identifier: GPL-3.0-or-later
// Remedies, the switch to STRICT and its way back in a context whose mode is Read-only: refused, and nothing is another than before.
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

kube::WriteOptions confirmed()
{
    kube::WriteOptions options;
    options.isConfirmed = true;
    return options;
}

} // namespace

class ReadOnlySwitchTest : public QObject
{
    Q_OBJECT
    DemoChild m_demo;

    QMap<QString, edge::Value> objects()
    {
        return m_demo.objects(
            {kube::types::mappings(u"v2"_s),
             {u"security.istio.io"_s, u"v1beta1"_s, u"peerauthentications"_s, u"PeerAuthentication"_s, true},
             {u"networking.istio.io"_s, u"v1beta1"_s, u"destinationrules"_s, u"DestinationRule"_s, true}});
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(m_demo.start({u"--state"_s, u"guide-done"_s}), qPrintable(m_demo.error()));
        const auto patched =
            m_demo.client()
                .mergePatch(kube::types::mappings(u"v2"_s), u"default"_s, u"quote-backend"_s,
                            QByteArray("{'spec':{'tls':null}}").replace('\'', '"'), confirmed())
                .result();
        QVERIFY2(patched, qPrintable(patched ? QString() : patched.error().message));
        QVERIFY(m_demo.setMode(u"read-only"_s));
    }

    void nothingIsWritten_data()
    {
        QTest::addColumn<QString>("command");
        for (const char *command :
             {"fix MT-001 mapping/quote-backend", "fix MT-001 mapping/quote-backend --yes=demo",
              "strict apply --scope mesh", "strict apply --scope mesh --yes=demo"})
            QTest::newRow(command) << QString::fromLatin1(command);
    }
    void nothingIsWritten()
    {
        QFETCH(const QString, command);
        const auto before = objects();
        QVERIFY(!before.isEmpty());
        const CliEnded ended = m_demo.run(command.split(u' '), 120'000);
        QVERIFY2(ended.code == 1 || ended.code == 3, qPrintable(ended.all()));
        QVERIFY2(ended.all().contains(u"context “demo” is read-only"_s), qPrintable(ended.all()));
        QVERIFY2(!ended.err.contains(u"Type "_s), qPrintable(ended.all()));
        QVERIFY(objects() == before);
    }

    // There is nothing of it to take back: this machine has not switched.
    void rollbackWritesNothing()
    {
        const auto before = objects();
        const CliEnded ended =
            m_demo.run({u"strict"_s, u"rollback"_s, u"--scope"_s, u"mesh"_s, u"--yes=demo"_s}, 120'000);
        QVERIFY2(!ended.all().contains(u"taken back:"_s), qPrintable(ended.all()));
        QVERIFY(objects() == before);
    }
};

SALLYPORT_TEST(read_only_switch_test, ReadOnlySwitchTest)
#include "read_only_switch_test.moc"
