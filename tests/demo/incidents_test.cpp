// SPDX-License-Identifier: GPL-3.0-or-later
// Each incident of the demo's world: what it does to real sockets and objects, and that the world is as
// before once it is over.
#include "edge/value.h"
#include "tests/demo/demo_world.h"
#include "tests/support/test_class.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QTest>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 20'000; // ms

// What stands in the way of comparing two looks at one world.
edge::Value comparable(edge::Value object)
{
    object.erase("status");
    edge::Value &metadata = object.child("metadata");
    for (const char *field : {"resourceVersion", "generation", "managedFields"})
        metadata.erase(field);
    if (metadata["annotations"].members().empty()) // kubectl annotate leaves an empty one
        metadata.erase("annotations");
    return object;
}

QList<QSslCertificate> presented(const QString &url, const QString &serverName)
{
    QSslSocket socket;
    socket.setPeerVerifyMode(QSslSocket::QueryPeer);
    socket.connectToHostEncrypted(u"127.0.0.1"_s, quint16(QUrl(url).port()), serverName);
    if (!socket.waitForEncrypted(5000))
        return {};
    return socket.peerCertificateChain();
}

double sumOf(const QString &metrics, const QRegularExpression &series)
{
    double sum = 0;
    for (const QString &line : metrics.split(u'\n')) {
        if (series.match(line).hasMatch())
            sum += line.section(u' ', -1).toDouble();
    }
    return sum;
}

} // namespace

class IncidentsTest : public QObject
{
    Q_OBJECT
    using Check = void (IncidentsTest::*)();

private Q_SLOTS:
    void initTestCase();
    void changesTheWorldAndLeavesItAsItWas_data();
    void changesTheWorldAndLeavesItAsItWas();
    void overlappingOnesEndInAnyOrder();
    void whatOthersChangeMeanwhileStays();
    void newPodsAreRefusedWhileIstiodIsDown();
    void anUnknownOneIsRefused();
    void allAreListed();
    void theGuidesScrapeJobGoesMissing();
    void severalBeginWithTheCluster();
    void theKubeconfigIsRenewed();
    void cleanupTestCase() { m_world.reset(); }

private:
    QMap<QString, QString> objects(); // kind/namespace/name → JSON without what always moves
    QString edge(const QString &path) { return m_world->ready().edgeHttp + path; }
    QDateTime expiry(const QString &serverName);
    QString diagnostics();
    QString podOf(const QString &nameSpace, const QString &app);
    HttpSeen throughTheSidecar(const QString &app);
    HttpSeen apply(const QString &yaml);

    void certExpired();
    void certSixDays();
    void chainIntermediate();
    void rotationStalled();
    void edgeLoadedStale();
    void mappingPort443();
    void mappingShadowed();
    void mappingRejected();
    void canaryOver100();
    void hostWithoutSecret();
    void olderPeerAuthentication();
    void rootNsSelector();
    void drDisable();
    void plaintextCaller();
    void headlessMixed();
    void webhookInScope();
    void prometheusDown();
    void istiodDown();
    void conversionWebhookDown();

    std::unique_ptr<DemoWorld> m_world;
};

void IncidentsTest::initTestCase()
{
    if (const QString why = DemoWorld::missingPeer(); !why.isEmpty())
        QSKIP(qPrintable(why));
    demo::DemoOptions options;
    options.rate = 20;
    m_world = std::make_unique<DemoWorld>(options);
    QVERIFY2(m_world->start(), qPrintable(m_world->error()));
}

