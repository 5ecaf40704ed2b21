// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of Prometheus about clients whose own DestinationRules would have them refused, and what its answers are taken for.
#include "app/cluster_thread.h"
#include "app/strict_callers.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/elsewhere.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

using Telemetry = models::StrictTelemetry;

const QDateTime now(QDate(2026, 11, 28), QTime(12, 0), Qt::UTC);

QByteArray series(const QByteArray &reporter, const QByteArray &policy, const QByteArray &points,
                  const QByteArray &server = "default")
{
    return R"({"metric":{"reporter":")" + reporter + R"(","connection_security_policy":")" + policy
        + R"(","source_workload_namespace":"shop","source_workload":"cart","destination_workload_namespace":")"
        + server + R"(","destination_workload":")" + (server == "unknown" ? "unknown" : "quote")
        + R"(","destination_service_namespace":"default","destination_service_name":"quote"},)" + points
        + "}";
}

QByteArray answer(const QByteArray &type, const QByteArray &result)
{
    return R"({"status":"success","data":{"resultType":")" + type + R"(","result":[)" + result + "]}}";
}

const QByteArray ClearTextRule = "---\napiVersion: networking.istio.io/v1beta1\nkind: "
                                 "DestinationRule\nmetadata: {name: quote, namespace: default}\n"
                                 "spec: {host: quote, trafficPolicy: {tls: {mode: DISABLE}}}\n";

} // namespace

class StrictCallersTest : public QObject
{
    Q_OBJECT

    struct Question
    {
        QByteArray path, promql;
    };
    QList<Question> m_asked;

    Telemetry ask(const QByteArray &objects, const std::function<QByteArray(const Question &)> &found)
    {
        m_asked.clear();
        ScriptedServer server([&](const ServerRequest &request, const ServerReply &reply) {
            const Question question{request.path(), request.query("query")};
            m_asked.append(question);
            const QByteArray body = found(question);
            if (body == "refused")
                return reply.answer(
                    422, R"({"status":"error","errorType":"execution","error":"too many samples"})");
            reply.answer(200, body);
        });
        kube::Connection connection;
        connection.server = server.url();
        app::ClusterThread thread(connection);
        const auto snapshot = snapshotOf(objects);
        Telemetry telemetry;
        telemetry.from = now.addSecs(-3600);
        telemetry.to = now;
        return elsewhere([&] {
            app::findRefusedCallers(thread.client(), {}, *snapshot, 3600, telemetry, std::stop_token());
            return telemetry;
        });
    }

private Q_SLOTS:
    void nothingIsAskedWithoutSuchARule()
    {
        const Telemetry telemetry =
            ask(edgeWithCertsYaml() + quoteYaml(true), [](const Question &) { return answer("vector", {}); });
        QCOMPARE(m_asked.size(), 0);
        QVERIFY(telemetry.calls.isEmpty());
    }

    void bothProxiesAreAskedAboutThePair()
    {
        const QByteArray last = QByteArray::number(now.toSecsSinceEpoch() - 90);
        const Telemetry telemetry =
            ask(edgeWithCertsYaml() + quoteYaml(true) + ClearTextRule,
                [&last](const Question &question) -> QByteArray {
                    const bool isRange = question.path.endsWith("query_range");
                    const bool isHttp = question.promql.contains("istio_requests_total");
                    if (!isHttp)
                        return answer(isRange ? "matrix" : "vector", {});
                    const bool isSent = question.promql.contains("reporter=\"source\"");
                    const QByteArray points = isRange ? "\"values\":[[" + last + ",\"2\"],["
                            + QByteArray::number(now.toSecsSinceEpoch()) + ",\"0\"]]"
                                                      : QByteArray("\"value\":[1795867200,\"7\"]");
                    return answer(isRange ? "matrix" : "vector",
                                  isSent ? series("source", "unknown", points)
                                         : series("destination", "mutual_tls", points));
                });
        QVERIFY(telemetry.unanswered.isEmpty());
        QCOMPARE(telemetry.calls.size(), 2);
        const Telemetry::Call &sent = telemetry.calls[0], &taken = telemetry.calls[1];
        QVERIFY(!sent.byServer && !sent.isMutual);
        QVERIFY(taken.byServer && taken.isMutual);
        for (const Telemetry::Call &call : telemetry.calls) {
            QCOMPARE(call.sourceNamespace + u'/' + call.sourceWorkload, u"shop/cart"_s);
            QCOMPARE(call.nameSpace + u'/' + call.workload, u"default/quote"_s);
            QCOMPARE(call.service, u"quote"_s);
            QCOMPARE(call.requests, 7.0);
            QCOMPARE(call.lastSeen, now.addSecs(-90));
        }
        QVERIFY2(
            sent.query.contains(
                uR"(reporter="source",destination_service=~"quote\\.default\\.svc\\.cluster\\.local")"_s),
            qPrintable(sent.query));
        QVERIFY2(taken.query.contains(uR"(reporter="destination",destination_workload=~"quote")"_s),
                 qPrintable(taken.query));
        for (const char *label : {"source_workload,", "source_workload_namespace,", "destination_workload,",
                                  "destination_workload_namespace,", "connection_security_policy)"})
            QVERIFY2(sent.query.contains(QLatin1String(label)), label);
    }

    // The client's proxy does not know a workload where its call reached nobody.
    void aCallThatReachedNobodyIsOfItsService()
    {
        const Telemetry telemetry =
            ask(edgeWithCertsYaml() + quoteYaml(true) + ClearTextRule,
                [](const Question &question) -> QByteArray {
                    if (question.path.endsWith("query_range")
                        || !question.promql.contains("istio_requests_total{")
                        || !question.promql.contains("\"source\""))
                        return answer(question.path.endsWith("query_range") ? "matrix" : "vector", {});
                    return answer("vector",
                                  series("source", "unknown", R"("value":[1795867200,"7"])", "unknown"));
                });
        QCOMPARE(telemetry.calls.size(), 1);
        QCOMPARE(telemetry.calls[0].nameSpace, u"default"_s);
        QCOMPARE(telemetry.calls[0].workload, u"unknown"_s);
        QVERIFY(!telemetry.calls[0].lastSeen.isValid());
    }

    void whatIsNotAnsweredIsNamed()
    {
        const Telemetry telemetry = ask(edgeWithCertsYaml() + quoteYaml(true) + ClearTextRule,
                                        [](const Question &) { return QByteArray("refused"); });
        QCOMPARE(telemetry.unanswered, QStringList{u"who calls what a DestinationRule would have refused"_s});
    }
};

SALLYPORT_TEST(strict_callers_test, StrictCallersTest)
#include "strict_callers_test.moc"
