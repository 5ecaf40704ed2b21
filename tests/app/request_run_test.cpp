// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/edge_access.h"
#include "app/edge_host.h"
#include "app/prometheus_place.h"
#include "app/request_run.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray counters(int shop, int quote)
{
    return "# TYPE envoy_cluster_upstream_rq_total counter\n"
           "envoy_cluster_upstream_rq_total{envoy_cluster_name=\"cluster_shop\"} "
        + QByteArray::number(shop)
        + "\nenvoy_cluster_upstream_rq_total{envoy_cluster_name=\"cluster_quote\"} "
        + QByteArray::number(quote)
        + "\nenvoy_cluster_upstream_cx_total{envoy_cluster_name=\"cluster_quote\"} 99\n";
}

} // namespace

class RequestRunTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // Deployments of one namespace tell nothing of the others.
    void whereThereIsNoEdgeItIsSaidWhetherThatIsKnown()
    {
        app::ClusterAnalysis analysis;
        models::RequestSpec spec;
        spec.url = QUrl(u"http://shop.example.com/"_s);
        spec.via = u"edge"_s;
        const auto said = [&](const models::SnapshotInput &input) {
            analysis.snapshot = models::makeSnapshot(input);
            app::RequestTools tools;
            tools.otherWay = u"take another way"_s;
            return app::runRequest(tools, analysis, spec, {}, 1000, {}).error;
        };
        models::SnapshotInput input;
        input.objects.insert(u"deployments"_s, {});
        QVERIFY2(said(input).startsWith(u"no Ambassador installation was found"_s)
                     && said(input).endsWith(u"take another way"_s),
                 qPrintable(said(input)));
        input.onlyIn.insert(u"deployments"_s, u"shop"_s);
        QVERIFY2(!said(input).contains(u"was found"_s) && said(input).contains(u"in namespace shop only"_s),
                 qPrintable(said(input)));
        QVERIFY(app::whyNoEdge(*analysis.snapshot).contains(u"not known"_s));
    }

    void oneHostIsSent_data()
    {
        using Headers = QList<QPair<QString, QString>>;
        QTest::addColumn<QString>("url");
        QTest::addColumn<Headers>("headers");
        QTest::addColumn<QByteArray>("host");
        const QString url = u"http://shop.example.com:8080/"_s;
        QTest::newRow("of the URL") << url << Headers() << QByteArray("shop.example.com:8080");
        QTest::newRow("without a user's name")
            << u"http://me:secret@shop.example.com/"_s << Headers() << QByteArray("shop.example.com");
        QTest::newRow("its own") << url << Headers{{u"host"_s, u"other.example.com"_s}}
                                 << QByteArray("other.example.com");
        QTest::newRow("the first of its own, as curl does")
            << url << Headers{{u"Host"_s, u"a"_s}, {u"x-a"_s, u"1"_s}, {u"HOST"_s, u"b"_s}}
            << QByteArray("a");
    }
    void oneHostIsSent()
    {
        using Headers = QList<QPair<QString, QString>>;
        QFETCH(QString, url);
        QFETCH(Headers, headers);
        QFETCH(QByteArray, host);
        models::RequestSpec spec;
        spec.url = QUrl(url);
        spec.headers = headers;
        const auto request = app::clientRequest(spec, u"127.0.0.1"_s, 80, 1000);
        QVERIFY(request);
        QByteArrayList hosts;
        for (const edge::Header &header : request->head.headers) {
            if (QByteArray::fromStdString(header.name).toLower() == "host")
                hosts.append(QByteArray::fromStdString(header.value));
        }
        QCOMPARE(hosts, QByteArrayList{host});
        QCOMPARE(models::hostOf(spec), host);
    }

    void whereThereIsNoPrometheusItIsSaidWhetherThatIsKnown()
    {
        models::SnapshotInput input;
        input.objects.insert(u"services"_s, {});
        QVERIFY(app::whyNoPrometheus(*models::makeSnapshot(input)).contains(u"install Prometheus"_s));
        input.objects.clear();
        input.unavailable.insert(u"services"_s,
                                 {kube::Error::Kind::Forbidden, 403, {}, u"services is forbidden"_s, {}, 0});
        const QString why = app::whyNoPrometheus(*models::makeSnapshot(input));
        QVERIFY2(why.contains(u"forbidden"_s) && !why.contains(u"install"_s), qPrintable(why));
    }

    void whatCameBackIsHeldAgainstThePrediction_data()
    {
        QTest::addColumn<int>("predicted"); // 0: the service answers
        QTest::addColumn<QString>("location");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("answeredLocation");
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<bool>("held");
        QTest::addColumn<bool>("confirmed");
        const QByteArray none, envoys = "upstream connect error or disconnect/reset before headers.",
                               quote = "{\"quote\":1}";
        QTest::newRow("the cluster took one") << 0 << QString() << 200 << quote << QString() << counters(3, 5)
                                              << counters(3, 6) << true << true;
        QTest::newRow("another cluster took it") << 0 << QString() << 200 << quote << QString()
                                                 << counters(3, 5) << counters(4, 5) << false << false;
        QTest::newRow("its first request") << 0 << QString() << 200 << quote << QString()
                                           << QByteArray("up 1\n") << counters(0, 1) << true << true;
        QTest::newRow("no counters") << 0 << QString() << 200 << quote << QString() << none << none << true
                                     << false;
        QTest::newRow("the service's own 503")
            << 0 << QString() << 503 << quote << QString() << none << none << true << false;
        QTest::newRow("the edge's 503")
            << 0 << QString() << 503 << envoys << QString() << none << none << false << false;
        QTest::newRow("the edge's 503 as predicted")
            << 503 << QString() << 503 << envoys << QString() << none << none << true << false;
        QTest::newRow("another status")
            << 404 << QString() << 200 << quote << QString() << none << none << false << false;
        QTest::newRow("a redirect") << 301 << u"https://a/x"_s << 301 << none << u"https://a/x"_s << none
                                    << none << true << false;
        QTest::newRow("a redirect elsewhere")
            << 301 << u"https://a/x"_s << 301 << none << u"https://b/x"_s << none << none << false << false;
    }
    void whatCameBackIsHeldAgainstThePrediction()
    {
        QFETCH(int, predicted);
        QFETCH(QString, location);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QString, answeredLocation);
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(bool, held);
        QFETCH(bool, confirmed);
        models::Prediction prediction;
        prediction.mapping = u"default/quote"_s;
        prediction.cluster = before.isEmpty() ? QString() : u"cluster_quote_default_default"_s;
        prediction.counter = before.isEmpty() ? QString() : u"cluster_quote"_s; // as metrics call it
        prediction.status = predicted;
        prediction.location = location;
        models::RequestOutcome outcome;
        outcome.status = status;
        outcome.body = body;
        if (!answeredLocation.isEmpty())
            outcome.headers.append({u"Location"_s, answeredLocation});
        app::confirmByCounters(outcome, prediction, before, after);
        QCOMPARE(outcome.predictionHeld, held);
        QCOMPARE(outcome.servedBy, confirmed ? prediction.mapping : QString());
    }
};

SALLYPORT_TEST(request_run_test, RequestRunTest)
#include "request_run_test.moc"
