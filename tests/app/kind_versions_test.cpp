// SPDX-License-Identifier: GPL-3.0-or-later
// Which version get and edit take of a kind that is served in several: the one that the console reads, unless a version is named.
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

class KindVersionsTest : public QObject
{
    Q_OBJECT
    DemoChild m_demo;

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_demo.start({u"--generation"_s, u"3.x"_s}), qPrintable(m_demo.error())); }

    void aKindIsReadInOurVersionUnlessAnotherIsNamed_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("version");
        QTest::newRow("plural") << u"mappings"_s << u"v3alpha1"_s;
        QTest::newRow("kind") << u"Mapping"_s << u"v3alpha1"_s;
        QTest::newRow("with its group") << u"mappings.getambassador.io"_s << u"v3alpha1"_s;
        QTest::newRow("with half of it") << u"mappings.getambassador"_s << u"v3alpha1"_s;
        QTest::newRow("v2 is named") << u"mappings.v2.getambassador.io"_s << u"v2"_s;
        QTest::newRow("v2 alone is named") << u"mapping.v2"_s << u"v2"_s;
    }
    void aKindIsReadInOurVersionUnlessAnotherIsNamed()
    {
        QFETCH(const QString, kind);
        QFETCH(const QString, version);
        const CliEnded ended =
            m_demo.run({u"get"_s, kind, u"web"_s, u"-n"_s, u"front"_s, u"-o"_s, u"json"_s}, 60'000);
        QVERIFY2(ended.code == 0, qPrintable(ended.all()));
        static const QRegularExpression apiVersion(u"\"apiVersion\": ?\"getambassador.io/(\\w+)\""_s);
        QCOMPARE(apiVersion.match(ended.out).captured(1), version);
    }

    // Whose conversion webhook is down: only what is stored can be read.
    void whatIsStoredIsReadWithoutTheWebhook_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::newRow("all") << QStringList{u"get"_s, u"mappings"_s, u"-A"_s};
        QTest::newRow("one") << QStringList{u"get"_s, u"mapping"_s, u"web"_s, u"-n"_s, u"front"_s};
        QTest::newRow("in an editor")
            << QStringList{u"edit"_s, u"mapping"_s, u"web"_s, u"-n"_s, u"front"_s, u"--yes"_s};
    }
    void whatIsStoredIsReadWithoutTheWebhook()
    {
        QFETCH(const QStringList, command);
        QFile editor(QFileInfo(m_demo.kubeconfig()).path() + u"/editor"_s);
        QVERIFY(editor.open(QIODevice::WriteOnly));
        editor.write("#!/bin/sh\nsed -i 's,^  prefix: .*,  prefix: /edited/,' \"$1\"\n");
        editor.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        editor.close();
        qputenv("KUBE_EDITOR", editor.fileName().toLocal8Bit());
        QVERIFY(m_demo.fault(u"conversion-webhook-down"_s, true));
        const CliEnded ended = m_demo.run(command, 15'000);
        QVERIFY(m_demo.fault(u"conversion-webhook-down"_s, false));
        QVERIFY2(ended.code == 0 && ended.out.contains(u"web"_s), qPrintable(ended.all()));
    }
};

SALLYPORT_TEST(kind_versions_test, KindVersionsTest)
#include "kind_versions_test.moc"
