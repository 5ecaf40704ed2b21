// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/finding_fix.h"
#include "models/analysis/findings.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray mappingYaml(const QByteArray &spec)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, namespace: "
           "default}\nspec: "
        + spec + "\n";
}

const QByteArray strict =
    "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: default, "
    "namespace: istio-system, creationTimestamp: '2026-01-01T00:00:00Z'}\nspec: {mtls: {mode: STRICT}}\n";

struct World
{
    std::shared_ptr<const models::Snapshot> snapshot;
    models::EdgeView view;
    QList<models::Finding> findings;

    explicit World(const QByteArray &yaml)
        : snapshot(snapshotOf(yaml))
        , view(models::viewEdge(*snapshot, *snapshot->edge({})))
        , findings(models::clusterFindings(*snapshot, view, {}, QDateTime::currentDateTimeUtc()).findings)
    {
    }
    std::optional<models::FindingFix> fixOf(const QString &code) const
    {
        for (const models::Finding &finding : findings) {
            if (finding.code == code)
                return models::fixOf(finding, *snapshot, view);
        }
        return {};
    }
    bool has(const QString &code) const
    {
        return std::any_of(findings.begin(), findings.end(),
                           [&code](const models::Finding &each) { return each.code == code; });
    }
};

} // namespace

class FindingFixTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clearTextToAStrictSidecarGetsTheMeshsContext()
    {
        const World world(edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml()
                          + mappingYaml("{prefix: /backend/, service: 'quote:80'}") + strict);
        QVERIFY(world.has(u"MT-001"_s));
        const auto fix = world.fixOf(u"MT-001"_s);
        QVERIFY(fix);
        QCOMPARE(fix->part.at({"spec", "tls"}).text(), std::string("istio-upstream"));
        QCOMPARE(fix->part.at({"metadata", "name"}).text(), std::string("quote-backend"));
        QCOMPARE(fix->part["spec"].members().size(), size_t(1)); // all else stays
        // Applied, it ends the finding.
        const World fixed(edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml()
                          + mappingYaml("{prefix: /backend/, service: 'quote:80', tls: istio-upstream}")
                          + strict);
        QVERIFY(!fixed.has(u"MT-001"_s));
    }

    // Without a port clear text goes to 80, and TLS to 443, where nobody answers.
    void theFixWritesOutThePortThatIsDialled_data()
    {
        QTest::addColumn<QByteArray>("service");
        QTest::addColumn<QString>("expected"); // "": it stays as it is
        QTest::newRow("a name") << QByteArray("quote") << u"quote:80"_s;
        QTest::newRow("a name with its namespace") << QByteArray("quote.default") << u"quote.default:80"_s;
        QTest::newRow("a URL") << QByteArray("http://quote.default") << u"http://quote.default:80"_s;
        QTest::newRow("a port") << QByteArray("quote:80") << QString();
    }
    void theFixWritesOutThePortThatIsDialled()
    {
        QFETCH(QByteArray, service);
        QFETCH(QString, expected);
        const QByteArray base = edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + strict;
        const World world(base + mappingYaml("{prefix: /backend/, service: '" + service + "'}"));
        QVERIFY(world.has(u"MT-001"_s));
        const auto fix = world.fixOf(u"MT-001"_s);
        QVERIFY(fix);
        QCOMPARE(fix->part.at({"spec", "tls"}).text(), std::string("istio-upstream"));
        QCOMPARE(QString::fromStdString(fix->part.at({"spec", "service"}).text()), expected);
        const QByteArray then = expected.isEmpty() ? service : expected.toUtf8();
        const World fixed(base
                          + mappingYaml("{prefix: /backend/, service: '" + then + "', tls: istio-upstream}"));
        for (const QString &code : {u"MT-001"_s, u"RT-007"_s, u"MT-002"_s})
            QVERIFY2(!fixed.has(code), qPrintable(code));
    }

    void withoutAContextThatPresentsTheMeshsCertificateNothingIsGuessed()
    {
        const World world(edgeYaml() + quoteYaml(true)
                          + mappingYaml("{prefix: /backend/, service: 'quote:80'}") + strict);
        QVERIFY(world.has(u"MT-001"_s));
        QVERIFY(!world.fixOf(u"MT-001"_s));
    }

    void aPortThatTheServiceLacksBecomesItsOnlyOne()
    {
        const QByteArray onePort =
            QByteArray(quoteYaml(true)).replace(", {name: https, port: 443, targetPort: 8000}", "");
        const World world(edgeWithCertsYaml() + onePort
                          + mappingYaml("{prefix: /backend/, service: 'quote.default:8443'}"));
        QVERIFY(world.has(u"RT-007"_s));
        const auto fix = world.fixOf(u"RT-007"_s);
        QVERIFY(fix);
        QCOMPARE(fix->part.at({"spec", "service"}).text(), std::string("quote.default:80"));
    }

    void aPortForHttpIsNotSpokenToByTls_data()
    {
        QTest::addColumn<bool>("sidecar");
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QString>("service"); // "": there is no fix
        QTest::newRow("without a sidecar")
            << false << QByteArray("service: 'https://quote.default'") << u"quote.default:80"_s;
        QTest::newRow("a sidecar refuses it or resets it")
            << true << QByteArray("service: 'https://quote.default'") << QString();
        QTest::newRow("with the mesh's certificate, which its sidecar takes")
            << true << QByteArray("service: 'https://quote.default', tls: istio-upstream")
            << u"https://quote.default:80"_s;
        QTest::newRow("a tls that somebody wrote")
            << false << QByteArray("service: 'https://quote.default', tls: true") << QString();
    }
    void aPortForHttpIsNotSpokenToByTls()
    {
        QFETCH(bool, sidecar);
        QFETCH(QByteArray, spec);
        QFETCH(QString, service);
        const QByteArray onePort =
            QByteArray(quoteYaml(sidecar)).replace(", {name: https, port: 443, targetPort: 8000}", "");
        const World world(edgeWithCertsYaml() + onePort + istioUpstreamYaml()
                          + mappingYaml("{prefix: /backend/, " + spec + "}"));
        QVERIFY(world.has(u"RT-007"_s));
        const auto fix = world.fixOf(u"RT-007"_s);
        QCOMPARE(fix ? QString::fromStdString(fix->part.at({"spec", "service"}).text()) : QString(), service);
    }

    void aMissingServiceNeedsAPerson()
    {
        const World world(edgeWithCertsYaml() + quoteYaml(true)
                          + mappingYaml("{prefix: /backend/, service: nobody}"));
        QVERIFY(world.has(u"RT-006"_s));
        QVERIFY(!world.fixOf(u"RT-006"_s));
    }

    // Applied, the change ends the finding and brings none.
    void whatIsAppliedEndsTheFinding_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<QString>("part");
        const QByteArray base = edgeWithCertsYaml() + quoteYaml(true);
        const QByteArray withTls =
            mappingYaml("{prefix: /backend/, service: 'quote:80', tls: istio-upstream}");
        QTest::newRow("TLS-003") << QByteArray(
            base + QByteArray(istioUpstreamYaml()).replace("namespace: ambassador", "namespace: staging"))
                                 << u"TLS-003"_s << QByteArray("secret: istio-certs,")
                                 << QByteArray("secret: istio-certs.ambassador,")
                                 << uR"({"secret":"istio-certs.ambassador"})"_s;
        QTest::newRow("MT-014") << QByteArray(
            base + istioUpstreamYaml() + withTls + strict
            + "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: quote, "
              "namespace: "
              "default}\nspec: {host: quote, trafficPolicy: {tls: {mode: DISABLE}}}\n")
                                << u"MT-014"_s << QByteArray("mode: DISABLE")
                                << QByteArray("mode: ISTIO_MUTUAL")
                                << uR"({"trafficPolicy":{"tls":{"mode":"ISTIO_MUTUAL"}}})"_s;
    }
    void whatIsAppliedEndsTheFinding()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, code);
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(QString, part);
        const World faulty(world);
        QVERIFY(faulty.has(code));
        const auto fix = faulty.fixOf(code);
        QVERIFY(fix);
        QCOMPARE(QString::fromStdString(edge::toJson(fix->part["spec"])), part);
        QVERIFY(world.contains(before));
        const World mended(world.replace(before, after));
        QVERIFY(!mended.has(code));
        QVERIFY(mended.findings.size() < faulty.findings.size());
    }

    // Of quote, whose ports 80 and 443 lead to 8000: the change of its rule where mutual TLS is off there.
    void aRuleIsTurnedOffWhereMutualTlsIs_data()
    {
        QTest::addColumn<QByteArray>("policy"); // trafficPolicy
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("part"); // of spec.trafficPolicy; "" it is for a person
        const QByteArray off =
            "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: quote, "
            "namespace: default}\nspec: {selector: {matchLabels: {app: quote}}, portLevelMtls: {8000: {mode: "
            "DISABLE}}}\n";
        const QString whole = uR"({"tls":{"mode":"DISABLE"}})"_s;
        QTest::newRow("the whole rule") << QByteArray("{tls: {mode: ISTIO_MUTUAL}}") << off << whole;
        QTest::newRow("the entries of ports, and what else they say")
            << QByteArray("{portLevelSettings: [{port: {number: 80}, connectionPool: {tcp: {maxConnections: "
                          "9}}, tls: "
                          "{mode: ISTIO_MUTUAL}}, {port: {number: 443}, tls: {mode: SIMPLE}}]}")
            << off
            << uR"({"portLevelSettings":[{"port":{"number":80},"connectionPool":{"tcp":{"maxConnections":9}},"tls":{"mode":"DISABLE"}},{"port":{"number":443},"tls":{"mode":"SIMPLE"}}]})"_s;
        const QByteArray second = "---\napiVersion: v1\nkind: Service\nmetadata: {name: quote, namespace: "
                                  "default}\nspec: {selector: {app: "
                                  "quote}, ports: [{name: http, port: 80, targetPort: 8000}, {name: "
                                  "http-admin, port: 9000, targetPort: "
                                  "9000}]}\n";
        QTest::newRow("one port of two")
            << QByteArray("{tls: {mode: ISTIO_MUTUAL}, connectionPool: {tcp: {maxConnections: 9}}}")
            << second + off
            << uR"({"portLevelSettings":[{"port":{"number":80},"tls":{"mode":"DISABLE"},"connectionPool":{"tcp":{"maxConnections":9}}}]})"_s;
        QTest::newRow("TLS that the application may serve")
            << QByteArray("{portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]}") << off
            << QString();
        QTest::newRow("one pod of two is PERMISSIVE")
            << QByteArray("{tls: {mode: ISTIO_MUTUAL}}")
            << QByteArray(
                   "---\napiVersion: v1\nkind: Pod\nmetadata: {name: quote-2, namespace: default, labels: "
                   "{app: "
                   "quote, version: v2}}\nspec: {containers: [{name: quote, ports: [{containerPort: 8000}]}, "
                   "{name: istio-proxy}]}\nstatus: {phase: Running}\n")
                + QByteArray(off).replace("{app: quote}", "{app: quote, version: v1}")
            << QString();
    }
    void aRuleIsTurnedOffWhereMutualTlsIs()
    {
        QFETCH(QByteArray, policy);
        QFETCH(QByteArray, more);
        QFETCH(QString, part);
        QByteArray quote = quoteYaml(true);
        if (more.contains("kind: Service")) // in its place
            quote = quote.mid(quote.indexOf("---\napiVersion: v1\nkind: Pod"));
        quote.replace("{app: quote, pod-template", "{app: quote, version: v1, pod-template");
        const QByteArray base = edgeWithCertsYaml() + quote + more;
        const auto rule = [](const QByteArray &policyText) -> QByteArray {
            return "---\napiVersion: networking.istio.io/v1alpha3\nkind: DestinationRule\nmetadata: {name: "
                   "quote, "
                   "namespace: default}\nspec: {host: quote, trafficPolicy: "
                + policyText + "}\n";
        };
        const World faulty(base + rule(policy));
        QVERIFY(faulty.has(u"MT-030"_s));
        const auto fix = faulty.fixOf(u"MT-030"_s);
        QCOMPARE(fix ? QString::fromStdString(edge::toJson(fix->part.at({"spec", "trafficPolicy"})))
                     : QString(),
                 part);
        if (!fix)
            return;
        QCOMPARE(fix->part["apiVersion"].text(), std::string("networking.istio.io/v1alpha3"));
        const bool isReplaced =
            !part.contains("portLevelSettings"_L1) || policy.contains("portLevelSettings");
        const QByteArray laidOver = policy.chopped(1) + ", " + part.toUtf8().mid(1);
        const World mended(base + rule(isReplaced ? part.toUtf8() : laidOver));
        QVERIFY(!mended.has(u"MT-030"_s));
        QVERIFY(mended.findings.size() < faulty.findings.size());
    }

    // Of quote under STRICT.
    void aRuleAsksForMutualTlsWhereAllTakeIt_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QByteArray>("policy"); // trafficPolicy
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("part"); // of spec.trafficPolicy; "" it is for a person
        const QByteArray off = "{tls: {mode: DISABLE}}", quote = "quote";
        const QString whole = uR"({"tls":{"mode":"ISTIO_MUTUAL"}})"_s;
        QTest::newRow("the whole rule") << quote << off << QByteArray() << whole;
        QTest::newRow("of many hosts, of which others may take clear text")
            << QByteArray("'*.local'") << off << QByteArray() << QString();
        QTest::newRow("one pod of two has no sidecar")
            << quote << off
            << QByteArray("---\napiVersion: v1\nkind: Pod\nmetadata: {name: quote-2, namespace: default, "
                          "labels: {app: "
                          "quote}}\nspec: {containers: [{name: quote, ports: [{containerPort: "
                          "8000}]}]}\nstatus: {phase: "
                          "Running}\n")
            << QString();
        QTest::newRow("an entry of a port")
            << quote << QByteArray("{portLevelSettings: [{port: {number: 80}, tls: {mode: DISABLE}}]}")
            << QByteArray()
            << uR"({"portLevelSettings":[{"port":{"number":80},"tls":{"mode":"ISTIO_MUTUAL"}}]})"_s;
        QTest::newRow("an entry of a port with TLS of another kind")
            << quote << QByteArray("{portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]}")
            << QByteArray() << QString();
        QTest::newRow("an entry that says nothing of TLS")
            << quote << QByteArray("{tls: {mode: DISABLE}, portLevelSettings: [{port: {number: 80}}]}")
            << QByteArray() << whole;
        const QByteArray twoPorts =
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: quote, namespace: default}\nspec: "
            "{selector: {app: "
            "quote}, ports: [{name: http, port: 80, targetPort: 8000}, {name: http-admin, port: 9000, "
            "targetPort: "
            "9000}]}\n---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: "
            "quote, "
            "namespace: default}\nspec: {selector: {matchLabels: {app: quote}}, portLevelMtls: {9000: {mode: "
            "DISABLE}}}\n";
        QTest::newRow("one port of two")
            << quote << off << twoPorts
            << uR"({"portLevelSettings":[{"port":{"number":80},"tls":{"mode":"ISTIO_MUTUAL"}}]})"_s;
        QTest::newRow("one port of two, by its entry")
            << quote << QByteArray("{tls: {mode: DISABLE}, portLevelSettings: [{port: {number: 80}}]}")
            << twoPorts
            << uR"({"portLevelSettings":[{"port":{"number":80},"tls":{"mode":"ISTIO_MUTUAL"}}]})"_s;
    }
    void aRuleAsksForMutualTlsWhereAllTakeIt()
    {
        QFETCH(QByteArray, host);
        QFETCH(QByteArray, policy);
        QFETCH(QByteArray, more);
        QFETCH(QString, part);
        QByteArray quote = quoteYaml(true);
        if (more.contains("kind: Service")) // in its place
            quote = quote.mid(quote.indexOf("---\napiVersion: v1\nkind: Pod"));
        const World faulty(
            edgeWithCertsYaml() + quote + more + strict
            + "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: quote, "
              "namespace: default}\nspec: {host: "
            + host + ", trafficPolicy: " + policy + "}\n");
        QVERIFY(faulty.has(u"MT-014"_s));
        const auto fix = faulty.fixOf(u"MT-014"_s);
        QCOMPARE(fix ? QString::fromStdString(edge::toJson(fix->part.at({"spec", "trafficPolicy"})))
                     : QString(),
                 part);
    }

    void aRuleOfManyHostsNeedsAPersonWhereMutualTlsIsOff()
    {
        const World world(
            edgeWithCertsYaml() + quoteYaml(true)
            + "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: "
              "default, "
              "namespace: default}\nspec: {mtls: {mode: DISABLE}}\n"
              "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: all, "
              "namespace: "
              "istio-system}\nspec: {host: '*.local', trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}\n");
        QVERIFY(world.has(u"MT-030"_s));
        QVERIFY(!world.fixOf(u"MT-030"_s));
    }

    void aDotThatIsPartOfTheNameIsReadAsSuch()
    {
        const World world(
            edgeWithCertsYaml() + quoteYaml(true)
            + QByteArray(istioUpstreamYaml()).replace("secret: istio-certs", "secret: mesh.cert")
            + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: mesh.cert, namespace: "
              "ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: '', tls.key: '{1704 bytes}'}\n");
        QVERIFY(world.has(u"TLS-004"_s));
        const auto fix = world.fixOf(u"TLS-004"_s);
        QVERIFY(fix);
        QCOMPARE(QString::fromStdString(edge::toJson(fix->part["spec"])),
                 u"{\"secret_namespacing\":false}"_s);
    }
};

SALLYPORT_TEST(finding_fix_test, FindingFixTest)
#include "finding_fix_test.moc"
