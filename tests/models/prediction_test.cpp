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

    void thereIsNothingToAskWithoutAnEdge()
    {
        const models::Prediction prediction = predicted(quoteYaml(false), u"http://edge.example/"_s);
        QVERIFY(prediction.mapping.isEmpty());
        QCOMPARE(prediction.reason, u"there is no edge to ask"_s);
    }
};

SALLYPORT_TEST(prediction_test, PredictionTest)
#include "prediction_test.moc"
