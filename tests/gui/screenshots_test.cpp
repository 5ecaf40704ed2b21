// SPDX-License-Identifier: GPL-3.0-or-later
// What --screenshot waits for, and when it says that it waited in vain: against an API server behind whose proxy this
// test plays Prometheus.
#include "app/gui/screenshots.h"
#include "models/analysis/guide_checks.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/colours_of.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/docks/dock_area.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 120'000; // seventy pictures on a loaded machine
const QByteArray NoSeries = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}";

QByteArray quoted(const QByteArray &text)
{
    return QByteArray::fromStdString(edge::toJson(edge::Value(text.toStdString())));
}

QByteArray scrapeConfig(bool withJob)
{
    return withJob ? "scrape_configs:\n" + models::guideYaml(u"prometheus"_s).toUtf8()
                   : QByteArray("scrape_configs: []\n");
}

// Five values of that cluster, the last one now.
QByteArray seriesOf(const QByteArray &cluster)
{
    QByteArrayList points;
    for (int ago = 20; ago >= 0; ago -= 5)
        points.append('[' + QByteArray::number(QDateTime::currentSecsSinceEpoch() - ago) + ",\"2.5\"]");
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{"
           "\"envoy_cluster_name\":\""
        + cluster + "\"},\"values\":[" + points.join(',') + "]}]}}";
}

} // namespace

class ScreenshotsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<SmallCluster> m_cluster;
    std::unique_ptr<app::gui::Application> m_console;
    bool m_isLoaded = false; // Prometheus says what it has loaded; else it is starting
    int m_configAsked = 0;

    void fill(bool withJob)
    {
        m_cluster->put(edgeYaml());
        m_cluster->put(quoteYaml(true));
        m_cluster->put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}\n");
        m_cluster->put("{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: quote-backend, "
                       "namespace: default}, spec: {prefix: /backend/, service: quote}}\n");
        m_cluster->put(
            "{apiVersion: v1, kind: Service, metadata: {name: prometheus, namespace: istio-system}, "
            "spec: {selector: {app: prometheus}, ports: [{name: http, port: 9090}]}}\n");
        m_cluster->put("{apiVersion: v1, kind: ConfigMap, metadata: {name: prometheus, namespace: "
                       "istio-system}, data: {prometheus.yml: "
                       + quoted(scrapeConfig(withJob)) + "}}\n");
    }

    QByteArray quoteCluster() const
    {
        const auto analysis = m_console->desk() ? m_console->desk()->analysis() : nullptr;
        if (!analysis || !analysis->view.table)
            return "?";
        for (const edge::Listener &listener : analysis->view.table->config().listeners) {
            for (const edge::FilterChain &chain : listener.chains) {
                for (const edge::VirtualHost &host : chain.virtualHosts) {
                    for (const edge::Route &route : host.routes) {
                        if (route.mapping.name == "quote-backend")
                            return QByteArray::fromStdString(route.cluster);
                    }
                }
            }
        }
        return "?";
    }

    void playPrometheus(bool hasSeries)
    {
        m_cluster->proxied = [this, hasSeries](const ServerRequest &request, const ServerReply &reply) {
            if (!request.path().endsWith("/status/config"))
                return reply.answer(200, hasSeries && m_isLoaded ? seriesOf(quoteCluster()) : NoSeries);
            ++m_configAsked;
            if (m_isLoaded)
                reply.answer(
                    200, "{\"status\":\"success\",\"data\":{\"yaml\":" + quoted(scrapeConfig(true)) + "}}");
            else
                reply.answer(503,
                             "{\"kind\":\"Status\",\"message\":\"no endpoints available\",\"code\":503}");
        };
    }

    void startConsole()
    {
        QFile file(m_folder.filePath(u"config"_s));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate)
                && file.write(m_cluster->kubeconfig()) > 0);
        file.close();
        app::gui::GuiOptions options;
        options.kubeconfig = file.fileName();
        m_console = std::make_unique<app::gui::Application>(options);
        m_console->window().show();
    }

    bool saysOfMetrics(const QString &summary) const
    {
        return summary.contains(u"Metrics: "_s) || summary.contains(u"Routing: no Mapping"_s);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        qputenv("XDG_DATA_HOME", m_folder.path().toUtf8()); // the journal is the test's own
    }

    void init()
    {
        m_cluster = std::make_unique<SmallCluster>();
        m_isLoaded = false;
        m_configAsked = 0;
    }

    void cleanup()
    {
        m_console.reset();
        m_cluster.reset();
    }

    void chartsThatDoNotComeAreAProblem_data()
    {
        QTest::addColumn<bool>("withJob");
        QTest::addColumn<bool>("isLoaded");
        QTest::addColumn<bool>("isProblem");
        QTest::newRow("the job is there, Prometheus does not say what it has loaded")
            << true << false << true;
        QTest::newRow("Prometheus has loaded it and counts nothing") << true << true << true;
        QTest::newRow("nothing scrapes the edge: there is nothing to wait for") << false << true << false;
    }
    void chartsThatDoNotComeAreAProblem()
    {
        QFETCH(bool, withJob);
        QFETCH(bool, isLoaded);
        QFETCH(bool, isProblem);
        fill(withJob);
        playPrometheus(false);
        m_isLoaded = isLoaded;
        startConsole();
        app::gui::Screenshots pictures(*m_console, m_folder.filePath(u"vain"_s), false);
        pictures.setLongestWait(std::chrono::seconds(isProblem ? 8 : 60));
        QSignalSpy finished(&pictures, &app::gui::Screenshots::finished);
        pictures.start();
        m_console->start();
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, Patience);
        const QString summary = finished[0][1].toString();
        QVERIFY2(saysOfMetrics(summary) == isProblem, qPrintable(summary));
        QVERIFY2(!isProblem || !finished[0][0].toBool(), qPrintable(summary));
    }

    // The step is not checked at first, as in a demo cluster that has just started; nothing is pictured before it is decided.
    void aPrometheusThatStartsIsWaitedFor()
    {
        fill(true);
        playPrometheus(true);
        startConsole();
        const QString folder = m_folder.filePath(u"pictures"_s);
        app::gui::Screenshots pictures(*m_console, folder, false);
        QSignalSpy finished(&pictures, &app::gui::Screenshots::finished);
        pictures.start();
        m_console->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->analysis(), Patience);
        QSignalSpy asked(m_console->desk(), &app::gui::ClusterDesk::trafficShown);
        QTRY_VERIFY_WITH_TIMEOUT(m_configAsked > 0 && asked.size() > 1, Patience);
        QVERIFY(QDir(folder).isEmpty());
        m_isLoaded = true;
        m_cluster->put(
            "{apiVersion: v1, kind: Pod, metadata: {name: prometheus-0, namespace: istio-system, "
            "labels: {app: prometheus}}, spec: {containers: [{name: prometheus}]}, status: {phase: "
            "Running, conditions: [{type: Ready, status: 'True'}]}}\n");
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, Patience);
        const QString summary = finished[0][1].toString();
        QVERIFY2(!saysOfMetrics(summary), qPrintable(summary));
        QStringList expected;
        for (const QString &theme : {u"light"_s, u"dark"_s}) {
            for (const QString &page : m_console->window().pageIds())
                expected << u"%1-%2.png"_s.arg(page, theme) << u"%1-%2-1024.png"_s.arg(page, theme);
            for (const QString &dock : m_console->window().docks().ids())
                expected << u"dock-%1-%2.png"_s.arg(dock, theme);
            for (const char *tab : {"hosts", "listeners", "tcpmappings", "tree"})
                expected << u"routing-%1-%2.png"_s.arg(QLatin1String(tab), theme);
            for (const char *rest : {"welcome", "dialog-palette", "dialog-shortcuts", "dialog-performance"})
                expected << u"%1-%2.png"_s.arg(QLatin1String(rest), theme);
        }
        for (const QString &page : m_console->window().pageIds())
            expected << page + u"-high-contrast.png"_s;
        expected.sort();
        QStringList written = QDir(folder).entryList({u"*.png"_s});
        written.sort();
        QCOMPARE(written, expected);
        for (const QString &name : written) {
            const QImage image(QDir(folder).filePath(name));
            const bool isDialog = name.startsWith(u"dialog-"_s); // as large as it is
            QVERIFY2(isDialog ? image.width() > 300 && image.width() < 1280
                              : image.size()
                             == (name.endsWith(u"-1024.png"_s) ? QSize(1024, 640) : QSize(1280, 800)),
                     qPrintable(name));
            QVERIFY2(coloursOf(image, 32) == 32, qPrintable(name));
        }
    }
};

SALLYPORT_TEST(screenshots_test, ScreenshotsTest)
#include "screenshots_test.moc"
