// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/history.h"
#include "tests/demo/demo_world.h"
#include "tests/support/test_class.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace {

QString proxyOf(const QString &service)
{
    return u"/api/v1/namespaces/istio-system/services/%1/proxy"_s.arg(service);
}

QJsonDocument jsonOf(const QString &text) { return QJsonDocument::fromJson(text.toUtf8()); }

} // namespace

// Where the mesh's counters, spans and dashboards go.
class ObservabilityTest : public QObject
{
    Q_OBJECT

    static QJsonDocument get(DemoWorld &world, const QString &service, const QString &path)
    {
        return jsonOf(world.kubectl({u"get"_s, u"--raw"_s, proxyOf(service) + path}));
    }
    static QJsonDocument post(DemoWorld &world, const QString &service, const QString &path,
                              const QJsonObject &body)
    {
        return jsonOf(world.kubectl({u"create"_s, u"--raw"_s, proxyOf(service) + path, u"-f"_s, u"-"_s},
                                    QJsonDocument(body).toJson()));
    }
    static double ask(DemoWorld &world, const QString &query)
    {
        const QJsonDocument answer =
            get(world, u"prometheus:9090"_s,
                u"/api/v1/query?query="_s + QString::fromLatin1(QUrl::toPercentEncoding(query)));
        return answer[u"data"][u"result"][0][u"value"][1].toString().toDouble();
    }

