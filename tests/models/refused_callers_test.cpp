// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/refused_callers.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray caller(const QByteArray &phase, const QByteArray &ip)
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: report-29-x2x2x, namespace: reports, "
           "ownerReferences: "
           "[{kind: Job, name: report, controller: true}]}\nspec: {containers: [{name: app}]}\nstatus: "
           "{phase: "
        + phase + ", podIP: " + ip + "}\n";
}

QByteArray podAt(const QByteArray &name, const QByteArray &ip, bool hasSidecar)
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name
        + ", namespace: default, labels: {app: " + name + "}}\nspec: {containers: [{name: app}"
        + (hasSidecar ? ", {name: istio-proxy}" : "") + "]}\nstatus: {phase: Running, podIP: " + ip + "}\n";
}

QByteArray rule(const QByteArray &spec)
{
    return "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: clear, "
           "namespace: "
           "default}\nspec: "
        + spec + "\n";
}

} // namespace

class RefusedCallersTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theCallersAddressIsReadFromTheLog_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("peer"); // "none": it tells of something else
        QTest::addColumn<QString>("at");
        const QString at = u"2026-11-25T12:00:00.000Z"_s;
        const QByteArray head =
            "[2026-11-25T12:00:00.000Z] \"- - -\" 0 NR filter_chain_not_found - \"-\" 0 0 0 - "
            "\"-\" \"-\" \"-\" \"-\" \"-\" - - ";
        QTest::newRow("Istio's format")
            << head + "10.244.0.7:8000 10.244.0.9:43040 - -" << u"10.244.0.9"_s << at;
        QTest::newRow("IPv6") << head + "[fd00::7]:8000 [fd00::9]:43040 - -" << u"fd00::9"_s << at;
        QTest::newRow("no address") << head + "- -" << QString() << at;
        QTest::newRow("no time") << head.sliced(head.indexOf('"')) + "10.244.0.7:8000 10.244.0.9:43040 - -"
                                 << u"10.244.0.9"_s << QString();
        QTest::newRow("another line")
            << QByteArray("\"GET / HTTP/1.1\" 200 - 10.244.0.7:8000 10.244.0.9:43040") << u"none"_s
            << QString();
        QTest::newRow("nothing") << QByteArray() << u"none"_s << QString();
        QTest::newRow("a line that is cut")
            << QByteArray("[ NR filter_chain_not_found") << QString() << QString();
        const auto json = [](const char *flags, const char *details, const char *remote) -> QByteArray {
            QByteArray line =
                "{'start_time':'2026-11-25T12:00:00.000Z','response_flags':'FLAGS',"
                "'response_code_details':'DETAILS','downstream_local_address':'10.244.0.7:8000',"
                "'downstream_remote_address':REMOTE}";
            return line.replace("FLAGS", flags)
                .replace("DETAILS", details)
                .replace("REMOTE", remote)
                .replace('\'', '"');
        };
        QTest::newRow("JSON") << json("NR", "filter_chain_not_found", "'10.244.0.9:43040'") << u"10.244.0.9"_s
                              << at;
        QTest::newRow("JSON, two flags")
            << json("DC,NR", "filter_chain_not_found", "'[fd00::9]:43040'") << u"fd00::9"_s << at;
        QTest::newRow("JSON, no address") << json("NR", "filter_chain_not_found", "null") << QString() << at;
        QTest::newRow("JSON, no route, which is another thing")
            << json("NR", "route_not_found", "'10.244.0.9:43040'") << u"none"_s << QString();
        QTest::newRow("JSON that is cut")
            << json("NR", "filter_chain_not_found", "null").chopped(3) << u"none"_s << QString();
    }
    void theCallersAddressIsReadFromTheLog()
    {
        QFETCH(QByteArray, line);
        QFETCH(QString, peer);
        QFETCH(QString, at);
        const auto refusal = models::refusalOf(line);
        QCOMPARE(refusal ? refusal->peer : u"none"_s, peer);
        QCOMPARE(refusal ? refusal->at : QString(), at);
    }

    void aRefusedCallerIsNamedAsFarAsItIsKnown_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("peer");
        QTest::addColumn<models::Severity>("severity");
        QTest::addColumn<QString>("message"); // a part of it
        using models::Severity;
        QTest::newRow("its pod is there") << caller("Running", "10.244.0.9") << u"10.244.0.9"_s
                                          << Severity::Error << u"of reports/report"_s;
        QTest::newRow("a node's address, and a Job fails")
            << caller("Failed", "10.244.0.9") << u"10.244.0.1"_s << Severity::Error
            << u"likely of reports/report"_s;
        const QByteArray job =
            "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: close-29301120, namespace: ledger, "
            "ownerReferences: [{kind: CronJob, name: close, controller: true}]}\n";
        const QByteArray failed = "status: {failed: 7, conditions: [{type: Failed, status: 'True'}]}\n";
        QTest::newRow("a Job that has failed, and its pods are gone")
            << job + failed << u"10.244.0.1"_s << Severity::Error << u"likely of ledger/close"_s;
        QTest::newRow("a Job that is tried again") << job + "status: {failed: 1}\n"
                                                   << u"10.244.0.1"_s << Severity::Info << u"no pods here"_s;
        QTest::newRow("a Job with a sidecar has failed of something else")
            << job + "spec: {template: {metadata: {labels: {sidecar.istio.io/inject: 'true'}}}}\n" + failed
            << u"10.244.0.1"_s << Severity::Info << u"no pods here"_s;
        QTest::newRow("a node's address alone")
            << caller("Running", "10.244.0.9") << u"10.244.0.1"_s << Severity::Info << u"no pods here"_s;
        QTest::newRow("no address") << QByteArray() << QString() << Severity::Info << u"no pods here"_s;
    }
    void aRefusedCallerIsNamedAsFarAsItIsKnown()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, peer);
        QFETCH(models::Severity, severity);
        QFETCH(QString, message);
        const auto snapshot = models::makeSnapshot(inputOf(edgeYaml() + quoteYaml(true) + world));
        const models::RefusedConnection one{u"default"_s, u"quote-6bc6b6bd5d-jctbh"_s, peer};
        const QList<models::Finding> findings = models::refusedFindings(
            *snapshot, {one, one, {u"default"_s, u"gone"_s, peer}}); // a pod that is gone has no workload
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0].code + u' ' + findings[0].subject.text(), u"MT-024 Deployment default/quote"_s);
        QCOMPARE(findings[0].severity, severity);
        QVERIFY2(findings[0].message.contains(message), qPrintable(findings[0].message));
        QVERIFY2(findings[0].evidence.join(u'\n').contains(u"2 connections"_s),
                 qPrintable(findings[0].evidence.join(u'\n')));
    }

    // In the mesh it is an object that makes callers speak clear text: that is said, and a sidecar is not asked for.
    void clearTextWithinTheMeshHasItsCause_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("peer");
        QTest::addColumn<QString>("remedy"); // a part of it; "" there is no finding
        const QByteArray cart =
            "---\napiVersion: v1\nkind: Pod\nmetadata: {name: cart, namespace: default}\nspec: "
            "{containers: [{name: app}, {name: istio-proxy}]}\nstatus: {phase: Running, "
            "podIP: 10.244.0.9}\n";
        const QByteArray off =
            "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: "
            "{name: clear, namespace: default}\nspec: {host: quote, trafficPolicy: {tls: {mode: "
            "DISABLE}}}\n";
        const QByteArray mutual = QByteArray(off).replace("DISABLE", "ISTIO_MUTUAL");
        const QString sidecar = u"give the caller a sidecar"_s;
        QTest::newRow("by a rule, and the address tells nobody")
            << cart + off << u"10.244.0.1"_s << QString();
        QTest::newRow("by a rule, and the caller is known")
            << cart + off << u"10.244.0.9"_s << u"take tls out of DestinationRule default/clear"_s;
        QTest::newRow("by nothing that is known") << cart << u"10.244.0.9"_s << u"leads them around it"_s;
        QTest::newRow("a rule that is well") << cart + mutual << u"10.244.0.1"_s << sidecar;
        QTest::newRow("a caller without a sidecar")
            << caller("Running", "10.244.0.9") + off << u"10.244.0.9"_s << sidecar;
        QTest::newRow("Prometheus, whose scrapes need another port")
            << QByteArray(caller("Running", "10.244.0.9"))
                   .replace("{name: app}", "{name: p, image: 'prom/prometheus:v2.42.0'}")
            << u"10.244.0.9"_s << u"let Prometheus read the pods' port 15020 (metrics merging)"_s;
        QTest::newRow("a failing Job beside the rule")
            << caller("Failed", "10.244.0.9") + off << u"10.244.0.1"_s << sidecar;
    }
    void clearTextWithinTheMeshHasItsCause()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, peer);
        QFETCH(QString, remedy);
        const auto snapshot = models::makeSnapshot(inputOf(edgeYaml() + quoteYaml(true) + world));
        const QList<models::Finding> findings =
            models::refusedFindings(*snapshot, {{u"default"_s, u"quote-6bc6b6bd5d-jctbh"_s, peer}});
        QCOMPARE(findings.size(), remedy.isEmpty() ? 0 : 1);
        if (!findings.isEmpty())
            QVERIFY2(findings[0].remedy.contains(remedy), qPrintable(findings[0].remedy));
    }

    // What another finding says is no error a second time; what came to an end is none any more.
    void whatIsExplainedOrOverIsNoError_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("peer");
        QTest::addColumn<bool>("isOver");
        QTest::addColumn<models::Severity>("severity");
        QTest::addColumn<QString>("message"); // a part of it
        using models::Severity;
        const QByteArray cart = podAt("cart", "10.244.0.9", true), web = podAt("web", "10.244.0.10", true);
        const QByteArray off = rule("{host: quote, trafficPolicy: {tls: {mode: DISABLE}}}");
        const QByteArray offForWeb = rule("{host: quote, workloadSelector: {matchLabels: {app: web}}, "
                                          "trafficPolicy: {tls: {mode: DISABLE}}}");
        const QString cartsAddress = u"10.244.0.9"_s, edgesAddress = u"10.244.0.5"_s;
        const auto mapping = [](const QByteArray &more) -> QByteArray {
            return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote, namespace: "
                   "default}\n"
                   "spec: {prefix: /quote/, service: 'quote:80'"
                + more + "}\n";
        };
        const QByteArray headless = "---\napiVersion: v1\nkind: Service\nmetadata: {name: each, namespace: "
                                    "default}\nspec: {clusterIP: None, "
                                    "selector: {app: quote}, ports: [{name: http, port: 8000}]}\n";
        const QByteArray bare =
            QByteArray(podAt("quote-2", "10.244.0.11", false)).replace("app: quote-2", "app: quote");
        QTest::newRow("by a rule that is the caller's")
            << cart + off << cartsAddress << false << Severity::Info
            << u"of default/cart, which MT-014 of DestinationRule default/clear explains"_s;
        QTest::newRow("by a rule for others")
            << cart + web + offForWeb << cartsAddress << false << Severity::Error << u"of default/cart"_s;
        QTest::newRow("by a headless Service with a pod that has no sidecar")
            << cart + headless + bare << cartsAddress << false << Severity::Info
            << u"MT-016 of Service default/each explains"_s;
        QTest::newRow("the edge by a Mapping without tls")
            << mapping({}) << edgesAddress << false << Severity::Info
            << u"of ambassador/ambassador, which MT-001 of Mapping default/quote explains"_s;
        QTest::newRow("the edge, whose Mapping has tls") << mapping(", tls: true") << edgesAddress << false
                                                         << Severity::Error << u"of ambassador/ambassador"_s;
        QTest::newRow("the edge, whose Mapping leads elsewhere")
            << QByteArray(mapping({})).replace("quote:80", "other:80") << edgesAddress << false
            << Severity::Error << u"of ambassador/ambassador"_s;
        QTest::newRow("without a sidecar, whatever rules there are") << podAt("cart", "10.244.0.9", false)
                + off << cartsAddress << false << Severity::Error << u"of default/cart"_s;
        QTest::newRow("it was let in since") << cart << cartsAddress << true << Severity::Info
                                             << u"of default/cart, which it has let in since"_s;
    }
    void whatIsExplainedOrOverIsNoError()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, peer);
        QFETCH(bool, isOver);
        QFETCH(QString, message);
        const auto snapshot = models::makeSnapshot(inputOf(edgeYaml() + quoteYaml(true) + world));
        const QList<models::Finding> findings =
            models::refusedFindings(*snapshot, {{u"default"_s, u"quote-6bc6b6bd5d-jctbh"_s, peer, isOver}});
        QCOMPARE(findings.size(), 1);
        QTEST(findings[0].severity, "severity");
        QVERIFY2(findings[0].message.contains(message), qPrintable(findings[0].message));
    }

    // The refusals are of before, the objects of now.
    void aCauseThatWasMendedIsSaidToBeGone_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("peer");
        QTest::addColumn<QString>("otherwise"); // "" it is not mended
        const QByteArray cart = podAt("cart", "10.244.0.9", true);
        const QByteArray forOthers = rule("{host: quote, workloadSelector: {matchLabels: {app: web}}, "
                                          "trafficPolicy: {tls: {mode: DISABLE}}}");
        const QByteArray mapping =
            "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote, namespace: "
            "default}\nspec: {prefix: /quote/, service: 'quote:80', tls: true}\n";
        const QString around =
            u"if it comes again, the callers have a sidecar: see what leads them around it"_s;
        QTest::newRow("its DestinationRule is gone") << cart << u"10.244.0.9"_s << around;
        QTest::newRow("that of others is none of its own") << cart + forOthers << u"10.244.0.9"_s << around;
        QTest::newRow("the edge's Mapping has tls")
            << mapping << u"10.244.0.5"_s << u"if it comes again, see what else in the edge's pods"_s;
        QTest::newRow("its pods have got a sidecar")
            << podAt("cart", "10.244.0.9", false).replace("Running", "Succeeded")
                + podAt("cart2", "10.244.0.12", true)
                      .replace("labels:",
                               "ownerReferences: [{kind: Job, name: cart, controller: true}], labels:")
            << u"10.244.0.9"_s << around;
        QTest::newRow("it has none still")
            << podAt("cart", "10.244.0.9", false) << u"10.244.0.9"_s << QString();
    }
    void aCauseThatWasMendedIsSaidToBeGone()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, peer);
        QFETCH(QString, otherwise);
        const auto snapshot = models::makeSnapshot(inputOf(edgeYaml() + quoteYaml(true) + world));
        const auto refused = models::refusedBy(
            u"default"_s, u"quote-6bc6b6bd5d-jctbh"_s,
            {{u"2026-11-25T12:00:00.000Z"_s, peer, 8000}, {u"2026-11-25T12:00:30.000Z"_s, peer, 8000}}, {});
        const QList<models::Finding> findings = models::refusedFindings(*snapshot, refused);
        QCOMPARE(findings.size(), 1);
        const QString &remedy = findings[0].remedy;
        QCOMPARE(remedy.startsWith(u"nothing, if its cause was mended since"_s), !otherwise.isEmpty());
        QVERIFY2(remedy.contains(otherwise) && !remedy.contains(u"DestinationRule"_s), qPrintable(remedy));
        QCOMPARE(remedy.contains(u"which is at 2026-11-25T12:02:30Z"_s), !otherwise.isEmpty());
        QCOMPARE(findings[0].evidence.first().contains(u"no object that is there now"_s),
                 !otherwise.isEmpty());
    }

    void oneUnexplainedCallerIsAnError()
    {
        const auto snapshot =
            models::makeSnapshot(inputOf(edgeYaml() + quoteYaml(true) + podAt("cart", "10.244.0.9", true)
                                         + podAt("report", "10.244.0.10", false)
                                         + rule("{host: quote, trafficPolicy: {tls: {mode: DISABLE}}}")));
        const QString quote = u"quote-6bc6b6bd5d-jctbh"_s;
        const QList<models::Finding> findings = models::refusedFindings(
            *snapshot, {{u"default"_s, quote, u"10.244.0.9"_s}, {u"default"_s, quote, u"10.244.0.10"_s}});
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0].severity, models::Severity::Error);
        QCOMPARE(findings[0].message, u"it is STRICT and has just refused clear text of default/report"_s);
        QVERIFY(findings[0].evidence.contains(
            u"1 connection of default/cart, which MT-014 of DestinationRule default/clear explains"_s));
    }

    // Addresses are given again.
    void aPodThatHasEndedGivesItsAddressAway()
    {
        const auto snapshot =
            models::makeSnapshot(inputOf(edgeYaml() + quoteYaml(true) + caller("Failed", "10.244.0.9")
                                         + podAt("cart", "10.244.0.9", false)));
        const QList<models::Finding> findings = models::refusedFindings(
            *snapshot, {{u"default"_s, u"quote-6bc6b6bd5d-jctbh"_s, u"10.244.0.9"_s}});
        QCOMPARE(findings.size(), 1);
        QVERIFY2(findings[0].message.contains(u"of default/cart"_s), qPrintable(findings[0].message));
    }

    void whoWasLetInIsReadFromTheLog_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("who"); // "none": it tells of something else
        QTest::newRow("Istio's format") << QByteArray(
            "[2026-11-25T12:00:00.000Z] \"GET / HTTP/1.1\" 200 - via_upstream - \"-\" 0 2 1 1 \"-\" "
            "\"cart:1\" "
            "\"-\" \"orders.shop:80\" \"10.244.0.7:8000\" inbound|8000|| 127.0.0.6:0 10.244.0.7:8000 "
            "10.244.0.9:43040 outbound_.80_._.orders.shop.svc.cluster.local default")
                                        << u"10.244.0.9 at 8000, 2026-11-25T12:00:00.000Z"_s;
        QTest::newRow("JSON")
            << QByteArray("{'start_time':'2026-11-25T12:00:00.000Z','upstream_cluster':'inbound|8000||',"
                          "'downstream_local_address':'10.244.0.7:8000','downstream_remote_address':'10.244."
                          "0.9:43040'}")
                   .replace('\'', '"')
            << u"10.244.0.9 at 8000, 2026-11-25T12:00:00.000Z"_s;
        QTest::newRow("what it sent itself") << QByteArray(
            "[2026-11-25T12:00:00.000Z] \"GET / HTTP/1.1\" 200 - - - \"-\" 0 2 1 1 \"-\" \"-\" \"-\" \"-\" "
            "\"10.244.0.9:8000\" outbound|80||cart.shop 10.244.0.7:1 10.96.0.1:80 10.244.0.7:2 - default")
                                             << u"none"_s;
        QTest::newRow("a refusal") << QByteArray(
            "[2026-11-25T12:00:00.000Z] \"- - -\" 0 NR filter_chain_not_found - \"-\" 0 0 0 - \"-\" \"-\" "
            "\"-\" \"-\" \"-\" - - 10.244.0.7:8000 10.244.0.9:43040 - -")
                                   << u"none"_s;
        QTest::newRow("no address") << QByteArray("[2026-11-25T12:00:00.000Z] inbound|8000||") << u"none"_s;
        QTest::newRow("JSON that is cut")
            << QByteArray("{\"upstream_cluster\":\"inbound|8000||") << u"none"_s;
        QTest::newRow("nothing") << QByteArray() << u"none"_s;
    }
    void whoWasLetInIsReadFromTheLog()
    {
        QFETCH(QByteArray, line);
        const auto one = models::admissionOf(line);
        QTEST(one ? u"%1 at %2, %3"_s.arg(one->peer).arg(one->port).arg(one->at) : u"none"_s, "who");
    }

    // By the seconds of one minute.
    void aRefusalIsOverOnceItsCallerHasLongBeenLetIn_data()
    {
        QTest::addColumn<QList<int>>("refused");
        QTest::addColumn<QList<int>>("letIn");
        QTest::addColumn<bool>("isOver");
        using Seconds = QList<int>;
        QTest::newRow("never let in") << Seconds{0, 1, 2} << Seconds{} << false;
        QTest::newRow("before") << Seconds{10, 11} << Seconds{1, 2, 3} << false;
        QTest::newRow("just now") << Seconds{10, 11} << Seconds{12} << false;
        QTest::newRow("for some time") << Seconds{10, 11} << Seconds{12, 15} << true;
        QTest::newRow("not longer than between two refusals")
            << Seconds{0, 10, 20} << Seconds{5, 15, 25, 35, 39} << false;
        QTest::newRow("twice as long") << Seconds{0, 10, 20} << Seconds{5, 15, 25, 35, 41} << true;
        QTest::newRow("once, and it came again") << Seconds{0, 50} << Seconds{10, 20, 30, 59} << false;
        QTest::newRow("once") << Seconds{10} << Seconds{14} << true;
    }
    void aRefusalIsOverOnceItsCallerHasLongBeenLetIn()
    {
        QFETCH(QList<int>, refused);
        QFETCH(QList<int>, letIn);
        QFETCH(bool, isOver);
        const auto at = [](int second, const QString &peer, int port) -> models::Refusal {
            return {u"2026-11-25T12:00:%1.000Z"_s.arg(second, 2, 10, QChar(u'0')), peer, port};
        };
        QList<models::Refusal> refusals, admissions;
        for (const int second : refused)
            refusals.append(at(second, u"10.244.0.9"_s, 8000));
        for (const int second : letIn)
            admissions.append(at(second, u"10.244.0.9"_s, 8000));
        admissions.append(at(59, u"10.244.0.9"_s, 9000)); // another port, and another caller
        admissions.append(at(59, u"10.244.0.8"_s, 8000));
        const auto all = models::refusedBy(u"default"_s, u"quote"_s, refusals, admissions);
        QCOMPARE(all.size(), refused.size());
        for (qsizetype i = 0; i < all.size(); ++i)
            QCOMPARE(all[i],
                     (models::RefusedConnection{u"default"_s, u"quote"_s, u"10.244.0.9"_s, isOver,
                                                refusals[i].at}));
    }

    void aFaultOfACertificateIsReadFromTheLog_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("code"); // "": it tells of something else
        QTest::addColumn<QString>("at");
        const QString at = u"2026-11-25T12:00:00.000000Z"_s;
        const QString expired = u"CERTIFICATE_EXPIRED"_s;
        QTest::newRow("Envoy's own log")
            << QByteArray("2026-11-25T12:00:00.000000Z\tdebug\tenvoy connection\tTLS_error:|268436501:SSL "
                          "routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_EXPIRED:TLS_error_end")
            << expired << at;
        QTest::newRow("the access log")
            << QByteArray("[2026-11-25T12:00:00.000000Z] \"- - -\" 0 - - - \"TLS_error:CERTIFICATE_EXPIRED\"")
            << expired << at;
        QTest::newRow("JSON, the access log")
            << QByteArray("{\"start_time\":\"2026-11-25T12:00:00.000000Z\",\"x\":\"CERTIFICATE_EXPIRED\"}")
            << expired << at;
        QTest::newRow("JSON, Envoy's own log")
            << QByteArray("{\"time\":\"2026-11-25T12:00:00.000000Z\",\"msg\":\"CERTIFICATE_EXPIRED\"}")
            << expired << at;
        QTest::newRow("JSON that is cut")
            << QByteArray("{\"msg\":\"CERTIFICATE_EXPIRED") << expired << QString();
        QTest::newRow("no time") << QByteArray("warning CERTIFICATE_VERIFY_FAILED")
                                 << u"CERTIFICATE_VERIFY_FAILED"_s << QString();
        QTest::newRow("another line")
            << QByteArray("2026-11-25T12:00:00.000000Z info ready") << QString() << QString();
    }
    void aFaultOfACertificateIsReadFromTheLog()
    {
        QFETCH(QByteArray, line);
        const auto fault = models::handshakeFaultOf(line);
        QTEST(fault ? fault->code : QString(), "code");
        QTEST(fault ? fault->at : QString(), "at");
    }
};

SALLYPORT_TEST(refused_callers_test, RefusedCallersTest)
#include "refused_callers_test.moc"
