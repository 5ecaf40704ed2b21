// SPDX-License-Identifier: GPL-3.0-or-later
// posture, certs, preflight, strict plan and guide check on manifests, as CI runs them: no cluster is asked.
#include "edge/value.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class FileJudgementsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QByteArray m_manifests, m_out, m_err;

    int run(const QStringList &arguments, const QString &file)
    {
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"KUBECONFIG"_s, m_folder.filePath(u"no-such-kubeconfig"_s));
        program.setProcessEnvironment(environment);
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                      arguments + QStringList{u"-f"_s, file});
        program.write(file == "-"_L1 ? m_manifests : QByteArray());
        program.closeWriteChannel();
        program.waitForFinished();
        m_out = program.readAllStandardOutput();
        m_err = program.readAllStandardError();
        return program.exitStatus() == QProcess::NormalExit ? program.exitCode() : -1;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_manifests = edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml()
            + "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: "
              "default, "
              "namespace: istio-system}\nspec: {mtls: {mode: DISABLE}}\n"
              "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, "
              "namespace: "
              "default}\nspec: {prefix: /backend/, service: 'quote:80'}\n";
        QFile file(m_folder.filePath(u"all.yaml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(m_manifests) > 0);
    }

    void eachCommandJudgesThem_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("posture") << QStringList{u"posture"_s} << 0 << QByteArray("DISABLE");
        QTest::newRow("certs") << QStringList{u"certs"_s} << 0 << QByteArray("ENDS IN");
        QTest::newRow("preflight") << QStringList{u"preflight"_s} << 3 << QByteArray("P7");
        QTest::newRow("strict plan") // its first stage takes P7 away
            << QStringList{u"strict"_s, u"plan"_s, u"--scope"_s, u"mesh"_s} << 0 << QByteArray("NO-GO");
        QTest::newRow("guide check") << QStringList{u"guide"_s, u"check"_s} << 3 << QByteArray("strict");
    }
    void eachCommandJudgesThem()
    {
        QFETCH(QStringList, command);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        for (const QString &file : {m_folder.filePath(u"all.yaml"_s), m_folder.path(), u"-"_s}) {
            QVERIFY2(run(command, file) == code, QByteArray(m_err + m_out).constData());
            QVERIFY2(m_out.contains(says), m_out.constData());
        }
    }

    // `helm template … | sallyportctl check -f -`, and helm has failed.
    void nothingIsNoGoodAnswer_data()
    {
        QTest::addColumn<QStringList>("command");
        for (const char *command : {"check", "posture", "preflight", "mappings"})
            QTest::newRow(command) << QStringList{QString::fromLatin1(command)};
    }
    void nothingIsNoGoodAnswer()
    {
        QFETCH(QStringList, command);
        const QByteArray all = std::exchange(m_manifests, QByteArray());
        const int code = run(command, u"-"_s);
        m_manifests = all;
        QCOMPARE(code, 1);
        QVERIFY2(m_err.contains("no object is in the standard input"), m_err.constData());
    }

    void aScopeWithoutANameIsRefused_data()
    {
        QTest::addColumn<QString>("scope");
        for (const char *scope : {"/cart", "shop/", "/", "a/b/c"})
            QTest::newRow(scope) << QString::fromLatin1(scope);
    }
    void aScopeWithoutANameIsRefused()
    {
        QFETCH(QString, scope);
        QCOMPARE(run({u"preflight"_s, u"--scope"_s, scope}, u"-"_s), 2);
        QVERIFY2(m_err.contains("is no scope"), m_err.constData());
    }

    void whatWritesIsAboutAClusterOnly_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::newRow("strict apply") << QStringList{u"strict"_s, u"apply"_s, u"--scope"_s, u"mesh"_s};
        QTest::newRow("strict rollback") << QStringList{u"strict"_s, u"rollback"_s, u"--scope"_s, u"mesh"_s};
        QTest::newRow("guide apply") << QStringList{u"guide"_s, u"apply"_s, u"strict"_s};
    }
    void whatWritesIsAboutAClusterOnly()
    {
        QFETCH(QStringList, command);
        QCOMPARE(run(command, u"-"_s), 2);
        QVERIFY2(m_err.contains("cluster; -f goes with"), m_err.constData());
    }
};

SALLYPORT_TEST(file_judgements_test, FileJudgementsTest)
#include "file_judgements_test.moc"
