// SPDX-License-Identifier: GPL-3.0-or-later
// The guide's story on a demo cluster, told by kubectl and curl: what each step changes is what really
// happens on the wire.
#include "edge/value.h"
#include "tests/demo/demo_world.h"
#include "tests/support/foreign_kubectl.h"
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QTest>
#include <QUrl>

using namespace Qt::StringLiterals;

class GuideStoryTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void theStartIsTheGuidesStart();
    void kubectlListsWatchesAndDescribesMappings_data();
    void kubectlListsWatchesAndDescribesMappings();
    void aMappingWorksAMomentAfterItIsApplied();
    void podsAreInjectedOnlyAfterTheLabelAndARestart();
    void strictBreaksPlaintextInEnvoysWords();
    void theSidecarsCertificateBringsTheEdgeIntoTheMesh();
    void certificatesRotateUnderTraffic();
    void prometheusCountsTheEdgeThroughTheApiServersProxy();
    void cleanupTestCase() { m_world.reset(); }

private:
    HttpSeen backend() { return m_world->get(m_world->ready().edgeHttp + u"/backend/"_s); }
    bool waitForBackend(int status, const QByteArray &part = {});
    QString quoteMetrics();
    std::unique_ptr<DemoWorld> m_world;
};

void GuideStoryTest::initTestCase()
{
    if (const QString why = DemoWorld::missingPeer(); !why.isEmpty())
        QSKIP(qPrintable(why));
    demo::DemoOptions options;
    options.certLife = std::chrono::seconds(8);
    options.rate = 5;
    m_world = std::make_unique<DemoWorld>(options);
    QVERIFY2(m_world->start(), qPrintable(m_world->error()));
}

