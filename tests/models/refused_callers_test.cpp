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