    static void eachPrometheus()
    {
        QTest::addColumn<QString>("program");
        QTest::newRow("the real one") << QString();
        QTest::newRow("the demo's own") << u"built-in"_s;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = DemoWorld::missingPeer(); !why.isEmpty())
            QSKIP(qPrintable(why));
    }

    void whatAHistoryIs_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("seconds"); // -1: none
        QTest::newRow("none") << u"0"_s << 0;
        QTest::newRow("minutes") << u"90m"_s << 5400;
        QTest::newRow("hours") << u"12h"_s << 43200;
        QTest::newRow("days") << u"8d"_s << 8 * 86400;
        QTest::newRow("the longest") << u"14d"_s << 14 * 86400;
        QTest::newRow("longer than Prometheus keeps") << u"15d"_s << -1;
        QTest::newRow("no unit") << u"8"_s << -1;
        QTest::newRow("a word") << u"yesterday"_s << -1;
        QTest::newRow("negative") << u"-1d"_s << -1;
        QTest::newRow("nothing") << QString() << -1;
    }

    void whatAHistoryIs()
    {
        QFETCH(QString, text);
        QFETCH(int, seconds);
        const auto read = demo::readHistory(text.toStdString());
        QCOMPARE(read ? int(read->count()) : -1, seconds);
    }

    void aSeededHistoryAnswersForDays_data() { eachPrometheus(); }
    void aSeededHistoryAnswersForDays()
    {
        QFETCH(QString, program);
        demo::DemoOptions options;
        options.history = "3d";
        options.prometheusProgram = program.toStdString();
        DemoWorld world(options);
        QVERIFY2(world.start(), qPrintable(world.error()));
        if (program.isEmpty() && !world.ready().prometheus.startsWith(u"prometheus"_s))
            QSKIP(qPrintable(world.ready().prometheus));
        QVERIFY2(world.ready().prometheus.contains(u"history of 3d"_s), qPrintable(world.ready().prometheus));
        QVERIFY(world.waitForPrometheus());
        const QString seeded = u"istio_requests_total{seeded=\"true\",reporter=\"destination\"%1}"_s;
        QVERIFY(ask(world, u"sum(increase(%1[2d]))"_s.arg(seeded.arg(QString()))) > 1000);
        QCOMPARE(ask(world, u"count(%1 offset 70h)"_s.arg(seeded.arg(QString()))), 3.0);
        QCOMPARE(ask(world, u"count(%1 offset 80h)"_s.arg(seeded.arg(QString()))), 0.0); // not older
        const double hours = ask(world, u"(time() - min(min_over_time(timestamp(up)[14d:1h]))) / 3600"_s);
        QVERIFY2(hours > 70 && hours < 73, qPrintable(QString::number(hours)));
        // Nobody spoke plaintext, so a window of days does not forbid STRICT.
        QCOMPARE(ask(world,
                     u"count(last_over_time(%1[3d]))"_s.arg(
                         seeded.arg(u",connection_security_policy!=\"mutual_tls\""_s))),
                 0.0);
        QVERIFY(ask(world, u"sum(istio_requests_total{seeded=\"\"})"_s)
                > 0); // the live ones are there beside it
    }

    // The guide's last step: a job more in the ConfigMap, a restart, and the edge's counters are there; and not before.
    void aJobIsScrapedOnceItsPrometheusHasStartedAnew_data() { eachPrometheus(); }
    void aJobIsScrapedOnceItsPrometheusHasStartedAnew()
    {
        QFETCH(QString, program);
        demo::DemoOptions options;
        options.prometheusProgram = program.toStdString();
        DemoWorld world(options);
        QVERIFY2(world.start(), qPrintable(world.error()));
        if (program.isEmpty() && !world.ready().prometheus.startsWith(u"prometheus"_s))
            QSKIP(qPrintable(world.ready().prometheus));
        QVERIFY(world.waitForPrometheus());
        const QJsonDocument what = get(world, u"prometheus:9090"_s, u"/api/v1/status/buildinfo"_s);
        QCOMPARE(what[u"data"][u"version"].toString().contains(u"built-in"_s), !program.isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(
            ask(world, u"sum(rate(istio_requests_total{reporter=\"destination\"}[1m]))"_s) > 0, 40'000);
        const auto config = [&world] {
            return get(world, u"prometheus:9090"_s, u"/api/v1/status/config"_s)[u"data"][u"yaml"].toString();
        };
        QString jobs = world.kubectl({u"get"_s, u"configmap"_s, u"prometheus"_s, u"-n"_s, u"istio-system"_s,
                                      u"-o"_s, u"jsonpath={.data.prometheus\\.yml}"_s});
        jobs.replace(u"scrape_configs:\n"_s,
                     u"scrape_configs:\n- job_name: edge\n  kubernetes_sd_configs:\n  - role: endpoints\n    "
                     u"namespaces: "
                     "{names: [ambassador]}\n  relabel_configs:\n  - source_labels: "
                     "[__meta_kubernetes_endpoint_port_name]\n"
                     "    action: keep\n    regex: ambassador-admin\n"_s);
        const QByteArray patch =
            QJsonDocument(QJsonObject{{u"data"_s, QJsonObject{{u"prometheus.yml"_s, jobs}}}})
                .toJson(QJsonDocument::Compact);
        world.kubectl({u"patch"_s, u"configmap"_s, u"prometheus"_s, u"-n"_s, u"istio-system"_s,
                       u"--type=merge"_s, u"-p"_s, QString::fromUtf8(patch)});
        QVERIFY(!config().contains(u"job_name: edge"_s)); // what has been loaded stays
        QCOMPARE(ask(world, u"sum(up{job=\"edge\"})"_s), 0.0);
        const double before = ask(world, u"count(up)"_s);
        world.kubectl({u"delete"_s, u"pod"_s, u"-n"_s, u"istio-system"_s, u"-l"_s, u"app=prometheus"_s});
        QTRY_VERIFY_WITH_TIMEOUT(ask(world, u"sum(up{job=\"edge\"})"_s) > 0, 40'000);
        QVERIFY(config().contains(u"job_name: edge"_s));
        QVERIFY(ask(world, u"count(envoy_cluster_upstream_rq_total{job=\"edge\"})"_s) > 0);
        QVERIFY(ask(world, u"count(up)"_s) > before);
        const QJsonDocument targets = get(world, u"prometheus:9090"_s, u"/api/v1/targets"_s);
        int up = 0;
        for (const QJsonValue &each : targets[u"data"][u"activeTargets"].toArray())
            up += each[u"scrapePool"].toString() == u"edge" && each[u"health"].toString() == u"up";
        QVERIFY(up > 0);
        const QJsonDocument pods = get(world, u"prometheus:9090"_s, u"/api/v1/label/job/values?match[]=up"_s);
        QVERIFY2(pods[u"data"].toArray().contains(u"edge"_s), pods.toJson().constData());
    }

    void theEdgesSpansArriveAfterARestart()
    {
        DemoWorld world;
        QVERIFY2(world.start(), qPrintable(world.error()));
        QVERIFY(get(world, u"zipkin:9411"_s, u"/api/v2/services"_s).array().isEmpty());
        QVERIFY(
            world.apply(u"apiVersion: getambassador.io/v2\nkind: TracingService\nmetadata: {name: tracing, "
                        "namespace: ambassador}\nspec: {service: 'zipkin.istio-system:9411', driver: "
                        "zipkin, config: {}}\n"_s));
        world.kubectl({u"delete"_s, u"pod"_s, u"-n"_s, u"ambassador"_s, u"-l"_s, u"service=ambassador"_s});
        const QString url = world.ready().edgeHttp + u"/shop/"_s;
        const auto names = [&] {
            world.get(url);
            return get(world, u"zipkin:9411"_s, u"/api/v2/services"_s).array();
        };
        QTRY_COMPARE_WITH_TIMEOUT(names(), QJsonArray{u"ambassador-ambassador"_s}, 20'000);
        const QJsonArray traces =
            get(world, u"zipkin:9411"_s, u"/api/v2/traces?serviceName=ambassador-ambassador&limit=3"_s)
                .array();
        QVERIFY(!traces.isEmpty());
        const QJsonObject span = traces[0][0].toObject();
        QVERIFY(span[u"tags"][u"http.status_code"_s].isString());
        const QString id = span[u"traceId"].toString();
        QCOMPARE(get(world, u"zipkin:9411"_s, u"/api/v2/trace/"_s + id).array().size(), 1);
    }

    void grafanaImportsTheGuidesDashboardAndRunsItsQueries()
    {
        DemoWorld world;
        QVERIFY2(world.start(), qPrintable(world.error()));
        const QString grafana = u"grafana:3000"_s;
        const QJsonObject catalogued =
            get(world, grafana, u"/api/gnet/dashboards/4698"_s)[u"json"].toObject();
        QCOMPARE(catalogued[u"title"].toString(), u"Ambassador Edge Stack"_s);
        const QJsonObject inputs{{u"name"_s, u"DS_PROMETHEUS"_s}, {u"value"_s, u"prometheus"_s}};
        const QJsonDocument made = post(world, grafana, u"/api/dashboards/import"_s,
                                        {{u"dashboard"_s, catalogued}, {u"inputs"_s, QJsonArray{inputs}}});
        QCOMPARE(made[u"status"].toString(), u"success"_s);
        const QString uid = made[u"uid"].toString();
        QCOMPARE(get(world, grafana, u"/api/search?query=ambassador"_s).array().size(), 1);
        QJsonObject dashboard = get(world, grafana, u"/api/dashboards/uid/"_s + uid)[u"dashboard"].toObject();
        QVERIFY(!QJsonDocument(dashboard).toJson().contains("${DS_"));
        dashboard[u"version"_s] = 7;
        post(world, grafana, u"/api/dashboards/db"_s, {{u"dashboard"_s, dashboard}});
        QVERIFY(world.code != 0); // 412: somebody else has another version
        QCOMPARE(get(world, grafana, u"/api/dashboards/uid/"_s + uid)[u"dashboard"][u"version"].toInt(), 1);
        if (!world.ready().prometheus.startsWith(u"prometheus"_s))
            QSKIP(qPrintable(world.ready().prometheus));
        QVERIFY(world.waitForPrometheus());
        const QJsonObject query{{u"refId"_s, u"A"_s}, {u"expr"_s, u"sum(up)"_s}};
        const QJsonDocument answer =
            post(world, grafana, u"/api/ds/query"_s, {{u"queries"_s, QJsonArray{query}}});
        QVERIFY2(answer[u"results"][u"A"][u"frames"][0][u"data"][u"values"][1][0].toDouble() > 0,
                 answer.toJson().constData());
    }
};

SALLYPORT_TEST(observability_test, ObservabilityTest)
#include "observability_test.moc"