bool GuideStoryTest::waitForBackend(int status, const QByteArray &part)
{
    HttpSeen seen;
    const bool met = QTest::qWaitFor(
        [&] { return (seen = backend()).status == status && seen.body.contains(part); }, 15'000);
    if (!met)
        qWarning("last answer: %d %s", seen.status, seen.body.constData());
    return met;
}

QString GuideStoryTest::quoteMetrics()
{
    const QString pod = m_world->kubectl({u"get"_s, u"pods"_s, u"-n"_s, u"default"_s, u"-l"_s, u"app=quote"_s,
                                          u"-o"_s, u"jsonpath={.items[0].metadata.name}"_s});
    return m_world->kubectl({u"get"_s, u"--raw"_s,
                             u"/api/v1/namespaces/default/pods/%1:15020/proxy/stats/prometheus"_s.arg(pod)});
}

void GuideStoryTest::theStartIsTheGuidesStart()
{
    QVERIFY(!m_world->kubectl({u"get"_s, u"ns"_s, u"default"_s, u"-o"_s, u"yaml"_s})
                 .contains(u"istio-injection"_s));
    QVERIFY(m_world->kubectl({u"get"_s, u"deploy"_s, u"quote"_s}).contains(u"not found"_s));
    const auto pods = [this](const QString &nameSpace) {
        return m_world->kubectl({u"get"_s, u"pods"_s, u"-n"_s, nameSpace});
    };
    static const QRegularExpression edge(u"ambassador-\\S+\\s+1/1\\s+Running"_s);
    static const QRegularExpression cart(u"cart-\\S+\\s+2/2\\s+Running"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(edge.match(pods(u"ambassador"_s)).hasMatch(), qPrintable(pods(u"ambassador"_s)),
                              15'000);
    QTRY_VERIFY2_WITH_TIMEOUT(cart.match(pods(u"shop"_s)).hasMatch(), qPrintable(pods(u"shop"_s)), 15'000);
    QCOMPARE(m_world->get(m_world->ready().edgeHttp + u"/shop/"_s).status, 200);
    QCOMPARE(m_world->get(m_world->ready().edgeHttps + u"/shop/"_s).status, 200);
    QCOMPARE(backend().status, 404);
}

void GuideStoryTest::podsAreInjectedOnlyAfterTheLabelAndARestart()
{
    const auto pods = [this] { return m_world->kubectl({u"get"_s, u"pods"_s, u"-l"_s, u"app=quote"_s}); };
    QVERIFY2(pods().contains(u"1/1"_s), qPrintable(pods()));
    m_world->kubectl({u"label"_s, u"namespace"_s, u"default"_s, u"istio-injection=enabled"_s});
    QCOMPARE(m_world->code, 0);
    QVERIFY2(pods().contains(u"1/1"_s), qPrintable(pods()));
    const QString restarted = m_world->kubectl({u"rollout"_s, u"restart"_s, u"deployment/quote"_s});
    QVERIFY2(m_world->code == 0, qPrintable(restarted));
    QTRY_VERIFY2_WITH_TIMEOUT(pods().contains(u"2/2"_s) && !pods().contains(u"1/1"_s), qPrintable(pods()),
                              15'000);
    QVERIFY(waitForBackend(200, "\"quote\"")); // plaintext to a PERMISSIVE sidecar
    QVERIFY2(quoteMetrics().contains(u"connection_security_policy=\"none\""_s), qPrintable(quoteMetrics()));
}

void GuideStoryTest::kubectlListsWatchesAndDescribesMappings_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("missing");
    for (const KubectlRow &row : eachKubectl())
        QTest::newRow(row.name) << row.program << row.missing;
}

void GuideStoryTest::kubectlListsWatchesAndDescribesMappings()
{
    QFETCH(QString, program);
    QFETCH(QString, missing);
    if (program.isEmpty())
        QSKIP(qPrintable(missing));
    m_world->setKubectl(program);
    const auto restore = qScopeGuard([this] { m_world->setKubectl({}); });
    QProcess watch;
    watch.start(program,
                {u"--kubeconfig"_s, m_world->ready().kubeconfig, u"get"_s, u"mappings"_s, u"-A"_s, u"-w"_s});
    QByteArray seen;
    const auto shows = [&](const QByteArray &text) {
        return (seen += watch.readAllStandardOutput()).contains(text);
    };
    QTRY_VERIFY_WITH_TIMEOUT(shows("shop-old"), 20'000); // what is there comes first
    QVERIFY(m_world->apply(
        u"apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: watched, namespace: default}\n"
        "spec: {prefix: /watched/, service: quote}\n"_s));
    QTRY_VERIFY_WITH_TIMEOUT(shows("watched"), 20'000);
    const QString listed = m_world->kubectl({u"get"_s, u"mappings"_s, u"-A"_s});
    static const QRegularExpression row(u"(^|\\n)default\\s+watched\\s"_s);
    QVERIFY2(row.match(listed).hasMatch() && listed.contains(u"shop-old"_s), qPrintable(listed));
    const QString described = m_world->kubectl({u"describe"_s, u"mapping"_s, u"watched"_s});
    QVERIFY2(described.contains(u"Kind:         Mapping"_s) && described.contains(u"/watched/"_s),
             qPrintable(described));
    QVERIFY2(m_world->apply(
                 u"apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: watched, namespace: "
                 "default}\nspec: {prefix: /changed/, service: quote}\n"_s),
             qPrintable(m_world->error()));
    QVERIFY2(m_world->error().contains(u"watched configured"_s), qPrintable(m_world->error()));
    QVERIFY(m_world->kubectl({u"get"_s, u"mapping"_s, u"watched"_s, u"-o"_s, u"yaml"_s})
                .contains(u"prefix: /changed/"_s));
    m_world->kubectl({u"delete"_s, u"mapping"_s, u"watched"_s});
    QCOMPARE(m_world->code, 0);
    QVERIFY(m_world->kubectl({u"get"_s, u"mapping"_s, u"watched"_s}).contains(u"not found"_s));
    watch.kill();
    watch.waitForFinished();
}

void GuideStoryTest::aMappingWorksAMomentAfterItIsApplied()
{
    QVERIFY2(m_world->apply(guideQuote()), qPrintable(m_world->error()));
    QVERIFY2(m_world->apply(guideMapping(false)), qPrintable(m_world->error()));
    QVERIFY(waitForBackend(200, "\"quote\""));
    const HttpSeen tls = m_world->get(m_world->ready().edgeHttps + u"/backend/"_s);
    QVERIFY2(tls.status == 200 && tls.body.contains("\"server\""), tls.body.constData());
}

void GuideStoryTest::strictBreaksPlaintextInEnvoysWords()
{
    QVERIFY2(m_world->apply(guideStrict()), qPrintable(m_world->error()));
    QVERIFY(waitForBackend(
        503,
        "upstream connect error or disconnect/reset before headers. reset reason: connection termination"));
    const QString pod = m_world->kubectl(
        {u"get"_s, u"pods"_s, u"-l"_s, u"app=quote"_s, u"-o"_s, u"jsonpath={.items[0].metadata.name}"_s});
    const QString log = m_world->kubectl({u"logs"_s, pod, u"-c"_s, u"istio-proxy"_s});
    QVERIFY2(log.contains(u"0 NR filter_chain_not_found"_s), qPrintable(log));
}

void GuideStoryTest::theSidecarsCertificateBringsTheEdgeIntoTheMesh()
{
    m_world->kubectl({u"patch"_s, u"deployment"_s, u"ambassador"_s, u"-n"_s, u"ambassador"_s, u"--type"_s,
                      u"strategic"_s, u"-p"_s, guideSidecarPatch()});
    QCOMPARE(m_world->code, 0);
    const auto pods = [this] { return m_world->kubectl({u"get"_s, u"pods"_s, u"-n"_s, u"ambassador"_s}); };
    QTRY_VERIFY2_WITH_TIMEOUT(pods().contains(u"2/2"_s) && !pods().contains(u"1/1"_s), qPrintable(pods()),
                              15'000);
    QVERIFY2(m_world->apply(guideTlsContext()), qPrintable(m_world->error()));
    QVERIFY2(m_world->apply(guideMapping(true)), qPrintable(m_world->error()));
    QVERIFY(waitForBackend(200, "\"quote\""));
    const QString metrics = quoteMetrics();
    QVERIFY2(metrics.contains(u"source_principal=\"spiffe://cluster.local/ns/ambassador/sa/ambassador\""_s),
             qPrintable(metrics));
    QVERIFY(metrics.contains(u"connection_security_policy=\"mutual_tls\""_s));
}

void GuideStoryTest::certificatesRotateUnderTraffic()
{
    const auto left = [this] {
        static const QRegularExpression line(u"istio_agent_cert_expiry_seconds\\{[^}]*\\} ([0-9.]+)"_s);
        return line.match(quoteMetrics()).captured(1).toDouble();
    };
    const double first = left();
    QVERIFY(first > 0 && first <= 8);
    int answers = 0;
    double before = first;
    int renewals = 0;
    for (QElapsedTimer timer =
             [] {
                 QElapsedTimer t;
                 t.start();
                 return t;
             }();
         timer.elapsed() < 20'000 && renewals < 3;) {
        const HttpSeen seen = backend();
        QVERIFY2(seen.status == 200, seen.body.constData());
        ++answers;
        const double now = left();
        renewals += now > before + 1 ? 1 : 0;
        before = now;
    }
    QVERIFY2(renewals >= 3, qPrintable(u"%1 renewals in %2 answers"_s.arg(renewals).arg(answers)));
}

void GuideStoryTest::prometheusCountsTheEdgeThroughTheApiServersProxy()
{
    if (!m_world->ready().prometheus.startsWith(u"prometheus"_s))
        QSKIP(qPrintable(u"skipped: "_s + m_world->ready().prometheus));
    const auto query = [this](const QString &promql) {
        return m_world->kubectl(
            {u"get"_s, u"--raw"_s,
             u"/api/v1/namespaces/istio-system/services/prometheus:9090/proxy/api/v1/query?query="_s
                 + QString::fromUtf8(QUrl::toPercentEncoding(promql))});
    };
    const QString sidecars = u"count(istio_requests_total{reporter=\"destination\"})"_s;
    QTRY_VERIFY2_WITH_TIMEOUT(query(sidecars).contains(u"\"value\""_s), qPrintable(query(sidecars)), 30'000);
    QVERIFY(!query(u"up{job=\"ambassador\"}"_s).contains(u"\"value\""_s)); // a step of the guide brings it
    const QString text =
        m_world->kubectl({u"get"_s, u"configmap"_s, u"prometheus"_s, u"-n"_s, u"istio-system"_s, u"-o"_s,
                          u"jsonpath={.data.prometheus\\.yml}"_s});
    const QString job =
        u"scrape_configs:\n- job_name: 'ambassador'\n  kubernetes_sd_configs:\n  - role: endpoints\n    "
        u"namespaces: {names: [ambassador]}\n  relabel_configs:\n"
        "  - source_labels: [__meta_kubernetes_service_name, __meta_kubernetes_endpoint_port_name]\n    action: keep\n    regex: ambassador-admin;ambassador-admin\n"_s;
    edge::Value patch;
    patch.child("data").set("prometheus.yml",
                            QString(text).replace(u"scrape_configs:\n"_s, job).toStdString());
    m_world->kubectl({u"patch"_s, u"configmap"_s, u"prometheus"_s, u"-n"_s, u"istio-system"_s, u"--type"_s,
                      u"merge"_s, u"-p"_s, QString::fromStdString(edge::toJson(patch))});
    QCOMPARE(m_world->code, 0);
    m_world->kubectl(
        {u"delete"_s, u"pod"_s, u"-n"_s, u"istio-system"_s, u"-l"_s, u"app=prometheus"_s, u"--wait=false"_s});
    const QString counter =
        u"sum(envoy_cluster_upstream_rq_total{job=\"ambassador\",envoy_cluster_name=~\"cluster_quote.*\"})"_s;
    QTRY_VERIFY2_WITH_TIMEOUT(query(counter).contains(u"\"value\""_s), qPrintable(query(counter)), 40'000);
}

SALLYPORT_TEST(guide_story_test, GuideStoryTest)
#include "guide_story_test.moc"