void IncidentsTest::changesTheWorldAndLeavesItAsItWas_data()
{
    QTest::addColumn<Check>("check");
    QTest::newRow("cert-expired") << Check(&IncidentsTest::certExpired);
    QTest::newRow("cert-6d") << Check(&IncidentsTest::certSixDays);
    QTest::newRow("chain-intermediate-ends-first") << Check(&IncidentsTest::chainIntermediate);
    QTest::newRow("rotation-stalled") << Check(&IncidentsTest::rotationStalled);
    QTest::newRow("edge-loaded-stale") << Check(&IncidentsTest::edgeLoadedStale);
    QTest::newRow("mapping-port-443") << Check(&IncidentsTest::mappingPort443);
    QTest::newRow("mapping-shadowed") << Check(&IncidentsTest::mappingShadowed);
    QTest::newRow("mapping-rejected") << Check(&IncidentsTest::mappingRejected);
    QTest::newRow("canary-over-100") << Check(&IncidentsTest::canaryOver100);
    QTest::newRow("host-without-secret") << Check(&IncidentsTest::hostWithoutSecret);
    QTest::newRow("older-peerauthentication") << Check(&IncidentsTest::olderPeerAuthentication);
    QTest::newRow("root-ns-selector") << Check(&IncidentsTest::rootNsSelector);
    QTest::newRow("dr-disable") << Check(&IncidentsTest::drDisable);
    QTest::newRow("plaintext-caller") << Check(&IncidentsTest::plaintextCaller);
    QTest::newRow("headless-mixed") << Check(&IncidentsTest::headlessMixed);
    QTest::newRow("webhook-in-scope") << Check(&IncidentsTest::webhookInScope);
    QTest::newRow("prometheus-down") << Check(&IncidentsTest::prometheusDown);
    QTest::newRow("istiod-down") << Check(&IncidentsTest::istiodDown);
    QTest::newRow("conversion-webhook-down") << Check(&IncidentsTest::conversionWebhookDown);
}

void IncidentsTest::changesTheWorldAndLeavesItAsItWas()
{
    QFETCH(Check, check);
    const QString name = QString::fromLatin1(QTest::currentDataTag());
    const auto before = objects();
    QVERIFY(before.size() > 40);
    QCOMPARE(m_world->switchIncident(name, true), QString());
    (this->*check)();
    if (QTest::currentTestFailed())
        qWarning("%s failed while it was on", qPrintable(name));
    QCOMPARE(m_world->switchIncident(name, false), QString());
    QMap<QString, QString> after;
    QTRY_VERIFY_WITH_TIMEOUT((after = objects()).keys() == before.keys(), Patience);
    for (auto each = before.begin(); each != before.end(); ++each)
        QCOMPARE(after.value(each.key()), each.value());
    QTRY_COMPARE_WITH_TIMEOUT(m_world->get(edge(u"/shop/"_s)).status, 200, Patience);
}

QMap<QString, QString> IncidentsTest::objects()
{
    const QString kinds =
        u"mappings,hosts,tlscontexts,secrets,configmaps,services,deployments,cronjobs,jobs,"
        "peerauthentications,destinationrules,crds,validatingwebhookconfigurations,namespaces"_s;
    const QString said = m_world->kubectl({u"get"_s, kinds, u"-A"_s, u"-o"_s, u"json"_s});
    QMap<QString, QString> found;
    const auto list = edge::parseJson(said.toStdString()).value_or(edge::Value());
    for (const edge::Value &object : list["items"].items()) {
        const std::string key = object["kind"].text() + "/" + object.at({"metadata", "namespace"}).text()
            + "/" + object.at({"metadata", "name"}).text();
        found[QString::fromStdString(key)] = QString::fromStdString(edge::toJson(comparable(object), 1));
    }
    return found;
}

QDateTime IncidentsTest::expiry(const QString &serverName)
{
    const auto chain = presented(m_world->ready().edgeHttps, serverName);
    return chain.isEmpty() ? QDateTime() : chain.first().expiryDate();
}

QString IncidentsTest::diagnostics()
{
    return m_world->kubectl(
        {u"get"_s, u"--raw"_s,
         u"/api/v1/namespaces/ambassador/services/ambassador-admin:8877/proxy/ambassador/v0/"
         "diag/?json=true"_s});
}

QString IncidentsTest::podOf(const QString &nameSpace, const QString &app)
{
    return m_world->kubectl({u"get"_s, u"pods"_s, u"-n"_s, nameSpace, u"-l"_s, u"app="_s + app, u"-o"_s,
                             u"jsonpath={.items[0].metadata.name}"_s});
}

