// SPDX-License-Identifier: GPL-3.0-or-later
// What running traffic tells, by what Prometheus and the sidecars' logs answer.
#include "app/cluster_thread.h"
#include "app/traffic_findings.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/elsewhere.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDateTime now(QDate(2026, 11, 28), QTime(12, 0), Qt::UTC);

QByteArray vector(const QByteArray &series)
{
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + series + "]}}";
}

const QByteArray Cart = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: cart, namespace: default}\nspec: "
                        "{containers: [{name: app}, "
                        "{name: istio-proxy}]}\nstatus: {phase: Running, podIP: 10.244.0.9}\n";
const QByteArray Strict = "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: "
                          "{name: default, namespace: "
                          "istio-system}\nspec: {mtls: {mode: STRICT}}\n";

QByteArray refusedAt(const QByteArray &time)
{
    return "[2026-11-28T" + time
        + "Z] \"- - -\" 0 NR filter_chain_not_found - \"-\" 0 0 0 - \"-\" \"-\" \"-\" \"-\" \"-\" - - "
          "10.244.0.7:8000 10.244.0.9:4000 - -\n";
}

QByteArray letInAt(const QByteArray &time)
{
    return "[2026-11-28T" + time
        + "Z] \"GET / HTTP/1.1\" 200 - via_upstream - \"-\" 0 2 1 1 \"-\" \"cart\" \"-\" \"quote\" "
          "\"10.244.0.7:8000\" "
          "inbound|8000|| 127.0.0.6:0 10.244.0.7:8000 10.244.0.9:4001 - default\n";
}

} // namespace

class TrafficFindingsTest : public QObject
{
    Q_OBJECT

    static QStringList found(const QByteArray &objects, const QByteArray &plaintext, const QByteArray &log)
    {
        ScriptedServer server([&](const ServerRequest &request, const ServerReply &reply) {
            const QByteArray query = request.query("query");
            if (request.path().endsWith("/log"))
                return reply.answer(200, log);
            if (request.path().endsWith("query_range"))
                return reply.answer(
                    200, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}");
            if (query.contains("timestamp(up)")) // older than what is asked about
                return reply.answer(200,
                                    vector("{\"metric\":{},\"value\":[1,\""
                                           + QByteArray::number(now.toSecsSinceEpoch() - 290) + "\"]}"));
            reply.answer(200,
                         vector(query.contains("istio_requests_total") && query.contains("\"none\"")
                                    ? plaintext
                                    : QByteArray()));
        });
        kube::Connection connection;
        connection.server = server.url();
        app::ClusterThread thread(connection);
        const auto snapshot = snapshotOf(objects);
        return elsewhere([&] {
            QStringList all;
            for (const models::Finding &finding :
                 app::trafficFindings(thread.client(), *snapshot, now, {}).findings)
                all.append(
                    finding.code + u' '
                    + QString::fromLatin1(finding.severity == models::Severity::Error ? "error" : "else")
                    + u": "_s + finding.message);
            return all;
        });
    }

private Q_SLOTS:
    void clearTextIsOfTheLastMinute()
    {
        const QByteArray series = "{\"metric\":{\"destination_workload_namespace\":\"default\",\"destination_"
                                  "workload\":\"quote\",\"source_workload\":"
                                  "\"unknown\"},\"value\":[1795867200,\"7\"]}";
        QCOMPARE(
            found(edgeYaml() + quoteYaml(true), series, {}),
            QStringList{
                u"MT-020 else: clear text comes to it between 2026-11-28T11:59:00Z and 2026-11-28T12:00:00Z"_s});
    }

    void whoIsRefusedIsAnErrorUntilItIsLetIn_data()
    {
        QTest::addColumn<QByteArray>("log");
        QTest::addColumn<QString>("finding"); // "" none
        const QByteArray refused = refusedAt("11:59:30.000") + refusedAt("11:59:31.000");
        QTest::newRow("nobody") << letInAt("11:59:30.000") << QString();
        QTest::newRow("refused")
            << refused << u"MT-024 error: it is STRICT and has just refused clear text of default/cart"_s;
        QTest::newRow("let in since")
            << QByteArray(refused + letInAt("11:59:32.000") + letInAt("11:59:40.000"))
            << u"MT-024 else: it is STRICT and has refused clear text of default/cart, which it has let in since"_s;
    }
    void whoIsRefusedIsAnErrorUntilItIsLetIn()
    {
        QFETCH(QByteArray, log);
        QTEST(found(edgeYaml() + quoteYaml(true) + Cart + Strict, {}, log).join(u'\n'), "finding");
    }
};

SALLYPORT_TEST(traffic_findings_test, TrafficFindingsTest)
#include "traffic_findings_test.moc"
