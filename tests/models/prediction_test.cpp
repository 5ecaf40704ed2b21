// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/prediction.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray mappingYaml(const QByteArray &name, const QByteArray &spec)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: " + name
        + ", namespace: default}\nspec: " + spec + "\n";
}

const QByteArray strictMesh =
    "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: default, "
    "namespace: istio-system}\nspec: {mtls: {mode: STRICT}}\n";
const QByteArray plain = mappingYaml("quote-backend", "{prefix: /backend/, service: quote}");

models::Prediction predicted(const QByteArray &world, const QString &url,
                             const QList<QPair<QString, QString>> &headers = {})
{
    const auto snapshot = snapshotOf(world);
    models::RequestSpec request;
    request.url = QUrl(url);
    request.headers = headers;
    const models::EdgeInstallation *edge = snapshot->edge({});
    return models::predict(edge ? models::viewEdge(*snapshot, *edge) : models::EdgeView(), *snapshot,
                           request);
}

QString stepText(const models::Prediction &prediction, const QString &title)
{
    for (const models::PredictionStep &step : prediction.steps) {
        if (step.title == title)
            return step.text;
    }
    return {};
}

} // namespace

class PredictionTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aRequestThatIsServedNamesItsWay()
    {
        const models::Prediction prediction =
            predicted(edgeYaml() + quoteYaml(false) + plain, u"http://edge.example/backend/get?x=1"_s);
        QCOMPARE(prediction.mapping, u"default/quote-backend"_s);
        QCOMPARE(prediction.status, 0);
        QCOMPARE(prediction.upstream, u"quote.default:80"_s);
        QCOMPARE(prediction.rewrittenPath, u"/get?x=1"_s);
        QCOMPARE(prediction.compat, u"v1"_s);
        QStringList titles;
        for (const models::PredictionStep &step : prediction.steps)
            titles.append(step.title);
        QCOMPARE(titles, (QStringList{u"Listener"_s, u"Host"_s, u"Mapping"_s, u"Rewrite"_s, u"Upstream"_s}));
        QCOMPARE(stepText(prediction, u"Upstream"_s),
                 u"quote.default:80, 1 of 1 endpoints ready, no sidecar"_s);
    }

    void aPortOfATcpMappingAsksNoMapping()
    {
        QByteArray world = edgeYaml() + quoteYaml(true) + plain;
        world.replace("targetPort: https}]\n",
                      "targetPort: https}, {name: db, port: 9000, targetPort: 9000}]\n");
        world += "---\napiVersion: getambassador.io/v2\nkind: TCPMapping\nmetadata: {name: db, namespace: "
                 "default}\nspec: {port: 9000, service: 'quote:80'}\n";
        const models::Prediction prediction = predicted(world, u"http://edge.example:9000/backend/"_s);
        QVERIFY2(prediction.reason.contains(u"TCPMapping default/db takes every connection"_s),
                 qPrintable(prediction.reason));
        QCOMPARE(prediction.status, 0);
        QCOMPARE(prediction.mapping, QString());
    }

    void whatTheEdgeItselfAnswersIsForetold_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("url");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("reason");
        const QByteArray mesh = edgeYaml() + quoteYaml(true);
        QTest::newRow("no route") << mesh + plain << u"http://edge.example/elsewhere"_s << 404 << u"404"_s;
        QTest::newRow("clear text to STRICT")
            << mesh + strictMesh + plain << u"http://edge.example/backend/"_s << 503
            << u"connection termination"_s;
        QTest::newRow("clear text to PERMISSIVE")
            << mesh + plain << u"http://edge.example/backend/"_s << 0 << QString();
        QTest::newRow("a redirect") << mesh
                + mappingYaml("away", "{prefix: /away/, service: www.example.com, host_redirect: true}")
                                    << u"http://edge.example/away/"_s << 301 << u"www.example.com"_s;
        QTest::newRow("the Service lacks the port")
            << mesh + mappingYaml("m", "{prefix: /backend/, service: 'quote:8080'}")
            << u"http://edge.example/backend/"_s << 503 << u"no port 8080"_s;
        QTest::newRow("nobody listens for TLS")
            << mesh + plain << u"https://edge.example/backend/"_s << 0 << u"8443"_s;
    }
    void whatTheEdgeItselfAnswersIsForetold()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, url);
        QFETCH(int, status);
        QFETCH(QString, reason);
        const models::Prediction prediction = predicted(world, url);
        QCOMPARE(prediction.status, status);
        QVERIFY2(prediction.reason.contains(reason), qPrintable(prediction.reason));
    }

    void headersDecideToo()
    {
        const QByteArray world = edgeYaml() + quoteYaml(false) + plain
            + mappingYaml("canary", "{prefix: /backend/, service: quote, headers: {x-canary: '1'}}");
        QCOMPARE(predicted(world, u"http://edge.example/backend/"_s).mapping, u"default/quote-backend"_s);
        QCOMPARE(predicted(world, u"http://edge.example/backend/"_s, {{u"X-Canary"_s, u"1"_s}}).mapping,
                 u"default/canary"_s);
    }

    void theWeightsAreTold_data()
    {
        QTest::addColumn<QByteArray>("mappings");
        QTest::addColumn<QString>("weights");
        const auto one = [](const char *name, const char *rest) {
            return mappingYaml(name, QByteArray("{prefix: /backend/, service: quote") + rest + "}");
        };
        QTest::newRow("one alone") << one("a", "") << QString();
        QTest::newRow("a canary") << one("a", ", weight: 20") + one("b", "")
                                  << u"default/a 20 %, default/b 80 %"_s;
        QTest::newRow("a group that does not take all") << one("a", ", weight: 20")
                + one("b", ", weight: 30") << u"default/a 20 %, default/b 30 %, nobody 50 % (404)"_s;
        QTest::newRow("what it leaves falls to the next") << one("a", ", weight: 20, headers: {x-user: '1'}")
                + one("b", "") << u"default/a 20 %, default/b 80 %"_s;
        QTest::newRow("one that gets nothing") << one("a", ", weight: 100") + one("b", "") << QString();
    }
    void theWeightsAreTold()
    {
        QFETCH(QByteArray, mappings);
        const models::Prediction prediction =
            predicted(edgeYaml() + quoteYaml(false) + mappings, u"http://edge.example/backend/"_s,
                      {{u"x-user"_s, u"1"_s}});
        QTEST(stepText(prediction, u"Weights"_s), "weights");
    }

    void whatIsWrongWithTheMappingsAtHandIsTold_data()
    {
        QTest::addColumn<QByteArray>("mappings");
        QTest::addColumn<QString>("code");
        QTest::newRow("nothing") << plain << QString();
        QTest::newRow("over a hundred per cent")
            << mappingYaml("a", "{prefix: /backend/, service: quote, weight: 60}")
                + mappingYaml("b", "{prefix: /backend/, service: quote, weight: 70}")
            << u"RT-005"_s;
        QTest::newRow("shadowed") << mappingYaml("a", "{prefix: /backend/, service: quote, precedence: 1}")
                + mappingYaml("b", "{prefix: /backend/get, service: quote}")
                                  << u"RT-003"_s;
        QTest::newRow("rejected, so that nothing matches")
            << mappingYaml("a", "{prefix: /backend/, service: quote, resolver: none}") << u"RT-001"_s;
    }
    void whatIsWrongWithTheMappingsAtHandIsTold()
    {
        QFETCH(QByteArray, mappings);
        QString code;
        for (const models::PredictionStep &step :
             predicted(edgeYaml() + quoteYaml(false) + mappings, u"http://edge.example/backend/get"_s).steps)
            code = step.title == "Finding"_L1 && code.isEmpty() ? step.side : code;
        QTEST(code, "code");
    }

    // Emissary 4: a Listener, a Host of one name, and Mappings of it and of another one.
    static QByteArray hostsYaml()
    {
        QByteArray world = QByteArray(edgeYaml()).replace("aes:1.11.2", "emissary:4.1.0");
        const auto add = [&world](const char *kind, const QByteArray &name, const QByteArray &spec) {
            world += QByteArray("---\napiVersion: getambassador.io/v3alpha1\nkind: ") + kind
                + "\nmetadata: {name: " + name + ", namespace: default}\nspec: " + spec + "\n";
        };
        add("Listener", "l",
            "{port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}");
        for (const QByteArray &name : {QByteArray("a"), QByteArray("b")}) {
            add("Host", name,
                "{hostname: " + name + ".example.com, requestPolicy: {insecure: {action: Route}}}");
            add("Mapping", "m-" + name, "{hostname: " + name + ".example.com, prefix: /m/, service: quote}");
            add("Mapping", "o-" + name, "{hostname: " + name + ".example.com, prefix: /o/, service: quote}");
        }
        return world + quoteYaml(false);
    }

    void whyNoHostFitsIsSaid_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QStringList>("parts");
        QTest::newRow("another name")
            << u"http://c.example.com/m/"_s
            << QStringList{u"none fits c.example.com"_s, u"the Host header is c.example.com"_s,
                           u"a.example.com, b.example.com"_s, u"no Mapping is asked"_s};
        QTest::newRow("the port that a user types")
            << u"http://a.example.com:8080/m/"_s
            << QStringList{u"none fits a.example.com:8080"_s, u"compares the port too"_s,
                           u"strip_matching_host_port"_s};
    }
    void whyNoHostFitsIsSaid()
    {
        QFETCH(QString, url);
        QFETCH(QStringList, parts);
        const models::Prediction prediction = predicted(hostsYaml(), url);
        QCOMPARE(prediction.status, 404);
        QString all = prediction.reason;
        for (const models::PredictionStep &step : prediction.steps)
            all += u'\n' + step.text + u'\n' + step.side;
        for (const QString &part : parts)
            QVERIFY2(all.contains(part), qPrintable(part + u" is missing in: "_s + all));
        QCOMPARE(prediction.otherHosts.size(), 4);
        QCOMPARE(prediction.otherHosts[0].path, std::string("/m/"));
        QCOMPARE(prediction.otherHosts[1].path, std::string("/m/"));
    }

    void mappingsOfOtherHostsLoseByTheirHost()
    {
        const models::Prediction prediction = predicted(hostsYaml(), u"http://a.example.com/m/"_s);
        QCOMPARE(prediction.mapping, u"default/m-a"_s);
        QStringList lost;
        for (const edge::Candidate &candidate : prediction.otherHosts)
            lost.append(u"%1 %2: %3, %4"_s.arg(QString::fromStdString(candidate.mapping.name),
                                               QString::fromStdString(candidate.failedCondition),
                                               QString::fromStdString(candidate.expected),
                                               QString::fromStdString(candidate.actual)));
        QCOMPARE(lost,
                 (QStringList{u"m-b host: b.example.com, a.example.com"_s,
                              u"o-b host: b.example.com, a.example.com"_s}));
    }

    void theMappingsOfOtherHostsAreBounded()
    {
        QByteArray world = hostsYaml();
        for (int i = 0; i < 60; ++i)
            world += "---\napiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: x"
                + QByteArray::number(i) + ", namespace: default}\nspec: {hostname: b.example.com, prefix: /x"
                + QByteArray::number(i) + "/, service: quote}\n";
        const models::Prediction prediction = predicted(world, u"http://a.example.com/m/"_s);
        QCOMPARE(prediction.otherHosts.size(), 20);
        QCOMPARE(prediction.otherHosts[0].mapping.name, std::string("m-b"));
    }

    void thereIsNothingToAskWithoutAnEdge()
    {
        const models::Prediction prediction = predicted(quoteYaml(false), u"http://edge.example/"_s);
        QVERIFY(prediction.mapping.isEmpty());
        QCOMPARE(prediction.reason, u"there is no edge to ask"_s);
    }
};

SALLYPORT_TEST(prediction_test, PredictionTest)
#include "prediction_test.moc"