// As a plaintext caller from outside the mesh: the API server's pod proxy.
HttpSeen IncidentsTest::throughTheSidecar(const QString &app)
{
    const QString body = m_world->kubectl(
        {u"get"_s, u"--raw"_s, u"/api/v1/namespaces/shop/pods/%1:8080/proxy/"_s.arg(podOf(u"shop"_s, app))});
    return {m_world->code == 0 ? 200 : 503, body.toUtf8(), {}};
}

HttpSeen IncidentsTest::apply(const QString &yaml)
{
    const QString said = m_world->kubectl({u"apply"_s, u"-f"_s, u"-"_s}, yaml.toUtf8());
    return {m_world->code, said.toUtf8(), {}};
}

void IncidentsTest::certExpired()
{
    QTRY_VERIFY_WITH_TIMEOUT(expiry(u"edge.example.com"_s) < QDateTime::currentDateTime(), Patience);
    QVERIFY(expiry(u"edge.example.com"_s).isValid());
}

void IncidentsTest::certSixDays()
{
    const auto hoursLeft = [this] {
        return QDateTime::currentDateTime().secsTo(expiry(u"six-days.example.com"_s)) / 3600;
    };
    QTRY_COMPARE_WITH_TIMEOUT(hoursLeft(), 6 * 24, Patience);
}

void IncidentsTest::chainIntermediate()
{
    QList<QSslCertificate> chain;
    const auto look = [&] {
        return chain = presented(m_world->ready().edgeHttps, u"long-leaf.example.com"_s);
    };
    QTRY_VERIFY_WITH_TIMEOUT(look().size() == 2, Patience);
    QVERIFY(chain[1].expiryDate() < chain[0].expiryDate().addDays(-60));
    QVERIFY(chain[0].issuerInfo(QSslCertificate::Organization)
            == chain[1].subjectInfo(QSslCertificate::Organization));
}

void IncidentsTest::rotationStalled()
{
    static const QRegularExpression left(u"^istio_agent_cert_expiry_seconds"_s);
    double seconds = 0;
    const auto look = [&] { return seconds = sumOf(m_world->metricsOf(u"shop"_s, u"cart"_s), left); };
    QTRY_VERIFY_WITH_TIMEOUT(look() <= 60, Patience);
    QVERIFY(seconds > 0);
    QCOMPARE(m_world->switchIncident(u"rotation-stalled"_s, false), QString());
    QTRY_VERIFY_WITH_TIMEOUT(look() > 500, Patience);
}

void IncidentsTest::edgeLoadedStale()
{
    const QString stored = m_world->kubectl({u"get"_s, u"secret"_s, u"edge-tls"_s, u"-n"_s, u"ambassador"_s,
                                             u"-o"_s, u"jsonpath={.data.tls\\.crt}"_s});
    const QSslCertificate renewed(QByteArray::fromBase64(stored.toUtf8()));
    QVERIFY(!renewed.isNull());
    m_world->kubectl({u"annotate"_s, u"service"_s, u"web"_s, u"-n"_s, u"front"_s, u"look=again"_s});
    QTRY_COMPARE_WITH_TIMEOUT(m_world->get(edge(u"/shop/"_s)).status, 200, Patience); // configured anew since
    QVERIFY(presented(m_world->ready().edgeHttps, u"edge.example.com"_s).value(0) != renewed);
    m_world->kubectl({u"annotate"_s, u"service"_s, u"web"_s, u"-n"_s, u"front"_s, u"look-"_s});
}

void IncidentsTest::mappingPort443()
{
    HttpSeen seen;
    QTRY_VERIFY_WITH_TIMEOUT((seen = m_world->get(edge(u"/secure-shop/"_s))).status >= 500, Patience);
    QVERIFY2(seen.status == 503 || seen.status == 504, seen.body.constData());
}

void IncidentsTest::mappingShadowed()
{
    QTRY_COMPARE_WITH_TIMEOUT(m_world->get(edge(u"/shop/"_s)).status, 301, Patience);
}

