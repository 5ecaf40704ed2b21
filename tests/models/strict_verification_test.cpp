// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/strict_verification.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using State = models::VerificationResult::State;
using Change = std::function<void(models::StrictObservation &)>;
Q_DECLARE_METATYPE(Change)
Q_DECLARE_METATYPE(models::VerificationResult::State)

namespace {

const QDateTime start(QDate(2026, 11, 26), QTime(3, 0), Qt::UTC);

models::StrictObservation calm(int seconds = 0)
{
    models::StrictObservation seen;
    seen.at = start.addSecs(seconds);
    seen.proxies = seen.proxiesCurrent = 4;
    seen.received = {{u"shop/cart"_s, 5.0}, {u"shop/rare"_s, 0.2}};
    seen.clientRequests = {{u"shop/web → shop/cart"_s, 5.0}};
    seen.connections = {{u"shop/db"_s, 2.0}};
    seen.tcpBytes = {{u"shop/db"_s, 900.0}};
    seen.tcpBytesBefore = {{u"shop/db"_s, QList<double>(20, 800.0)}};
    seen.routeTraffic = {{u"cluster_cart"_s, 4.0}};
    seen.routeStatus = {{u"shop/web"_s, 200}, {u"shop/gone"_s, 404}};
    seen.pods = seen.readyPods = 20;
    seen.plaintextAnswered = {{u"shop/cart:8080"_s, true}};
    return seen;
}

models::StrictObservation refusing(int seconds = 60)
{
    models::StrictObservation seen = calm(seconds);
    seen.plaintextAnswered[u"shop/cart:8080"_s] = false;
    seen.listenerTakesClearText = {{u"shop/cart:8080"_s, false}};
    seen.proxiesRead = seen.proxiesToRead = 4;
    return seen;
}

models::VerificationScope strictScope()
{
    models::VerificationScope scope;
    for (const models::VerificationKind &kind : models::verificationKinds())
        scope.checks.append(kind.id);
    scope.workloads = {u"shop/cart"_s};
    scope.becomesStrict = scope.drained = true;
    return scope;
}

} // namespace

class StrictVerificationTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aCalmSwitchPassesEveryCheck()
    {
        for (const models::VerificationResult &result : models::verifyStep(strictScope(), calm(), refusing()))
            QVERIFY2(result.state == State::Passed, qPrintable(result.id + u' ' + result.seen));
        QVERIFY(models::rollbackReasons(calm(), {refusing(10), refusing(20)}).isEmpty());
    }

    void eachFaultFailsItsOwnCheckAlone_data()
    {
        QTest::addColumn<Change>("fault");
        QTest::addColumn<QString>("check");
        const auto row = [](const char *name, const QString &check, const Change &fault) {
            QTest::newRow(name) << fault << check;
        };
        row("a proxy's listener takes clear text", u"V1"_s,
            [](auto &seen) { seen.listenerTakesClearText[u"shop/cart:8080"_s] = true; });
        row("clear text is counted", u"V2"_s, [](auto &seen) { seen.plaintext[u"shop/cart"_s] = 2; });
        row("a client has errors", u"V3"_s,
            [](auto &seen) { seen.clientErrors[u"shop/web → shop/cart"_s] = 0.5; });
        row("a server lost its callers", u"V4"_s, [](auto &seen) { seen.received[u"shop/cart"_s] = 1; });
        row("nobody opens TCP connections any more", u"V4"_s,
            [](auto &seen) { seen.connections[u"shop/db"_s] = 0.3; });
        row("nothing comes over TCP any more", u"V4"_s,
            [](auto &seen) { seen.tcpBytes.remove(u"shop/db"_s); });
        row("connections of the edge break off", u"V5"_s,
            [](auto &seen) { seen.routeBreaks[u"cluster_cart"_s] = 0.2; });
        row("a few 5xx more than before", u"V5"_s,
            [](auto &seen) { seen.routeErrors[u"cluster_cart"_s] = 0.005; });
        row("an aggregated API is gone", u"V6"_s,
            [](auto &seen) { seen.unavailableApis = {u"APIService v1beta1.metrics.k8s.io"_s}; });
        row("a Mapping answers 503", u"V5"_s, [](auto &seen) { seen.routeStatus[u"shop/web"_s] = 503; });
        row("a Mapping does not answer", u"V5"_s, [](auto &seen) { seen.routeStatus[u"shop/web"_s] = 0; });
        row("5xx of a cluster", u"V5"_s, [](auto &seen) { seen.routeErrors[u"cluster_cart"_s] = 0.2; });
        row("a pod is not ready", u"V6"_s, [](auto &seen) { seen.readyPods = 19; });
        row("an event", u"V6"_s, [](auto &seen) { seen.badEvents = {u"shop/cart: Unhealthy"_s}; });
        row("a target is down", u"V7"_s, [](auto &seen) { seen.targetsDown = {u"pods cart"_s}; });
        row("the port still answers", u"V8"_s,
            [](auto &seen) { seen.plaintextAnswered[u"shop/cart:8080"_s] = true; });
        row("a peer was refused", u"V9"_s, [](auto &seen) { seen.refused = {u"NR"_s}; });
        row("a certificate is at fault", u"V10"_s,
            [](auto &seen) { seen.certificateFaults = {u"CERT-001"_s}; });
        row("a handshake ended by one", u"V10"_s,
            [](auto &seen) { seen.handshakeFaults = {u"CERTIFICATE_EXPIRED"_s}; });
    }
    void eachFaultFailsItsOwnCheckAlone()
    {
        QFETCH(Change, fault);
        QFETCH(QString, check);
        models::StrictObservation now = refusing();
        fault(now);
        for (const models::VerificationResult &result : models::verifyStep(strictScope(), calm(), now))
            QVERIFY2((result.state == State::Failed) == (result.id == check),
                     qPrintable(result.id + u' ' + result.seen));
    }

    void whatWasNotSeenIsNeverPassed()
    {
        models::StrictObservation now = refusing();
        now.proxiesRead = 0;
        for (const models::VerificationKind &kind : models::verificationKinds())
            now.notSeen.insert(kind.id, u"no right"_s);
        for (const models::VerificationResult &result : models::verifyStep(strictScope(), calm(), now)) {
            QCOMPARE(result.state, State::NotChecked);
            QCOMPARE(result.seen, u"no right"_s);
        }
    }

    // A line that tells of a break proves it, though others were not read.
    void whatAPartProvesFailsAllTheSame_data()
    {
        QTest::addColumn<Change>("fault");
        QTest::addColumn<QString>("check");
        const auto row = [](const char *name, const QString &check, const Change &fault) {
            QTest::newRow(name) << fault << check;
        };
        row("clear text by one of its metrics", u"V2"_s,
            [](auto &seen) { seen.plaintext[u"shop/cart"_s] = 2; });
        row("an event of the namespace", u"V6"_s, [](auto &seen) { seen.badEvents = {u"Unhealthy"_s}; });
        row("a refusal in one log", u"V9"_s, [](auto &seen) { seen.refused = {u"NR"_s}; });
        row("a handshake in one log", u"V10"_s, [](auto &seen) { seen.handshakeFaults = {u"x"_s}; });
    }
    void whatAPartProvesFailsAllTheSame()
    {
        QFETCH(Change, fault);
        QFETCH(QString, check);
        models::VerificationScope scope = strictScope();
        scope.checks = {check};
        models::StrictObservation now = refusing();
        now.notSeen.insert(check, u"no right"_s);
        QCOMPARE(models::verifyStep(scope, calm(), now)[0].state, State::NotChecked);
        fault(now);
        QCOMPARE(models::verifyStep(scope, calm(), now)[0].state, State::Failed);
        models::StrictObservation before = calm();
        fault(before); // it was so before
        if (check != "V2"_L1)
            QCOMPARE(models::verifyStep(scope, before, now)[0].state, State::NotChecked);
    }

    // Events of before that were not read then are no news.
    void whatWasNotSeenBeforeProvesNothingNew()
    {
        models::VerificationScope scope = strictScope();
        scope.checks = {u"V6"_s};
        models::StrictObservation before = calm(), now = refusing();
        before.notSeen.insert(u"V6"_s, u"no right"_s);
        now.badEvents = {u"Unhealthy"_s};
        QCOMPARE(models::verifyStep(scope, before, now)[0].state, State::NotChecked);
    }

    // A line is on its way for a while.
    void logsThatWereReadAtOnceProveNothing_data()
    {
        QTest::addColumn<qint64>("watched");
        QTest::addColumn<bool>("becomesStrict");
        QTest::addColumn<QStringList>("refused");
        QTest::addColumn<State>("state");
        QTest::newRow("2 s") << qint64(2) << true << QStringList() << State::TooEarly;
        QTest::newRow("2 s, and refused") << qint64(2) << true << QStringList{u"NR"_s} << State::Failed;
        QTest::newRow("2 s of PERMISSIVE") << qint64(2) << false << QStringList() << State::Passed;
        QTest::newRow("3 s") << qint64(3) << true << QStringList() << State::Passed;
        QTest::newRow("nothing was written") << qint64(-1) << true << QStringList() << State::Passed;
    }
    void logsThatWereReadAtOnceProveNothing()
    {
        QFETCH(qint64, watched);
        QFETCH(bool, becomesStrict);
        QFETCH(QStringList, refused);
        models::VerificationScope scope = strictScope();
        scope.checks = {u"V9"_s};
        scope.watchedSeconds = watched;
        scope.becomesStrict = becomesStrict;
        models::StrictObservation now = refusing();
        now.refused = refused;
        QTEST(models::verifyStep(scope, calm(), now)[0].state, "state");
    }

    void oneIsSaidAsOne()
    {
        models::StrictObservation before = calm(), now = refusing();
        now.proxiesRead = now.proxiesToRead = now.pods = now.readyPods = 1;
        before.pods = before.readyPods = 1;
        now.routeStatus = {{u"shop/web"_s, 200}};
        QHash<QString, QString> seen;
        for (const models::VerificationResult &result : models::verifyStep(strictScope(), before, now))
            seen.insert(result.id, result.seen);
        QCOMPARE(seen[u"V1"_s], u"the listeners of 1 proxy take no clear text"_s);
        QCOMPARE(seen[u"V5"_s],
                 u"1 Mapping answers real requests as before, 1 cluster of the edge without more errors"_s);
        QVERIFY2(seen[u"V6"_s].startsWith(u"1 of 1 pod ready"_s), qPrintable(seen[u"V6"_s]));
        QCOMPARE(seen[u"V8"_s], u"1 port refuses a caller without a certificate"_s);
    }

    void aThousandRefusalsAreToldByAFew()
    {
        models::VerificationScope scope = strictScope();
        scope.checks = {u"V9"_s};
        models::StrictObservation now = refusing();
        for (int i = 0; i < 1000; ++i)
            now.refused.append(u"refusal %1"_s.arg(i));
        const QString seen = models::verifyStep(scope, calm(), now)[0].seen;
        QVERIFY2(seen.startsWith(u"refusal 0; refusal 1; "_s) && seen.endsWith(u"; and 992 more"_s),
                 qPrintable(seen));
    }

    // A refusal stands in the access log alone.
    void aSilentLogProvesNoRefusal_data()
    {
        QTest::addColumn<QStringList>("silent");
        QTest::addColumn<bool>("becomesStrict");
        QTest::addColumn<QStringList>("refused");
        QTest::addColumn<State>("state");
        QTest::newRow("each has a line") << QStringList() << true << QStringList() << State::Passed;
        QTest::newRow("that of the step has none")
            << QStringList{u"shop/cart"_s} << true << QStringList() << State::NotChecked;
        QTest::newRow("that of another step has none")
            << QStringList{u"shop/idle"_s} << true << QStringList() << State::Passed;
        QTest::newRow("nothing is refused before STRICT")
            << QStringList{u"shop/cart"_s} << false << QStringList() << State::Passed;
        QTest::newRow("somebody was refused elsewhere")
            << QStringList{u"shop/cart"_s} << true << QStringList{u"NR"_s} << State::Failed;
    }
    void aSilentLogProvesNoRefusal()
    {
        QFETCH(QStringList, silent);
        QFETCH(bool, becomesStrict);
        QFETCH(QStringList, refused);
        QFETCH(State, state);
        models::StrictObservation now = refusing();
        now.silentLogs = silent;
        now.refused = refused;
        models::VerificationScope scope = strictScope();
        scope.becomesStrict = becomesStrict;
        scope.checks = {u"V9"_s};
        const auto results = models::verifyStep(scope, calm(), now);
        QCOMPARE(results.size(), 1);
        QCOMPARE(results.first().state, state);
        QCOMPARE(results.first().seen.contains(u"shop/cart"_s), state == State::NotChecked);
    }

    // V1 before STRICT is what istiod says; from then on what the proxies themselves have.
    void theProxiesAreAskedThemselvesWhereStrictIs_data()
    {
        QTest::addColumn<bool>("becomesStrict");
        QTest::addColumn<Change>("change");
        QTest::addColumn<State>("state");
        QTest::addColumn<QString>("said");
        const auto row = [](const char *name, bool becomesStrict, State state, const QString &said,
                            const Change &change) {
            QTest::newRow(name) << becomesStrict << change << state << said;
        };
        row("a proxy lags", false, State::Failed, u"3 of 4"_s, [](auto &seen) { seen.proxiesCurrent = 3; });
        row("none lags", false, State::Passed, u"4 proxies have"_s, [](auto &) {});
        row("clear text is right before", false, State::Passed, u"4 proxies have"_s,
            [](auto &seen) { seen.listenerTakesClearText[u"shop/cart:8080"_s] = true; });
        row("all were read", true, State::Passed, u"4 proxies take no clear text"_s, [](auto &) {});
        row("istiod is not needed then", true, State::Passed, u"4 proxies"_s,
            [](auto &seen) { seen.notSeen.insert(u"V1"_s, u"istiod wants credentials"_s); });
        row("an exception may, and is named", true, State::Passed,
            u"4 proxies take no clear text but on shop/cart:9000, which may"_s,
            [](auto &seen) { seen.listenerTakesClearText[u"shop/cart:9000"_s] = true; });
        row("an exception that takes none", true, State::Passed, u"4 proxies take no clear text"_s,
            [](auto &seen) { seen.listenerTakesClearText[u"shop/cart:9000"_s] = false; });
        row("not all were read", true, State::NotChecked, u"3 of 4 proxies were read"_s,
            [](auto &seen) { seen.proxiesRead = 3; });
        row("none was read", true, State::NotChecked, u"no right"_s, [](auto &seen) {
            seen.proxiesRead = 0;
            seen.listenersWhy = u"no right"_s;
        });
    }
    void theProxiesAreAskedThemselvesWhereStrictIs()
    {
        QFETCH(bool, becomesStrict);
        QFETCH(Change, change);
        QFETCH(State, state);
        QFETCH(QString, said);
        models::VerificationScope scope = strictScope();
        scope.becomesStrict = becomesStrict;
        scope.exceptedPorts = {u"shop/cart:9000"_s};
        models::StrictObservation now = refusing();
        change(now);
        const models::VerificationResult result = models::verifyStep(scope, calm(), now).constFirst();
        QCOMPARE(result.id, u"V1"_s);
        QVERIFY2(result.state == state && result.seen.contains(said), qPrintable(result.seen));
    }

    // Where istiod does not say what it has sent, the proxies themselves do.
    void listenersTellOfPermissiveWhereIstiodIsSilent()
    {
        models::VerificationScope scope = strictScope();
        scope.becomesStrict = false;
        models::StrictObservation now = refusing();
        now.notSeen.insert(u"V1"_s, u"istiod wants credentials"_s);
        now.listenerTakesClearText = {{u"shop/cart:8080"_s, true}};
        now.listenerTakesMutualTls = {{u"shop/cart:8080"_s, true}};
        QCOMPARE(models::verifyStep(scope, calm(), now)[0].state, State::Passed);
        now.listenerTakesMutualTls = {{u"shop/cart:8080"_s, false}};
        QCOMPARE(models::verifyStep(scope, calm(), now)[0].state, State::Failed);
        now.proxiesRead = 0;
        QCOMPARE(models::verifyStep(scope, calm(), now)[0].state, State::NotChecked);
    }

    void whatIsUnansweredStaysOpenUntilItIsAcceptedByName()
    {
        const QList<models::VerificationResult> results{{u"V1"_s, State::Passed, {}},
                                                        {u"V2"_s, State::TooEarly, {}},
                                                        {u"V3"_s, State::Failed, {}},
                                                        {u"V9"_s, State::NotChecked, {}}};
        const auto idsOf = [&](const QList<models::Acceptance> &accepted) {
            QStringList ids;
            for (const models::VerificationResult &open : models::unanswered(results, accepted))
                ids.append(open.id);
            return ids;
        };
        QCOMPARE(idsOf({}), (QStringList{u"V2"_s, u"V9"_s}));
        QCOMPARE(idsOf({{u"V9"_s, {}, u"no access log"_s}}), QStringList{u"V2"_s});
        QCOMPARE(idsOf({{u"V3"_s, {}, u"never mind"_s}, {u"T1"_s, {}, u"x"_s}}),
                 (QStringList{u"V2"_s, u"V9"_s}));
    }

    void successWaitsForTheDrainAndFailureDoesNot()
    {
        models::VerificationScope scope = strictScope();
        scope.drained = false;
        models::StrictObservation now = calm(5); // still answers clear text, over old connections
        now.plaintext[u"shop/cart"_s] = 3;
        for (const models::VerificationResult &result : models::verifyStep(scope, calm(), now))
            QVERIFY2(result.state == State::TooEarly
                         || (result.id == "V1"_L1 && result.state == State::Passed),
                     qPrintable(result.id + result.seen));
        now.routeStatus[u"shop/web"_s] = 503;
        QCOMPARE(models::verifyStep(scope, calm(), now)[4].state, State::Failed);
    }

    void aPortThatStaysPermissiveMayAnswer()
    {
        models::VerificationScope scope = strictScope();
        scope.exceptedPorts = {u"shop/cart:8080"_s};
        models::StrictObservation now = calm(60);
        now.plaintext[u"shop/cart"_s] = 3;
        const auto results = models::verifyStep(scope, calm(), now);
        QCOMPARE(results[1].state, State::Passed);
        QCOMPARE(results[7].state, State::NotChecked); // and nothing else answered before
    }

    // V8 asks what must refuse; where each port of the step may answer, nothing is left to make readable.
    void aStepOfExceptionsAloneAsksNobody_data()
    {
        QTest::addColumn<QSet<QString>>("excepted");
        QTest::addColumn<QHash<QString, bool>>("listeners"); // take clear text
        QTest::addColumn<State>("state");
        const QHash<QString, bool> both{{u"shop/cart:8080"_s, true}, {u"shop/cart:9000"_s, true}};
        QTest::newRow("each port is excepted")
            << QSet<QString>{u"shop/cart:8080"_s, u"shop/cart:9000"_s} << both << State::Passed;
        QTest::newRow("another port could not be asked")
            << QSet<QString>{u"shop/cart:8080"_s} << both << State::NotChecked;
        QTest::newRow("its ports are not known")
            << QSet<QString>{u"shop/cart:8080"_s} << QHash<QString, bool>() << State::NotChecked;
        QTest::newRow("those of another workload are")
            << QSet<QString>{u"shop/web:8080"_s} << QHash<QString, bool>{{u"shop/web:8080"_s, true}}
            << State::NotChecked;
    }
    void aStepOfExceptionsAloneAsksNobody()
    {
        QFETCH(QSet<QString>, excepted);
        models::VerificationScope scope = strictScope();
        scope.checks = {u"V8"_s};
        scope.exceptedPorts = excepted;
        models::StrictObservation now = refusing();
        now.plaintextAnswered.clear();
        QFETCH(decltype(now.listenerTakesClearText), listeners);
        now.listenerTakesClearText = listeners;
        const auto result = models::verifyStep(scope, calm(), now).constFirst();
        QTEST(result.state, "state");
    }

    void theEndSaysWhatIsNotStrict_data()
    {
        QTest::addColumn<QStringList>("ports"); // of workloads of shop
        QTest::addColumn<bool>("wasAlready");
        QTest::addColumn<QString>("text");
        QTest::newRow("all") << QStringList() << false << u"namespace shop is STRICT"_s;
        QTest::newRow("was already") << QStringList() << true << u"namespace shop was STRICT already"_s;
        QTest::newRow("but one") << QStringList{u"cart:8080"_s} << false
                                 << u"namespace shop is STRICT but for shop/cart:8080"_s;
        QTest::newRow("but two")
            << QStringList{u"cart:8080"_s, u"web:80"_s} << true
            << u"namespace shop was STRICT already but for shop/cart:8080, shop/web:80"_s;
    }
    void theEndSaysWhatIsNotStrict()
    {
        QFETCH(QStringList, ports);
        QFETCH(bool, wasAlready);
        models::StrictPlan plan;
        plan.scope.nameSpace = u"shop"_s;
        for (const QString &port : ports)
            plan.exceptions.append({u"shop"_s, port.section(u':', 0, 0), {}, port.section(u':', 1).toInt()});
        QTEST(models::outcomeOf(plan, wasAlready), "text");
    }

    // V3 and V5: by three deviations of what was before, and by a thousandth of the pair's own requests.
    void whatGoesUpAndDownByItselfIsNoError_data()
    {
        QTest::addColumn<QList<double>>("before");
        QTest::addColumn<double>("now");
        QTest::addColumn<double>("requests");
        QTest::addColumn<bool>("fails");
        const QList<double> none(60, 0.0);
        QList<double> swinging;
        for (int i = 0; i < 60; ++i)
            swinging.append(i % 2 ? 0.2 : 0.0); // 0.1 ± 0.1
        QTest::newRow("within three deviations") << swinging << 0.39 << 5.0 << false;
        QTest::newRow("beyond them") << swinging << 0.41 << 5.0 << true;
        QTest::newRow("steady and the same") << QList<double>(60, 0.1) << 0.1 << 0.0 << false;
        QTest::newRow("steady and a little more") << QList<double>(60, 0.1) << 0.12 << 5.0 << true;
        QTest::newRow("a thousandth of many") << none << 0.9 << 1000.0 << false;
        QTest::newRow("more than a thousandth") << none << 1.1 << 1000.0 << true;
        QTest::newRow("all of a few") << none << 0.005 << 0.005 << true;
        QTest::newRow("a pair that is new") << QList<double>() << 0.2 << 5.0 << true;
    }
    void whatGoesUpAndDownByItselfIsNoError()
    {
        QFETCH(QList<double>, before);
        QFETCH(double, now);
        QFETCH(double, requests);
        QFETCH(bool, fails);
        models::StrictObservation then = calm();
        models::StrictObservation later = refusing();
        then.clientErrorsBefore = {{u"a → b"_s, before}};
        then.routeBreaksBefore = {{u"cluster_b"_s, before}};
        later.clientErrors = {{u"a → b"_s, now}};
        later.clientRequests = {{u"a → b"_s, requests}, {u"c → d"_s, 1e6}};
        later.routeBreaks = {{u"cluster_b"_s, now}};
        later.routeTraffic = {{u"cluster_b"_s, requests}, {u"cluster_c"_s, 1e6}};
        const auto results = models::verifyStep(strictScope(), then, later);
        QCOMPARE(results[2].state == State::Failed, fails);
        QCOMPARE(results[4].state == State::Failed, fails);
        QCOMPARE(models::rollbackReasons(then, {later, later}).join(u' ').contains(u"V3"_s), fails);
    }

    // A night has less traffic than the day before it: what is compared with is the same time a day before.
    void laterOnTheDayBeforeIsComparedWith()
    {
        models::StrictObservation night = refusing(12 * 3600);
        night.received[u"shop/cart"_s] = 1.5;
        QCOMPARE(models::verifyStep(strictScope(), calm(), night)[3].state, State::NotChecked);
        night.receivedDayBefore = {{u"shop/cart"_s, 1.6}};
        QCOMPARE(models::verifyStep(strictScope(), calm(), night)[3].state, State::Passed);
        QVERIFY(models::rollbackReasons(calm(), {night, night}).isEmpty());
        night.receivedDayBefore = {{u"shop/cart"_s, 5.0}};
        QCOMPARE(models::verifyStep(strictScope(), calm(), night)[3].state, State::Failed);
        QVERIFY(!models::rollbackReasons(calm(), {night, night}).isEmpty());
    }

    void bytesThatCameNowAndThenMayPause()
    {
        models::StrictObservation before = calm();
        before.tcpBytesBefore[u"shop/db"_s] = QList<double>{800, 0, 800, 0, 800, 0, 800, 0, 800, 0, 800, 0};
        models::StrictObservation now = refusing();
        now.tcpBytes.clear();
        QCOMPARE(models::verifyStep(strictScope(), before, now)[3].state, State::Passed);
    }

    // What was not known before cannot be compared, whatever is known now.
    void aBaselineThatIsMissingLeavesChecksOpen()
    {
        models::StrictObservation before = calm();
        for (const QString &id : {u"V3"_s, u"V4"_s, u"V5"_s, u"V6"_s, u"V7"_s, u"V10"_s})
            before.notSeen.insert(id, u"no right"_s);
        for (const models::VerificationResult &result : models::verifyStep(strictScope(), before, refusing()))
            QCOMPARE(result.state == State::NotChecked, before.notSeen.contains(result.id));
    }

    void anEdgeIsJudgedByWhatIsKnownOfIt_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<State>("state");
        const auto row = [](const char *name, State state, const Change &change) {
            QTest::newRow(name) << change << state;
        };
        row("no edge", State::Passed, [](auto &seen) {
            seen.hasEdge = false;
            seen.routeStatus.clear();
            seen.routeTraffic.clear();
        });
        row("requests alone", State::Passed, [](auto &seen) { seen.routeTraffic.clear(); });
        row("counters alone", State::Passed, [](auto &seen) { seen.routeStatus.clear(); });
        row("neither", State::NotChecked, [](auto &seen) {
            seen.routeStatus.clear();
            seen.routeTraffic.clear();
        });
    }
    void anEdgeIsJudgedByWhatIsKnownOfIt()
    {
        QFETCH(Change, change);
        QFETCH(State, state);
        models::StrictObservation now = refusing();
        change(now);
        QCOMPARE(models::verifyStep(strictScope(), calm(), now)[4].state, state);
    }

    void aServerWithLittleTrafficProvesNothing()
    {
        models::StrictObservation now = refusing();
        now.received.remove(u"shop/rare"_s);
        QCOMPARE(models::verifyStep(strictScope(), calm(), now)[3].state, State::Passed);
    }

    void aFewRequestsGoUpAndDownByChance()
    {
        models::StrictObservation before = calm();
        before.rateSeconds = 8; // forty requests
        models::StrictObservation now = refusing();
        now.received[u"shop/cart"_s] = 1;
        QCOMPARE(models::verifyStep(strictScope(), before, now)[3].state, State::Passed);
        QVERIFY(models::rollbackReasons(before, {now, now}).isEmpty());
    }

    void criteriaTakeBackAtTheRightTime_data()
    {
        QTest::addColumn<Change>("fault");
        QTest::addColumn<QList<int>>("faultyAt"); // seconds; observations every 10 s until 60 s
        QTest::addColumn<QString>("reason");
        const auto row = [](const char *name, const QList<int> &at, const QString &reason,
                            const Change &fault) { QTest::newRow(name) << fault << at << reason; };
        const QList<int> once{60};
        const QList<int> twice{50, 60};
        const QList<int> over{30};
        const QList<int> long30{20, 30, 40, 50, 60};
        const Change route = [](auto &seen) { seen.routeStatus[u"shop/web"_s] = 503; };
        const Change cluster = [](auto &seen) { seen.routeErrors[u"cluster_cart"_s] = 0.5; };
        const Change errors = [](auto &seen) { seen.clientErrors[u"a → b"_s] = 1; };
        const Change half = [](auto &seen) { seen.received[u"shop/cart"_s] = 2; };
        row("a Mapping fails once", once, {}, route);
        row("a Mapping fails twice", twice, u"V5"_s, route);
        row("a Mapping has failed and answers again", over, {}, route);
        row("5xx of a cluster for 10 s", twice, {}, cluster);
        row("5xx of a cluster for 40 s", long30, u"V5"_s, cluster);
        row("errors of clients once", once, {}, errors);
        row("errors of clients twice", twice, u"V3"_s, errors);
        row("half of the traffic is gone", twice, u"V4"_s, half);
        row("a quarter is gone", twice, {}, [](auto &seen) { seen.received[u"shop/cart"_s] = 3.8; });
        row("a webhook fails", once, u"V6"_s,
            [](auto &seen) { seen.badEvents = {u"failed calling webhook x"_s}; });
        const Change api = [](auto &seen) { seen.unavailableApis = {u"APIService v1beta1.x"_s}; };
        row("an aggregated API is gone once", once, {}, api);
        row("an aggregated API is gone twice", twice, u"V6"_s, api);
        row("another event", once, {}, [](auto &seen) { seen.badEvents = {u"Unhealthy"_s}; });
        row("a tenth of the pods", once, {}, [](auto &seen) { seen.readyPods = 18; });
        row("more than a tenth of the pods", once, u"V6"_s, [](auto &seen) { seen.readyPods = 17; });
        row("every pod is gone", once, u"V6"_s, [](auto &seen) { seen.pods = seen.readyPods = 0; });
        row("the rehearsal is enforced", once, u"rehearsal"_s, [](auto &seen) {
            seen.isRehearsal = true; // and no proxy counts a dry run, since none runs
            seen.realDenied = 2;
        });
        row("403 of others, where nothing is rehearsed", once, {}, [](auto &seen) { seen.realDenied = 2; });
    }
    void criteriaTakeBackAtTheRightTime()
    {
        QFETCH(Change, fault);
        QFETCH(QList<int>, faultyAt);
        QFETCH(QString, reason);
        QList<models::StrictObservation> since;
        for (int seconds = 10; seconds <= 60; seconds += 10) {
            since.append(calm(seconds));
            if (faultyAt.contains(seconds))
                fault(since.last());
        }
        const QStringList reasons = models::rollbackReasons(calm(), since);
        QVERIFY2(reason.isEmpty() ? reasons.isEmpty() : reasons.join(u' ').contains(reason),
                 qPrintable(reasons.join(u'\n')));
    }
};

SALLYPORT_TEST(strict_verification_test, StrictVerificationTest)
#include "strict_verification_test.moc"
