// SPDX-License-Identifier: GPL-3.0-or-later
// What the edge calls besides where its Mappings lead.
#include "models/analysis/findings.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray edgeObject(const QByteArray &kind, const QByteArray &spec, const QByteArray &name = "x")
{
    return "---\napiVersion: getambassador.io/v2\nkind: " + kind + "\nmetadata: {name: " + name
        + ", namespace: default}\nspec: " + spec + "\n";
}

QByteArray policyYaml(const QByteArray &mode)
{
    return "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: default, "
           "namespace: istio-system}\nspec: {mtls: {mode: "
        + mode + "}}\n";
}

} // namespace

class EdgeCallFindingsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatTheEdgeCallsIsJudgedAsAMappingsUpstreamIs_data()
    {
        QTest::addColumn<QByteArray>("objects");
        QTest::addColumn<QByteArray>("mode");
        QTest::addColumn<QString>(
            "expected"); // CODE SEVERITY KIND path, but for what shares a cluster, or our edge core does not do
        const QByteArray tcp = edgeObject("TCPMapping", "{port: 7000, service: 'quote:80'}");
        const QByteArray auth = edgeObject("AuthService", "{auth_service: 'quote.default:80', proto: http}");
        const QByteArray limits = edgeObject("RateLimitService", "{service: 'quote.default:80'}");
        const QByteArray log =
            edgeObject("LogService", "{service: 'quote.default:80', driver: http, driver_config: {}}");
        const QByteArray strict = "STRICT", permissive = "PERMISSIVE", off = "DISABLE";
        const auto row = [](const char *name, const QByteArray &objects, const QByteArray &mode,
                            const QString &expected) { QTest::newRow(name) << objects << mode << expected; };
        row("a TCPMapping in clear text to STRICT", tcp, strict, u"MT-001 error TCPMapping spec.tls"_s);
        row("an AuthService", auth, strict, u"MT-001 error AuthService spec.tls"_s);
        row("a RateLimitService", limits, strict, u"MT-001 error RateLimitService spec.tls"_s);
        row("a LogService", log, strict, u"MT-001 warning LogService spec.service"_s);
        row("each in clear text to PERMISSIVE", tcp + auth + limits + log, permissive, {});
        row("a TCPMapping with the mesh's certificate",
            edgeObject("TCPMapping", "{port: 7000, service: 'quote:80', tls: istio-upstream}"), strict, {});
        row("a TCPMapping with the mesh's TLS where it is off",
            edgeObject("TCPMapping", "{port: 7000, service: 'quote:80', tls: istio-upstream}"), off,
            u"MT-005 error TCPMapping spec.tls"_s);
        row("an AuthService with TLS of its own",
            edgeObject("AuthService", "{auth_service: 'https://quote.default:80', proto: http}"), strict,
            u"MT-003 error AuthService spec.tls"_s);
        row("a TCPMapping to nobody", edgeObject("TCPMapping", "{port: 7000, service: 'nobody:80'}"),
            permissive, u"RT-006 error TCPMapping spec.service"_s);
        row("an AuthService that is not there",
            edgeObject("AuthService", "{auth_service: 'nobody.default:80', proto: http}"), permissive,
            u"RT-006 error AuthService spec.auth_service"_s);
        row("a RateLimitService that is not there",
            edgeObject("RateLimitService", "{service: 'nobody.default:80'}"), permissive,
            u"RT-006 error RateLimitService spec.service"_s);
        row("a LogService that is not there",
            edgeObject("LogService", "{service: 'nobody.default:80', driver: http, driver_config: {}}"),
            permissive, u"RT-006 warning LogService spec.service"_s);
        row("a TCPMapping to a port that is not there",
            edgeObject("TCPMapping", "{port: 7000, service: 'quote:81'}"), permissive,
            u"RT-007 error TCPMapping spec.service"_s);
        row("each of two TCPMappings of one port",
            tcp + edgeObject("TCPMapping", "{port: 7000, service: 'quote:80'}", "y"), strict,
            u"MT-001 error TCPMapping spec.tls, MT-001 error TCPMapping spec.tls"_s);
        row("one outside", edgeObject("TCPMapping", "{port: 7000, service: 'db.example.com:80'}"), strict,
            {});
        row("another edge's",
            edgeObject("TCPMapping", "{port: 7000, service: 'nobody:80', ambassador_id: [blue]}"), strict,
            u"RT-010 warning TCPMapping spec.ambassador_id"_s);
    }
    void whatTheEdgeCallsIsJudgedAsAMappingsUpstreamIs()
    {
        QFETCH(QByteArray, objects);
        QFETCH(QByteArray, mode);
        QFETCH(QString, expected);
        const auto snapshot = models::makeSnapshot(inputOf(
            edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + policyYaml(mode) + objects));
        const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
        QStringList said;
        for (const models::Finding &finding :
             models::clusterFindings(*snapshot, view, {}, QDateTime::currentDateTimeUtc()).findings) {
            if (!QStringList{u"RT-015"_s, u"RT-016"_s, u"RT-017"_s}.contains(finding.code))
                said.append(u"%1 %2 %3 %4"_s.arg(
                    finding.code, finding.severity == models::Severity::Error ? u"error"_s : u"warning"_s,
                    finding.subject.kind, finding.path));
        }
        QCOMPARE(said.join(u", "_s), expected);
    }

    void aRemedyNamesTheKindThatIsMeant_data()
    {
        QTest::addColumn<QByteArray>("object");
        QTest::addColumn<QString>("remedy"); // a part of it
        QTest::newRow("a LogService has no tls")
            << edgeObject("LogService", "{service: 'quote.default:80', driver: http, driver_config: {}}")
            << u"a LogService has no tls"_s;
        QTest::newRow("an AuthService's field")
            << edgeObject("AuthService", "{auth_service: 'nobody.default:80', proto: http}")
            << u"correct the name in spec.auth_service"_s;
    }
    void aRemedyNamesTheKindThatIsMeant()
    {
        QFETCH(QByteArray, object);
        QFETCH(QString, remedy);
        const auto snapshot = models::makeSnapshot(inputOf(
            edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + policyYaml("STRICT") + object));
        const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
        QStringList remedies;
        for (const models::Finding &finding :
             models::clusterFindings(*snapshot, view, {}, QDateTime::currentDateTimeUtc()).findings)
            remedies.append(finding.remedy);
        QVERIFY2(remedies.join(u'\n').contains(remedy), qPrintable(remedies.join(u'\n')));
    }
};

SALLYPORT_TEST(edge_call_findings_test, EdgeCallFindingsTest)
#include "edge_call_findings_test.moc"