void IncidentsTest::mappingRejected()
{
    QTRY_VERIFY2_WITH_TIMEOUT(diagnostics().contains(u"sticky-cart"_s), qPrintable(diagnostics()), Patience);
    QCOMPARE(m_world->get(edge(u"/sticky-cart/"_s)).status, 404);
}

void IncidentsTest::canaryOver100()
{
    QTRY_VERIFY2_WITH_TIMEOUT(diagnostics().contains(u"add up to 130"_s), qPrintable(diagnostics()),
                              Patience);
    QSet<QByteArray> versions;
    for (int i = 0; i < 60; ++i) {
        const HttpSeen seen = m_world->get(edge(u"/orders/"_s));
        QVERIFY2(seen.status == 200, seen.body.constData());
        versions.insert(seen.body.contains("\"v1\"") ? "v1" : "v2");
    }
    QCOMPARE(versions.size(), 2);
}

void IncidentsTest::hostWithoutSecret()
{
    QTRY_VERIFY2_WITH_TIMEOUT(diagnostics().contains(u"partners"_s), qPrintable(diagnostics()), Patience);
    const auto chain = presented(m_world->ready().edgeHttps, u"partners.example.com"_s);
    QVERIFY(chain.isEmpty()
            || chain.first().subjectInfo(QSslCertificate::CommonName).contains(u"edge.example.com"_s));
}

void IncidentsTest::olderPeerAuthentication()
{
    QCOMPARE(throughTheSidecar(u"cart"_s).status, 200); // although `strict` says otherwise
    m_world->kubectl({u"delete"_s, u"peerauthentication"_s, u"migration"_s, u"-n"_s, u"shop"_s});
    QCOMPARE(m_world->code, 0);
    QTRY_COMPARE_WITH_TIMEOUT(throughTheSidecar(u"cart"_s).status, 503, Patience);
}

void IncidentsTest::rootNsSelector()
{
    QVERIFY(m_world->kubectl({u"get"_s, u"peerauthentication"_s, u"-n"_s, u"istio-system"_s})
                .contains(u"STRICT"_s));
    QCOMPARE(throughTheSidecar(u"cart"_s).status, 200);
}

void IncidentsTest::drDisable()
{
    static const QRegularExpression plain(
        u"^istio_requests_total\\{(?=.*source_workload=\"cart\")(?=.*connection_security_policy=\"none\")"_s);
    QTRY_VERIFY_WITH_TIMEOUT(sumOf(m_world->metricsOf(u"shop"_s, u"orders"_s), plain) > 0, Patience);
    QCOMPARE(m_world->switchIncident(u"dr-disable"_s, false), QString());
    const double then = sumOf(m_world->metricsOf(u"shop"_s, u"orders"_s), plain);
    static const QRegularExpression mutual(
        u"^istio_requests_total\\{(?=.*source_workload=\"cart\")(?=.*connection_security_policy=\"mutual_tls\")"_s);
    const double before = sumOf(m_world->metricsOf(u"shop"_s, u"orders"_s), mutual);
    QTRY_VERIFY_WITH_TIMEOUT(sumOf(m_world->metricsOf(u"shop"_s, u"orders"_s), mutual) > before + 1,
                             Patience);
    QVERIFY(sumOf(m_world->metricsOf(u"shop"_s, u"orders"_s), plain) <= then + 1); // one was on its way
}

