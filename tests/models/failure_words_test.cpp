// SPDX-License-Identifier: GPL-3.0-or-later
// What the help says of each failure of facts integration-guide.md §13.
#include "models/analysis/finding_catalog.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class FailureWordsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // Symptom, cause and fix of the catalogue, each by words of it, in the help of the finding's code.
    void theHelpHasTheCataloguesWords_data()
    {
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("seen");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<QString>("fix");
        const auto row = [](const char *failure, const QString &code, const QString &seen,
                            const QString &cause,
                            const QString &fix) { QTest::newRow(failure) << code << seen << cause << fix; };
        row("F1", u"GD-003"_s, u"503"_s, u"only the files"_s, u"4.1.0"_s);
        row("F2", u"GD-009"_s, u"found no certificate in secret istio-certs"_s,
            u"what its Envoy has loaded"_s, u"holdApplicationUntilProxyStarts"_s);
        row("F3", u"TLS-003"_s, u"found no certificate in secret"_s, u"AMBASSADOR_NAMESPACE"_s,
            u"istio-certs.NAMESPACE"_s);
        row("F4", u"TLS-008"_s, u"clear text"_s, u"no certificate files"_s, u"without a trailing slash"_s);
        row("F6", u"RT-007"_s, u"UF,URX"_s, u"dials 443"_s, u"quote:80"_s);
        row("F7", u"MT-001"_s, u"connection termination"_s, u"takes mutual TLS only"_s,
            u"tls: istio-upstream"_s);
        row("F8", u"RT-008"_s, u"no healthy upstream"_s, u"none of its pods is ready"_s, u"selector"_s);
        row("F9", u"CERT-010"_s, u"certificate from before"_s, u"another one in memory"_s, u"restart"_s);
        row("F10", u"MT-026"_s, u"RBAC: access denied"_s, u"names the identity"_s, u"principals"_s);
        row("F11", u"TLS-004"_s, u"finds no certificate"_s, u"in namespace `default`"_s,
            u"secret_namespacing: false"_s);
        row("F12", u"TLS-010"_s, u"found no cert_chain_file"_s, u"no volume is mounted"_s, u"Mount"_s);
        row("F13 and F26", u"TLS-002"_s, u"clear text"_s, u"does not exist"_s, u"correct the name"_s);
        row("F14 and F15", u"GD-004"_s, u"permission denied"_s, u"do not renew the files"_s, u"Upgrade"_s);
        row("F16", u"GD-006"_s, u"max allowed TTL"_s, u"rotation test"_s, u"SECRET_TTL"_s);
        row("F17", u"GD-005"_s, u"unable to bind domain socket"_s, u"base id 0"_s,
            u"AMBASSADOR_ENVOY_BASE_ID"_s);
        row("F18", u"OBS-001"_s, u"No traces"_s, u"when it starts"_s, u"restart"_s);
        row("F19", u"TLS-007"_s, u"another team's certificate"_s, u"without its namespace"_s,
            u"its own name"_s);
        row("F20", u"TLS-011"_s, u"without a certificate"_s, u"SNI"_s, u"Demand a certificate"_s);
        row("F21", u"GD-010"_s, u"Can't do overview before configuration"_s, u"none of them is ready"_s,
            u"Wait"_s);
        row("F22", u"GD-008"_s, u"failed calling webhook"_s, u"without a ready pod"_s,
            u"Bring the pods back"_s);
        row("F23", u"MT-004"_s, u"PERMISSIVE"_s, u"ALPN"_s, u"alpn_protocols: istio"_s);
        row("F24", u"MT-019"_s, u"Delays"_s, u"server-first"_s, u"appProtocol"_s);
        row("F25", u"MT-027"_s, u"stays active"_s, u"does not end by"_s, u"native sidecars"_s);
        row("F27", u"TLS-001"_s, u"in clear text"_s, u"not defined"_s, u"Apply the TLSContext"_s);
        row("F28", u"GD-007"_s, u"no istio-proxy"_s, u"sidecar.istio.io/inject"_s, u"\"true\""_s);
        row("F29", u"MT-028"_s, u"Redis cannot be reached"_s, u"does not take what it sends"_s,
            u"Exclude Redis from injection"_s);
        row("F30", u"OBS-003"_s, u"envoy_cluster_upstream_rq_total"_s, u"15020"_s, u"8877"_s);
        row("F31", u"OBS-005"_s, u"No traces"_s, u"must be told to open"_s, u"COLLECTOR_ZIPKIN_HOST_PORT"_s);
        row("F32", u"GD-011"_s, u"may be wrong"_s, u"does not know"_s, u"Upgrade"_s);
    }
    void theHelpHasTheCataloguesWords()
    {
        QFETCH(QString, code);
        QFETCH(QString, seen);
        QFETCH(QString, cause);
        QFETCH(QString, fix);
        const QString help = models::findingHelp(code).simplified();
        const qsizetype atSeen = help.indexOf(u"**What is seen.**"_s),
                        atFix = help.indexOf(u"**What to do.**"_s);
        QVERIFY2(atSeen > 0 && atFix > atSeen, qPrintable(help));
        QVERIFY2(help.left(atSeen).contains(cause), qPrintable(cause));
        QVERIFY2(help.mid(atSeen, atFix - atSeen).contains(seen), qPrintable(seen));
        QVERIFY2(help.mid(atFix).contains(fix), qPrintable(fix));
    }
};

SALLYPORT_TEST(failure_words_test, FailureWordsTest)
#include "failure_words_test.moc"
