// SPDX-License-Identifier: GPL-3.0-or-later
// The staged switch on a real demo cluster, by the built program: what it writes, what it refuses to write, and
// that it takes back exactly what it wrote.
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QStringList Quick{u"--window"_s, u"8s"_s, u"--watch"_s, u"4s"_s, u"--soak"_s, u"1s"_s};
constexpr int CoverageLimitMs = 60'000;

kube::ResourceType istio(const char *plural, const char *kind)
{
    return {u"security.istio.io"_s, u"v1beta1"_s, QString::fromLatin1(plural), QString::fromLatin1(kind),
            true};
}

// Test messages are cut at their end, and the end is what tells.
QByteArray tail(const CliEnded &ended) { return ended.all().right(700).toUtf8(); }

} // namespace

class StrictSwitchTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<DemoChild> m_demo;

    QMap<QString, edge::Value> policies()
    {
        return m_demo->objects({istio("peerauthentications", "PeerAuthentication"),
                                istio("authorizationpolicies", "AuthorizationPolicy"),
                                kube::types::destinationRules()});
    }
    CliEnded strict(const QString &verb, const QString &scope, const QStringList &more = {})
    {
        return m_demo->run(QStringList{u"strict"_s, verb, u"--scope"_s, scope} + Quick + more);
    }
    // Beside other work Prometheus scrapes late, and a window of 8 s is not covered: UNKNOWN for a while.
    CliEnded awaitGo()
    {
        QElapsedTimer timer;
        timer.start();
        CliEnded preflight;
        while (timer.elapsed() < CoverageLimitMs && preflight.code != 0)
            preflight = m_demo->run({u"preflight"_s, u"--scope"_s, u"shop"_s, u"--window"_s, u"8s"_s});
        return preflight;
    }
    qsizetype journalled() { return m_demo->run({u"journal"_s}).out.count(u'\n'); }
    QString modeOf(const QString &object)
    {
        return QString::fromStdString(policies().value(object).at({"spec", "mtls", "mode"}).text());
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = std::make_unique<DemoChild>();
        QVERIFY2(m_demo->start({u"--rate"_s, u"20"_s, u"--history"_s, u"8d"_s}), qPrintable(m_demo->error()));
        if (!m_demo->hasPrometheus())
            QSKIP("skipped: no program prometheus, and without telemetry nothing is a GO");
        // Until every workload of the scope has traffic in Prometheus, the verdict is UNKNOWN.
        const CliEnded preflight = awaitGo();
        QVERIFY2(preflight.code == 0, qPrintable(preflight.all()));
    }

    // Istio 1.4 has other kinds, and serves its DestinationRules in one version alone: a switch names and watches these.
    void istio14IsSwitchedByItsOwnKindsAndTakenBack()
    {
        DemoChild old;
        QVERIFY2(old.start({u"--rate"_s, u"20"_s, u"--history"_s, u"0"_s, u"--generation"_s, u"1.4"_s}),
                 qPrintable(old.error()));
        const kube::ResourceType meshPolicy{u"authentication.istio.io"_s, u"v1alpha1"_s, u"meshpolicies"_s,
                                            u"MeshPolicy"_s, false};
        const kube::ResourceType policy{u"authentication.istio.io"_s, u"v1alpha1"_s, u"policies"_s,
                                        u"Policy"_s, true};
        const auto before = old.objects({meshPolicy, policy});
        QCOMPARE(before.size(), 1);
        const QStringList scope{u"--scope"_s, u"mesh"_s};
        CliEnded applied;
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < CoverageLimitMs && (applied.code != 0 || timer.elapsed() < 1))
            applied = old.run(QStringList{u"strict"_s, u"apply"_s} + scope + Quick + QStringList{u"--yes"_s});
        QVERIFY2(applied.code == 0, tail(applied).constData());
        for (const QString &part : {u"stage 1: Policy shop/default"_s, u"stage 4: Policy shop/strict-cart"_s,
                                    u"stage 6: MeshPolicy default"_s, u"✓ V8"_s, u"the mesh is STRICT"_s})
            QVERIFY2(applied.all().contains(part), tail(applied).constData());
        const auto now = old.objects({meshPolicy, policy});
        QCOMPARE(now.size(), 1); // what the plan made besides is gone
        QCOMPARE(edge::toJson(now.first()["spec"]["peers"]), std::string(R"([{"mtls":{}}])"));
        const CliEnded back =
            old.run(QStringList{u"strict"_s, u"rollback"_s} + scope + QStringList{u"--yes"_s});
        QVERIFY2(back.code == 0, tail(back).constData());
        QCOMPARE(edge::toJson(old.objects({meshPolicy, policy}).first()["spec"]),
                 edge::toJson(before.first()["spec"]));
    }

    // The past reaches beyond the window of seven days, so the window is covered.
    void aWindowOfDaysIsReached()
    {
        const CliEnded preflight = m_demo->run({u"preflight"_s, u"--scope"_s, u"shop"_s});
        QVERIFY2(!preflight.out.contains(u"T4 "_s), qPrintable(preflight.all()));
        QVERIFY2(preflight.code == 0, qPrintable(preflight.all()));
    }

    void aPlanIsDataAndWritesNothing()
    {
        const auto before = policies();
        const CliEnded plan = strict(u"plan"_s, u"shop"_s, {u"-o"_s, u"json"_s});
        QVERIFY2(plan.code == 0, qPrintable(plan.all()));
        const auto document = edge::parseJson(plan.out.toStdString());
        QVERIFY2(document.has_value(), qPrintable(plan.out));
        QCOMPARE((*document)["stages"].items().size(), 8u);
        QCOMPARE((*document)["verifications"].items().size(), 10u);
        QVERIFY((*document)["rollbackCriteria"].items().size() > 5);
        QCOMPARE(policies(), before);
    }

    // A dry run writes nothing anyway: the server is asked what it thinks of each change, whatever the mode.
    void aDryRunIsShownInAReadOnlyContext()
    {
        QVERIFY(m_demo->setMode(u"read-only"_s));
        const CliEnded refused = strict(u"apply"_s, u"shop"_s, {u"--yes"_s});
        const CliEnded shown = strict(u"apply"_s, u"shop"_s, {u"--dry-run"_s});
        QVERIFY(m_demo->setMode(u"normal"_s));
        QVERIFY2(refused.code == 1 && refused.err.contains(u"read-only"_s), tail(refused).constData());
        QVERIFY2(shown.code == 0 && !shown.all().contains(u"read-only"_s), tail(shown).constData());
        QVERIFY2(shown.out.contains(u"+    mode: STRICT"_s), tail(shown).constData());
    }

    // R1: what writes, watches and takes back; whoever may write and not take back may not begin.
    void everyRightThatTheSwitchNeedsIsAskedFor()
    {
        const CliEnded ended = m_demo->run({u"preflight"_s, u"--scope"_s, u"shop"_s, u"--window"_s, u"8s"_s,
                                            u"--context"_s, u"demo-viewer"_s});
        QCOMPARE(ended.code, 3);
        for (const QString &right : {u"`create` on `peerauthentications.security.istio.io` in `shop`"_s,
                                     u"`patch` on `peerauthentications.security.istio.io` in `shop`"_s,
                                     u"`delete` on `peerauthentications.security.istio.io` in `shop`"_s,
                                     u"`delete` on `authorizationpolicies.security.istio.io` in `shop`"_s,
                                     u"`create` on `pods/portforward` in `shop`"_s})
            QVERIFY2(ended.out.contains(right), QByteArray(right.toUtf8() + '\n' + tail(ended)).constData());
        QVERIFY2(!ended.out.contains(u"destinationrules"_s), tail(ended).constData()); // those are only read
    }

    // R2: the object that the scope is written to.
    void theDryRunIsOfTheScopesOwnObject()
    {
        QVERIFY(m_demo->fault(u"istiod-down"_s,
                              true)); // whose webhook validates: nothing of Istio can be written
        const CliEnded ended =
            m_demo->run({u"preflight"_s, u"--scope"_s, u"shop/cart"_s, u"--window"_s, u"8s"_s});
        QVERIFY(m_demo->fault(u"istiod-down"_s, false));
        QVERIFY2(
            ended.out.contains(u"the server's dry run refuses the change: PeerAuthentication shop/cart:"_s),
            tail(ended).constData());
    }

    void aCallerThatWouldBreakIsANoGoAndNothingIsWritten()
    {
        for (const QString &step : {u"namespace-label"_s, u"quote"_s, u"mapping-plain"_s}) {
            const CliEnded applied = m_demo->run({u"guide"_s, u"apply"_s, step, u"--yes"_s});
            QVERIFY2(applied.code == 0, tail(applied).constData());
        }
        const auto before = policies();
        const qsizetype lines = journalled();
        const CliEnded ended = strict(u"apply"_s, u"default"_s, {u"--yes"_s});
        QCOMPARE(ended.code, 3);
        QVERIFY2(ended.err.contains(u"nothing is written. NO-GO"_s) && ended.err.contains(u"quote-backend"_s),
                 tail(ended).constData());
        QCOMPARE(policies(), before);
        QCOMPARE(journalled(), lines);
    }

    void a7ASwitchIsVerifiedAndTakenBackExactly()
    {
        const auto before = policies();
        QCOMPARE(awaitGo().code, 0);
        const CliEnded applied = strict(u"apply"_s, u"shop"_s, {u"--yes"_s});
        QVERIFY2(applied.code == 0, tail(applied).constData());
        for (const QString &part :
             {u"stage 1: PeerAuthentication shop/default"_s, u"stage 2: AuthorizationPolicy"_s,
              u"stage 4: PeerAuthentication shop/strict-cart"_s, u"✓ V1"_s, u"✓ V2"_s, u"✓ V5"_s,
              u"refuse a caller without a certificate"_s, u"namespace shop is STRICT"_s})
            QVERIFY2(applied.out.contains(part),
                     QByteArray(part.toUtf8() + " is missing in:\n" + tail(applied)).constData());
        QVERIFY2(!applied.out.contains(u"✗"_s), tail(applied).constData());
        QCOMPARE(modeOf(u"PeerAuthentication shop/default"_s), u"STRICT"_s);
        QVERIFY2(!policies().contains(u"PeerAuthentication shop/strict-cart"_s),
                 "stage 5 replaces what stage 4 made");

        // V8 has just been refused by every port, and is no caller that STRICT keeps out.
        const CliEnded checked = m_demo->run({u"check"_s});
        QVERIFY2(!checked.out.contains(u"MT-024"_s), tail(checked).constData());

        const CliEnded status = strict(u"status"_s, u"shop"_s);
        QVERIFY2(status.code == 0 && status.out.contains(u"in force"_s) && status.out.contains(u"STRICT"_s),
                 tail(status).constData());

        const CliEnded back = strict(u"rollback"_s, u"shop"_s, {u"--yes"_s});
        QVERIFY2(back.code == 0, tail(back).constData());
        QCOMPARE(policies().keys(), before.keys());
        QCOMPARE(policies(), before);
        QVERIFY(strict(u"rollback"_s, u"shop"_s, {u"--yes"_s}).out.contains(u"taken back already"_s));
    }

    // What the first switch made and took back must not stand for what the second one makes.
    void aSecondSwitchIsTidiedAndTakenBackLikeTheFirst()
    {
        const auto before = policies();
        QCOMPARE(awaitGo().code, 0);
        const CliEnded applied = strict(u"apply"_s, u"shop"_s, {u"--yes"_s});
        QVERIFY2(applied.code == 0, tail(applied).constData());
        const QStringList made = policies().keys();
        for (const QString &left : {u"PeerAuthentication shop/strict-cart"_s,
                                    u"AuthorizationPolicy shop/sallyport-shadow-strict"_s})
            QVERIFY2(!made.contains(left), qPrintable(left));
        const CliEnded back = strict(u"rollback"_s, u"shop"_s, {u"--yes"_s});
        QVERIFY2(back.code == 0, tail(back).constData());
        QCOMPARE(policies(), before);
    }

    // Killed in stage 4: the next run goes on from there, and tidies what both have made.
    void whatAKilledRunHasMadeIsTidiedByTheNext()
    {
        const auto before = policies();
        QCOMPARE(awaitGo().code, 0);
        const auto running =
            m_demo->launch({u"strict"_s, u"apply"_s, u"--scope"_s, u"shop"_s, u"--window"_s, u"8s"_s,
                            u"--watch"_s, u"4s"_s, u"--soak"_s, u"1s"_s, u"--yes"_s});
        QString said;
        QElapsedTimer timer;
        timer.start();
        while (!said.contains(u"stage 4: PeerAuthentication shop/strict-cart done"_s)
               && timer.elapsed() < 120'000 && running->state() == QProcess::Running) {
            running->waitForReadyRead(500);
            said += QString::fromUtf8(running->readAllStandardOutput());
        }
        QVERIFY2(said.contains(u"stage 4: PeerAuthentication shop/strict-cart done"_s),
                 qPrintable(QString(said + QString::fromUtf8(running->readAllStandardError())).right(700)));
        running->kill();
        QVERIFY(running->waitForFinished(10'000));
        QCOMPARE(awaitGo().code, 0);
        const CliEnded applied = strict(u"apply"_s, u"shop"_s, {u"--yes"_s});
        QVERIFY2(applied.code == 0, tail(applied).constData());
        QCOMPARE(modeOf(u"PeerAuthentication shop/default"_s), u"STRICT"_s);
        QCOMPARE(policies().size(), before.size() + 1); // the namespace's own alone is new
        const CliEnded back = strict(u"rollback"_s, u"shop"_s, {u"--yes"_s});
        QVERIFY2(back.code == 0, tail(back).constData());
        QCOMPARE(policies(), before);
    }

    // A sidecar that nobody has called has no line in its access log, so whether it has refused a peer is not known (V9).
    void whatCannotBeVerifiedIsNotCalledDone()
    {
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        const auto start = [&](const QByteArray &name) {
            return m_demo->client()
                .create(kube::types::deployments(), u"shop"_s,
                        R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": ")" + name
                            + R"("}, "spec": {"replicas": 1, "selector": {"matchLabels": {"app": ")" + name
                            + R"("}}, "template": {"metadata": {"labels": {"app": ")" + name
                            + R"("}}, "spec": {"containers": [{"name": "cart",
                                "image": "docker.io/sallyport-demo/cart:2.1.0",
                                "ports": [{"containerPort": 8080, "name": "http"}]}]}}}})",
                        confirmed)
                .result();
        };
        const auto remove = [&](const QString &name) {
            QVERIFY(m_demo->client().remove(kube::types::deployments(), u"shop"_s, name, confirmed).result());
        };
        const auto before = policies();
        const QStringList accepted{u"--no-shadow"_s, u"--yes"_s, u"--accept"_s, u"V9=nobody calls it"_s};
        QVERIFY(start("idle"));
        CliEnded applied;
        QElapsedTimer timer;
        timer.start();
        do // its pod comes up meanwhile
            applied = strict(u"apply"_s, u"shop/idle"_s, {u"--no-shadow"_s, u"--yes"_s});
        while (timer.elapsed() < CoverageLimitMs && !applied.all().contains(u"stage 4"_s));
        QCOMPARE(applied.code, 3);
        QVERIFY2(applied.err.contains(u"is written and not verified: V9"_s)
                     && applied.err.contains(u"--accept V9=REASON"_s),
                 tail(applied).constData());
        QCOMPARE(modeOf(u"PeerAuthentication shop/idle"_s), u"STRICT"_s); // it stands

        // Once more: nothing is left to write, and what stands is verified now.
        const CliEnded again = strict(u"apply"_s, u"shop/idle"_s, accepted);
        QVERIFY2(again.code == 0 && again.out.contains(u"✓ V8"_s)
                     && again.out.contains(u"was STRICT already"_s),
                 tail(again).constData());
        QCOMPARE(strict(u"rollback"_s, u"shop/idle"_s, {u"--yes"_s}).code, 0);
        remove(u"idle"_s);

        QVERIFY(start("silent"));
        timer.restart();
        do
            applied = strict(u"apply"_s, u"shop/silent"_s, accepted);
        while (timer.elapsed() < CoverageLimitMs && !applied.all().contains(u"stage 4"_s));
        QVERIFY2(applied.code == 0
                     && applied.out.contains(u"accepted without an answer: V9 (nobody calls it)"_s),
                 tail(applied).constData());
        QCOMPARE(strict(u"rollback"_s, u"shop/silent"_s, {u"--yes"_s}).code, 0);
        remove(u"silent"_s);
        QCOMPARE(policies(), before);
    }

    void whatFailsWhileItIsWatchedIsTakenBack()
    {
        const auto before = policies();
        const auto running =
            m_demo->launch({u"strict"_s, u"apply"_s, u"--scope"_s, u"shop/cart"_s, u"--window"_s, u"8s"_s,
                            u"--watch"_s, u"60s"_s, u"--soak"_s, u"1s"_s, u"--no-shadow"_s, u"--yes"_s});
        QString said;
        QElapsedTimer timer;
        timer.start();
        while (!said.contains(u"stage 4: PeerAuthentication shop/cart done"_s) && timer.elapsed() < 60'000
               && running->state() == QProcess::Running) {
            running->waitForReadyRead(500);
            said += QString::fromUtf8(running->readAllStandardOutput());
        }
        QVERIFY2(said.contains(u"stage 4: PeerAuthentication shop/cart done"_s),
                 qPrintable(QString(said + QString::fromUtf8(running->readAllStandardError())).right(1500)));
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        QVERIFY(m_demo->client()
                    .mergePatch(kube::types::deployments(), u"shop"_s, u"cart"_s,
                                R"({"spec":{"replicas":0}})", confirmed)
                    .result());
        QVERIFY(running->waitForFinished(60'000));
        said += QString::fromUtf8(running->readAllStandardOutput());
        QVERIFY2(running->exitCode() == 3 && said.contains(u"taking everything back"_s),
                 qPrintable(QString(said + QString::fromUtf8(running->readAllStandardError())).right(1500)));
        QCOMPARE(policies(), before);
        QVERIFY(m_demo->client()
                    .mergePatch(kube::types::deployments(), u"shop"_s, u"cart"_s,
                                R"({"spec":{"replicas":1}})", confirmed)
                    .result());
    }

    void a7WhatOthersHaveChangedStaysTheirs()
    {
        // A scope whose preflight needs no fresh traffic: the pod of cart has just been replaced.
        QElapsedTimer timer;
        timer.start();
        CliEnded applied;
        while (timer.elapsed() < CoverageLimitMs && applied.code != 0)
            applied = strict(u"apply"_s, u"shop/orders-v1"_s, {u"--no-shadow"_s, u"--yes"_s});
        QVERIFY2(applied.code == 0, tail(applied).constData());
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        QVERIFY(m_demo->client()
                    .mergePatch(kube::types::peerAuthentications(), u"shop"_s, u"orders-v1"_s,
                                R"({"spec":{"mtls":{"mode":"PERMISSIVE"}}})", confirmed)
                    .result());
        const auto theirs = policies();
        QCOMPARE(strict(u"status"_s, u"shop/orders-v1"_s).code, 3);
        const CliEnded back = strict(u"rollback"_s, u"shop/orders-v1"_s, {u"--yes"_s});
        QCOMPARE(back.code, 3);
        // The object that we made may go only as the one that we made; its new content is somebody else's.
        QVERIFY2(policies() == theirs, tail(back).constData());
    }

    // Last: while the object stands the mesh speaks clear text, which the others would see.
    void anObjectOfTheScopeIsJudgedAsItStands()
    {
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        const kube::ResourceType type = kube::types::peerAuthentications();
        QVERIFY(m_demo->client()
                    .create(type, u"shop"_s,
                            R"({"apiVersion": "security.istio.io/v1beta1", "kind": "PeerAuthentication",
                                "metadata": {"name": "default", "namespace": "shop"},
                                "spec": {"mtls": {"mode": "DISABLE"}}})",
                            confirmed)
                    .result());
        const CliEnded preflight =
            m_demo->run({u"preflight"_s, u"--scope"_s, u"shop"_s, u"--window"_s, u"8s"_s});
        const CliEnded plan = strict(u"plan"_s, u"shop"_s);
        QVERIFY(m_demo->client().remove(type, u"shop"_s, u"default"_s, confirmed).result());
        QCOMPARE(preflight.code, 3);
        QVERIFY2(preflight.out.contains(u"P7 "_s), qPrintable(preflight.all().left(700)));
        QVERIFY2(plan.out.contains(u"NO-GO"_s) && !plan.out.contains(u"is STRICT already"_s),
                 tail(plan).constData());
    }

    void cleanupTestCase() { m_demo.reset(); }
};

SALLYPORT_TEST(strict_switch_test, StrictSwitchTest)
#include "strict_switch_test.moc"