void IncidentsTest::plaintextCaller()
{
    const auto pods = [this] {
        return m_world->kubectl({u"get"_s, u"pods"_s, u"-n"_s, u"reports"_s, u"--no-headers"_s});
    };
    QTRY_VERIFY2_WITH_TIMEOUT(pods().contains(u"Completed"_s), qPrintable(pods()), Patience);
    const QString job = m_world->kubectl({u"get"_s, u"jobs"_s, u"-n"_s, u"reports"_s});
    QVERIFY2(job.contains(u"1/1"_s), qPrintable(job));
    const QString log = m_world->kubectl({u"logs"_s, u"-n"_s, u"reports"_s, u"-l"_s, u"app=legacy-report"_s});
    QVERIFY2(log.contains(u"GET http://orders.shop/orders/all 200"_s), qPrintable(log));
    static const QRegularExpression series(
        u"^istio_requests_total\\{(?=.*source_workload=\"unknown\")(?=.*connection_security_policy=\"none\")"_s);
    QVERIFY(sumOf(m_world->metricsOf(u"shop"_s, u"orders"_s), series) >= 1);
#ifdef __linux__ // elsewhere 127.0.0.1 is the one address that can be dialled from
    const QString address = m_world->kubectl(
        {u"get"_s, u"pods"_s, u"-n"_s, u"reports"_s, u"-o"_s, u"jsonpath={.items[0].status.podIP}"_s});
    const QString access = m_world->kubectl(
        {u"logs"_s, u"-n"_s, u"shop"_s, u"-l"_s, u"app=orders"_s, u"-c"_s, u"istio-proxy"_s, u"--tail=-1"_s});
    QVERIFY(address.startsWith(u"10.244."_s));
    QVERIFY2(access.contains(u' ' + address + u':'), qPrintable(access.right(2000)));
#endif
}

