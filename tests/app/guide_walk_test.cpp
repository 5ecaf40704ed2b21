// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl guide apply --all --then-undo on a fresh demo cluster of each generation: every step is written, passes, and all of it
// is taken back; and what the words after guide may be.
#include "app/demo/prometheus_child.h"
#include "tests/app/demo_child.h"
#include "tests/demo/demo_world.h"
#include "tests/support/foreign_kubectl.h"
#include "tests/support/test_class.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int WholeWalk = 300'000; // three at once, each with roll-outs, scrapes and a restart of Prometheus

struct Walk
{
    QString generation;
    QTemporaryDir folder;
    QProcess process;
};

} // namespace

class GuideWalkTest : public QObject
{
    Q_OBJECT

    static void start(QProcess &process, const QString &folder, const QStringList &arguments)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"XDG_DATA_HOME"_s, folder);
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"), arguments);
        process.closeWriteChannel();
    }

private Q_SLOTS:
    void upAndBack()
    {
        if (const QString why = DemoWorld::missingPeer(); !why.isEmpty())
            QSKIP(qPrintable(why));
        if (demo::findPrometheus({}).isEmpty())
            QSKIP("no program prometheus: the preflight of the step strict has no telemetry; ./dev setup "
                  "--peers brings it");
        std::vector<std::unique_ptr<Walk>> walks;
        for (const char *generation : {"1.4", "1.5", "3.x"}) {
            auto walk = std::make_unique<Walk>();
            walk->generation = QString::fromLatin1(generation);
            start(walk->process, walk->folder.path(),
                  {u"--demo"_s, u"--generation"_s, walk->generation, u"guide"_s, u"apply"_s, u"--all"_s,
                   u"--then-undo"_s, u"--yes"_s});
            walks.push_back(std::move(walk));
        }
        for (const auto &walk : walks) {
            QVERIFY2(
                QTest::qWaitFor([&] { return walk->process.state() == QProcess::NotRunning; }, WholeWalk),
                qPrintable(walk->generation));
            const QString said = QString::fromUtf8(walk->process.readAllStandardOutput());
            const QString error = QString::fromUtf8(walk->process.readAllStandardError());
            QVERIFY2(walk->process.exitCode() == 0, qPrintable(walk->generation + u": "_s + error + said));
            for (const char *step :
                 {"start", "namespace-label", "quote", "mapping-plain", "istio-certs", "tlscontext",
                  "mapping-tls", "strict", "prometheus", "grafana", "tracing"})
                QVERIFY2(said.contains(u"✓ %1: "_s.arg(QLatin1String(step))),
                         qPrintable(walk->generation + u": "_s + QLatin1String(step) + u'\n' + said));
            QVERIFY2(said.contains(u"objects are as they were at the start"_s), qPrintable(said));
        }
    }

    // What the first walk has sent in clear text stands in the second one's window: the journal tells whose it was.  A walk that is
    // ended while it waits says what it has written; a row that somebody answers for stops none.
    void aSecondWalkAndOneThatIsEnded()
    {
        DemoChild demo;
        QVERIFY2(demo.start({u"--rate"_s, u"5"_s, u"--history"_s, u"8d"_s}), qPrintable(demo.error()));
        if (!demo.hasPrometheus())
            QSKIP("no program prometheus: the preflight of the step strict has no telemetry");
        const QStringList walk{u"guide"_s, u"apply"_s, u"--all"_s, u"--yes"_s};
        for (int round = 0; round < 2; ++round) {
            const CliEnded ended = demo.run(walk + QStringList{u"--then-undo"_s});
            QVERIFY2(ended.code == 0, ended.err.right(700).toUtf8().constData());
        }
        QVERIFY(demo.fault(u"plaintext-caller"_s, true));
        const auto third = demo.launch(walk);
        QString said;
        QTRY_VERIFY2_WITH_TIMEOUT(
            (said += QString::fromUtf8(third->readAllStandardError())).contains(u"for three scrapes"_s),
            qPrintable(said), 120'000);
        third->terminate();
        QVERIFY(third->waitForFinished(30'000));
        said = QString::fromUtf8(third->readAllStandardError());
        QCOMPARE(third->exitCode(), 1);
        for (const QString &part :
             {u"ended from outside; what this run has written stands:"_s,
              u"  namespace-label: Namespace default (journal "_s, u"nothing was written of: "_s,
              u"`sallyportctl guide undo mapping-tls "_s})
            QVERIFY2(said.contains(part), qPrintable(said));
        QVERIFY2(!said.contains(u"preflight"_s) && said.contains(u" strict,"_s), qPrintable(said));

        const QStringList strict{u"guide"_s, u"apply"_s, u"strict"_s, u"--yes"_s};
        const CliEnded refused = demo.run(strict);
        QVERIFY2(refused.code == 3
                     && refused.err.contains(u"nothing is written. The preflight says NO-GO, T1"_s),
                 qPrintable(refused.err));
        const CliEnded accepted =
            demo.run(strict + QStringList{u"--accept"_s, u"T1=these callers are known"_s});
        QVERIFY2(accepted.code == 0 && accepted.err.contains(u"(these callers are known)"_s),
                 qPrintable(accepted.all().right(700)));
    }

    // Of 1.3, whose certificate is Citadel's Secret, mounted: the edge's own clear text before it had that stops no walk at STRICT.
    void anEdgeWithAMountedSecretComesToStrict()
    {
        if (const QString why = DemoWorld::missingPeer(); !why.isEmpty())
            QSKIP(qPrintable(why));
        DemoChild demo;
        QVERIFY2(demo.start({u"--generation"_s, u"1.4"_s, u"--rate"_s, u"5"_s, u"--history"_s, u"8d"_s}),
                 qPrintable(demo.error()));
        if (!demo.hasPrometheus())
            QSKIP("no program prometheus: the preflight of the step strict has no telemetry");
        for (const QStringList &words :
             {QStringList{u"set"_s, u"image"_s, u"deployment/ambassador"_s,
                          u"aes=docker.io/datawire/aes:1.3.2"_s},
              QStringList{u"rollout"_s, u"status"_s, u"deployment/ambassador"_s, u"--timeout=60s"_s}}) {
            QProcess kubectl;
            kubectl.start(foreignKubectl(),
                          QStringList{u"--kubeconfig"_s, demo.kubeconfig(), u"-n"_s, u"ambassador"_s}
                              + words);
            QVERIFY(kubectl.waitForFinished(90'000));
            QVERIFY2(kubectl.exitCode() == 0, kubectl.readAllStandardError().constData());
        }
        const CliEnded walked = demo.run(
            {u"guide"_s, u"apply"_s, u"--all"_s, u"--yes"_s, u"--edge"_s, u"ambassador/ambassador"_s});
        QVERIFY2(walked.code == 0 && walked.out.contains(u"\u2713 strict: "_s),
                 walked.all().right(900).toUtf8().constData());
        QVERIFY2(walked.err.contains(
                     u"clear text of a Mapping that was written here without tls, and has it now"_s),
                 qPrintable(walked.err));
    }

    void wordsThatCannotBeMeant_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("why");
        QTest::newRow("no such verb") << QStringList{u"go"_s} << u"guide knows check, show, apply"_s;
        QTest::newRow("a step and all")
            << QStringList{u"apply"_s, u"quote"_s, u"--all"_s} << u"takes steps or --all, not both"_s;
        QTest::newRow("nothing to apply") << QStringList{u"apply"_s} << u"needs a step, or --all"_s;
        QTest::newRow("no such step")
            << QStringList{u"verify"_s, u"quote"_s, u"quot"_s} << u"there is no step quot"_s;
        QTest::newRow("check takes none") << QStringList{u"check"_s, u"quote"_s} << u"it checks all"_s;
        QTest::newRow("two to show") << QStringList{u"show"_s, u"quote"_s, u"strict"_s}
                                     << u"guide show needs a step"_s;
        QTest::newRow("undone before it is done")
            << QStringList{u"undo"_s, u"--all"_s, u"--then-undo"_s} << u"--then-undo goes with guide apply"_s;
        QTest::newRow("a row that no preflight is asked for")
            << QStringList{u"apply"_s, u"quote"_s, u"--accept"_s, u"T1=mine"_s}
            << u"--accept goes with guide apply strict"_s;
        QTest::newRow("a row without a reason")
            << QStringList{u"apply"_s, u"strict"_s, u"--accept"_s, u"T1"_s} << u"has no reason"_s;
        QTest::newRow("nothing written to take back")
            << QStringList{u"apply"_s, u"--all"_s, u"--then-undo"_s, u"--dry-run"_s}
            << u"--dry-run writes nothing"_s;
    }
    void wordsThatCannotBeMeant()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, why);
        QTemporaryDir folder;
        QFile manifest(folder.filePath(u"edge.yaml"_s));
        QVERIFY(manifest.open(QIODevice::WriteOnly));
        manifest.write("apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n");
        manifest.close();
        const bool writes = words.first() == "apply"_L1 || words.first() == "undo"_L1;
        QProcess process;
        start(process, folder.path(),
              (writes ? QStringList{u"--demo"_s, u"--history"_s, u"0"_s} : QStringList())
                  + QStringList{u"guide"_s} + words
                  + (writes ? QStringList() : QStringList{u"-f"_s, manifest.fileName()}));
        QVERIFY(QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 60'000));
        const QString error = QString::fromUtf8(process.readAllStandardError());
        QVERIFY2(process.exitCode() == 2 && error.contains(why), qPrintable(error));
    }
};

SALLYPORT_TEST(guide_walk_test, GuideWalkTest)
#include "guide_walk_test.moc"
