// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of a cluster that has none of Ambassador's kinds: they say so, and are not empty.
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class UnservedKindsTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<DemoChild> m_demo;

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = std::make_unique<DemoChild>();
        QVERIFY2(m_demo->start({u"--state"_s, u"empty"_s}), qPrintable(m_demo->error()));
    }
    void cleanupTestCase() { m_demo.reset(); }

    void areNamed_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("plural");
        for (const char *plural : {"mappings", "hosts", "tlscontexts", "listeners"}) {
            const QString name = QLatin1String(plural);
            QTest::newRow(plural) << name << name;
            QTest::addRow("%s, JSON", plural) << name + u" -o json"_s << name;
        }
    }
    void areNamed()
    {
        QFETCH(QString, command);
        QFETCH(QString, plural);
        const CliEnded ended = m_demo->run(command.split(u' '), 60'000);
        QVERIFY2(ended.code == 1, qPrintable(ended.all()));
        QCOMPARE(ended.out, QString());
        QVERIFY2(ended.err.startsWith(u"sallyportctl: https://127.0.0.1:"_s)
                     && ended.err.contains(u" does not serve %1.getambassador.io: install "_s.arg(plural))
                     && ended.err.count(u'\n') == 1,
                 qPrintable(ended.err));
    }
};

SALLYPORT_TEST(unserved_kinds_test, UnservedKindsTest)
#include "unserved_kinds_test.moc"