void IncidentsTest::headlessMixed()
{
    const auto metrics = [this] {
        const QString pod =
            m_world->kubectl({u"get"_s, u"pods"_s, u"-n"_s, u"shop"_s, u"-l"_s, u"app=stock,version=v2"_s,
                              u"-o"_s, u"jsonpath={.items[0].metadata.name}"_s});
        return m_world->kubectl({u"get"_s, u"--raw"_s,
                                 u"/api/v1/namespaces/shop/pods/%1:15020/proxy/stats/prometheus"_s.arg(pod)});
    };
    static const QRegularExpression plain(
        u"^istio_requests_total\\{(?=.*source_workload=\"cart\")(?=.*connection_security_policy=\"none\")"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(sumOf(metrics(), plain) > 0, qPrintable(metrics()), Patience);
}

void IncidentsTest::webhookInScope()
{
    QTRY_VERIFY_WITH_TIMEOUT(
        m_world->kubectl({u"get"_s, u"pods"_s, u"-n"_s, u"shop"_s, u"-l"_s, u"app=price-check"_s})
            .contains(u"2/2"_s),
        Patience);
    const QString map = u"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: prices, namespace: %1}\n"_s;
    HttpSeen seen;
    QTRY_VERIFY2_WITH_TIMEOUT((seen = apply(map.arg(u"shop"_s))).body.contains("tls: certificate required"),
                              seen.body.constData(), Patience);
    QVERIFY2(seen.body.contains("failed calling webhook \"prices.shop.example.com\""), seen.body.constData());
    QCOMPARE(apply(map.arg(u"front"_s)).status, 0); // another namespace
    m_world->kubectl({u"delete"_s, u"configmap"_s, u"prices"_s, u"-n"_s, u"front"_s});
    m_world->kubectl({u"delete"_s, u"peerauthentication"_s, u"price-check"_s, u"-n"_s, u"shop"_s});
    QTRY_VERIFY2_WITH_TIMEOUT((seen = apply(map.arg(u"shop"_s))).status == 0, seen.body.constData(),
                              Patience);
    m_world->kubectl({u"delete"_s, u"configmap"_s, u"prices"_s, u"-n"_s, u"shop"_s});
}

void IncidentsTest::prometheusDown()
{
    const auto pods = [this] {
        return m_world->kubectl(
            {u"get"_s, u"pods"_s, u"-n"_s, u"istio-system"_s, u"-l"_s, u"app=prometheus"_s});
    };
    QTRY_VERIFY2_WITH_TIMEOUT(pods().contains(u"No resources found"_s), qPrintable(pods()), Patience);
    const QString said = m_world->kubectl(
        {u"get"_s, u"--raw"_s, u"/api/v1/namespaces/istio-system/services/prometheus:9090/proxy/-/ready"_s});
    QVERIFY2(m_world->code != 0 && said.contains(u"no endpoints available"_s), qPrintable(said));
}

void IncidentsTest::istiodDown()
{
    HttpSeen seen;
    QTRY_VERIFY2_WITH_TIMEOUT((seen = apply(guideStrict())).body.contains("connect: connection refused"),
                              seen.body.constData(), Patience);
    QVERIFY2(seen.body.contains("failed calling webhook \"rev.validation.istio.io\""), seen.body.constData());
    QCOMPARE(throughTheSidecar(u"cart"_s).status, 200); // what was pushed stays
    QCOMPARE(m_world->get(edge(u"/shop/"_s)).status, 200);
}

// Its injector's failurePolicy is Fail: no pod where injection is on, whoever makes it, until istiod is back.
void IncidentsTest::newPodsAreRefusedWhileIstiodIsDown()
{
    const QString refused =
        u"failed calling webhook \"[a-z.]*sidecar-injector.istio.io\".*connection refused"_s;
    const auto eventsOf = [this](const QString &kind, const QString &name) {
        return m_world
            ->kubectl(
                {u"get"_s, u"events"_s, u"-n"_s, u"shop"_s, u"-o"_s,
                 u"custom-columns=K:.involvedObject.kind,N:.involvedObject.name,R:.reason,S:.source.component,M:.message"_s,
                 u"--field-selector"_s, u"involvedObject.kind="_s + kind})
            .split(u'\n')
            .filter(QRegularExpression(u"^%1 +%2"_s.arg(kind, name)))
            .join(u'\n');
    };
    const auto pods = [this](const QString &app) {
        return m_world->kubectl(
            {u"get"_s, u"pods"_s, u"-n"_s, u"shop"_s, u"-l"_s, u"app="_s + app, u"--no-headers"_s});
    };
    QCOMPARE(m_world->switchIncident(u"istiod-down"_s, true), QString());
    const QString spec = u"containers: [{name: c, image: 'i:1'}]"_s;
    const auto bare = [&](const QString &nameSpace) {
        return m_world->kubectl(
            {u"create"_s, u"-f"_s, u"-"_s},
            u"apiVersion: v1\nkind: Pod\nmetadata: {name: bare, namespace: %1}\nspec: {%2}\n"_s
                .arg(nameSpace, spec)
                .toUtf8());
    };
    QString seen;
    QTRY_VERIFY2_WITH_TIMEOUT((seen = bare(u"shop"_s)).contains(QRegularExpression(refused)),
                              qPrintable(seen), Patience);
    QVERIFY2((seen = bare(u"default"_s)).contains(u"pod/bare created"_s),
             qPrintable(seen)); // no injection there
    QVERIFY2(
        m_world->apply(
            u"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: held, namespace: shop}\nspec:\n"
            "  selector: {matchLabels: {app: held}}\n  template: {metadata: {labels: {app: held}}, spec: "
            "{%1}}\n"
            "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: held, namespace: shop}\nspec:\n"
            "  template: {metadata: {labels: {app: held-job}}, spec: {restartPolicy: Never, %1}}\n"_s.arg(
                spec)),
        qPrintable(m_world->error()));
    for (const auto &[kind, component] :
         {std::pair(u"ReplicaSet"_s, u"replicaset-controller"_s), std::pair(u"Job"_s, u"job-controller"_s)})
        QTRY_VERIFY2_WITH_TIMEOUT(
            (seen = eventsOf(kind, u"held"_s))
                .contains(
                    QRegularExpression(u"FailedCreate +%1 +Error creating: Internal error occurred: %2"_s.arg(
                        component, refused))),
            qPrintable(kind + u": "_s + seen), Patience);
    QVERIFY2((seen = pods(u"held"_s)).contains(u"No resources found"_s), qPrintable(seen));
    QVERIFY2((seen = pods(u"held-job"_s)).contains(u"No resources found"_s), qPrintable(seen));
    QCOMPARE(m_world->switchIncident(u"istiod-down"_s, false), QString());
    QTRY_VERIFY2_WITH_TIMEOUT((seen = pods(u"held"_s)).startsWith(u"held-"_s), qPrintable(seen), Patience);
    for (const auto &kind : {u"ReplicaSet"_s, u"Job"_s})
        QTRY_VERIFY2_WITH_TIMEOUT((seen = eventsOf(kind, u"held"_s)).contains(u"SuccessfulCreate"_s),
                                  qPrintable(seen), Patience);
    (void)m_world->kubectl({u"delete"_s, u"deployment/held"_s, u"job/held"_s, u"-n"_s, u"shop"_s});
    (void)m_world->kubectl({u"delete"_s, u"pod/bare"_s, u"-n"_s, u"default"_s});
}

void IncidentsTest::conversionWebhookDown()
{
    HttpSeen seen;
    const auto list = [&](const QString &version) {
        return seen = m_world->api(u"/apis/getambassador.io/%1/mappings"_s.arg(version));
    };
    QTRY_VERIFY2_WITH_TIMEOUT(list(u"v2"_s).status == 429, seen.body.constData(), Patience);
    const QJsonObject status = QJsonDocument::fromJson(seen.body).object(); // curl gets it laid out
    QVERIFY2(status[u"message"].toString().startsWith(u"storage is (re)initializing"_s)
                 && status[u"details"][u"retryAfterSeconds"].toInt() == 5,
             seen.body.constData());
    QVERIFY2(list(u"v3alpha1"_s).status == 200, seen.body.constData());
    seen = m_world->api(u"/apis/getambassador.io/v2/namespaces/front/mappings/shop"_s);
    QVERIFY2(seen.status == 500
                 && seen.body.contains("conversion webhook for getambassador.io/v2, Kind=Mapping"),
             seen.body.constData());
    QCOMPARE(m_world->get(edge(u"/shop/"_s)).status, 200); // the edge has its configuration
}

void IncidentsTest::overlappingOnesEndInAnyOrder()
{
    const auto before = objects();
    QCOMPARE(m_world->switchIncident(u"cert-expired"_s, true), QString());
    QCOMPARE(m_world->switchIncident(u"edge-loaded-stale"_s, true), QString()); // the same Secret
    QCOMPARE(m_world->switchIncident(u"cert-expired"_s, false), QString());
    QVERIFY(objects() != before);
    QCOMPARE(m_world->switchIncident(u"edge-loaded-stale"_s, false), QString());
    QCOMPARE(objects(), before);
}

void IncidentsTest::whatOthersChangeMeanwhileStays()
{
    QCOMPARE(m_world->switchIncident(u"prometheus-down"_s, true), QString());
    m_world->kubectl(
        {u"label"_s, u"deployment"_s, u"prometheus"_s, u"-n"_s, u"istio-system"_s, u"team=metrics"_s});
    QCOMPARE(m_world->switchIncident(u"prometheus-down"_s, false), QString());
    const QString now =
        m_world->kubectl({u"get"_s, u"deployment"_s, u"prometheus"_s, u"-n"_s, u"istio-system"_s, u"-o"_s,
                          u"jsonpath={.metadata.labels.team} {.spec.replicas}"_s});
    QCOMPARE(now, u"metrics 1"_s);
    m_world->kubectl({u"label"_s, u"deployment"_s, u"prometheus"_s, u"-n"_s, u"istio-system"_s, u"team-"_s});
}

void IncidentsTest::anUnknownOneIsRefused()
{
    QVERIFY(m_world->switchIncident(u"earthquake"_s, true).contains(u"there is no incident"_s));
    demo::DemoOptions options;
    options.incidents = {"earthquake"};
    DemoWorld world(options);
    QVERIFY(!world.start());
    QVERIFY2(world.error().contains(u"earthquake"_s) && world.error().contains(u"--incident list"_s),
             qPrintable(world.error()));
}

void IncidentsTest::allAreListed()
{
    const QString said = m_world->kubectl({u"get"_s, u"--raw"_s, u"/_sim"_s});
    for (const char *name : {"cert-expired", "plaintext-caller", "api-410", "rbac-denied"})
        QVERIFY2(said.contains(QLatin1String(name)), qPrintable(said));
}

void IncidentsTest::theGuidesScrapeJobGoesMissing()
{
    demo::DemoOptions options;
    options.state = "guide-done";
    DemoWorld world(options);
    QVERIFY2(world.start(), qPrintable(world.error()));
    const auto text = [&world] {
        return world.kubectl({u"get"_s, u"configmap"_s, u"prometheus"_s, u"-n"_s, u"istio-system"_s, u"-o"_s,
                              u"jsonpath={.data.prometheus\\.yml}"_s});
    };
    const auto targets = [&world] {
        return world.kubectl(
            {u"get"_s, u"--raw"_s,
             u"/api/v1/namespaces/istio-system/services/prometheus:9090/proxy/api/v1/targets"_s});
    };
    const QString before = text();
    QVERIFY(before.contains(u"job_name: 'ambassador'"_s));
    const bool hasPrometheus = world.ready().prometheus.startsWith(u"prometheus"_s);
    if (hasPrometheus)
        QTRY_VERIFY_WITH_TIMEOUT(targets().contains(u"\"job\":\"ambassador\""_s), 2 * Patience);
    QCOMPARE(world.switchIncident(u"scrape-missing"_s, true), QString());
    QVERIFY(!text().contains(u"job_name: 'ambassador'"_s) && text().contains(u"kubernetes-pods"_s));
    if (hasPrometheus)
        QTRY_VERIFY_WITH_TIMEOUT(targets().contains(u"kubernetes-pods"_s)
                                     && !targets().contains(u"\"job\":\"ambassador\""_s),
                                 2 * Patience);
    QCOMPARE(world.switchIncident(u"scrape-missing"_s, false), QString());
    QCOMPARE(text(), before);
}

void IncidentsTest::severalBeginWithTheCluster()
{
    demo::DemoOptions options;
    options.incidents = {"mapping-shadowed",  "cert-6d", "rotation-stalled",
                         "edge-loaded-stale", "api-429", "prometheus-down"};
    DemoWorld world(options);
    QVERIFY2(world.start(), qPrintable(world.error()));
    QCOMPARE(world.get(world.ready().apiServer + u"/version"_s).status, 429); // before kubectl uses them up
    QTRY_COMPARE_WITH_TIMEOUT(world.get(world.ready().edgeHttp + u"/shop/"_s).status, 301, Patience);
    const QString stored = world.kubectl({u"get"_s, u"secret"_s, u"edge-tls"_s, u"-n"_s, u"ambassador"_s,
                                          u"-o"_s, u"jsonpath={.data.tls\\.crt}"_s});
    const QList<QSslCertificate> shown = presented(world.ready().edgeHttps, u"edge.example.com"_s);
    QVERIFY(!shown.isEmpty());
    QVERIFY(shown.first() != QSslCertificate(QByteArray::fromBase64(stored.toUtf8())));
    static const QRegularExpression left(u"^istio_agent_cert_expiry_seconds"_s);
    const double seconds = sumOf(world.metricsOf(u"shop"_s, u"cart"_s), left);
    QVERIFY2(seconds > 0 && seconds <= 60, qPrintable(QString::number(seconds)));
}

// Whoever reads the kubeconfig again goes on; who kept its token does not.
void IncidentsTest::theKubeconfigIsRenewed()
{
    const QString path = u"/api/v1/namespaces/default/services"_s;
    QCOMPARE(m_world->api(path).status, 200); // by the token of now, kept
    QCOMPARE(m_world->switchIncident(u"api-rotate"_s, true), QString());
    QCOMPARE(m_world->api(path).status, 401);
    const QString services = m_world->kubectl({u"get"_s, u"services"_s}, {}, u"demo-viewer"_s);
    QVERIFY2(m_world->code == 0, qPrintable(services));
    QCOMPARE(m_world->switchIncident(u"api-rotate"_s, false), QString());
    QVERIFY(!m_world->kubectl({u"get"_s, u"mappings"_s, u"-A"_s}).isEmpty() && m_world->code == 0);
}

SALLYPORT_TEST(incidents_test, IncidentsTest)
#include "incidents_test.moc"
