// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of Prometheus for the preflight, and what its answers are taken for.
#include "app/cluster_thread.h"
#include "app/strict_telemetry.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/elsewhere.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDateTime now(QDate(2026, 11, 26), QTime(3, 0), Qt::UTC);

QByteArray series(const QByteArray &caller, const QByteArray &value)
{
    return R"({"metric":{"destination_workload_namespace":"shop","destination_workload":"db","destination_service_name":"db","source_workload_namespace":"team","source_workload":")"
        + caller + R"("},"value":[1795662000,")" + value + R"("]})";
}

QByteArray endOf(const QByteArray &pod, const QByteArray &value)
{
    return R"({"metric":{"namespace":"shop","pod":")" + pod + R"("},"value":[1795662000,")" + value
        + R"("]})";
}

} // namespace

class StrictTelemetryTest : public QObject
{
    Q_OBJECT

    QList<QPair<QByteArray, QByteArray>> m_answers; // part of a query → series; first match
    QList<QByteArray> m_asked;

    std::optional<models::StrictTelemetry> telemetry()
    {
        m_asked.clear();
        ScriptedServer server([this](const ServerRequest &request, const ServerReply &reply) {
            const QByteArray query = request.query("query");
            m_asked.append(query);
            for (const auto &[part, found] : m_answers) {
                if (query.contains(part) && !request.path().endsWith("query_range"))
                    return reply.answer(200,
                                        R"({"status":"success","data":{"resultType":"vector","result":[)"
                                            + found + "]}}");
            }
            reply.answer(200,
                         request.path().endsWith("query_range")
                             ? R"({"status":"success","data":{"resultType":"matrix","result":[]}})"
                             : R"({"status":"success","data":{"resultType":"vector","result":[]}})");
        });
        kube::Connection connection;
        connection.server = server.url();
        app::ClusterThread thread(connection);
        return elsewhere(
            [&] { return app::strictTelemetry(thread.client(), {}, {}, 3600, now, std::stop_token()); });
    }

private Q_SLOTS:
    // Q2: a connection that was opened before the window shows in its bytes alone.
    void bytesTellOfConnectionsThatWereOpenBefore()
    {
        m_answers = {
            {"sum by (destination_workload_namespace,destination_workload,destination_service_name,source_"
             "workload_namespace,source_workload,source_principal,request_protocol) "
             "(increase(istio_tcp_connections_opened_total",
             series("new", "3")},
            {"request_protocol) (increase(istio_tcp_received_bytes_total",
             series("new", "900") + ',' + series("old", "512")}};
        const auto found = telemetry();
        QVERIFY(found.has_value());
        QCOMPARE(found->plaintext.size(), 2);
        QCOMPARE(found->plaintext[0].sourceWorkload, u"new"_s);
        QCOMPARE(found->plaintext[0].amount(), u"3 requests or connections"_s);
        QCOMPARE(found->plaintext[1].sourceWorkload, u"old"_s);
        QVERIFY(found->plaintext[1].areBytes);
        QCOMPARE(found->plaintext[1].amount(), u"512 bytes over connections that were open before"_s);
    }

    // An agent that does not know when its certificate ends has not said that it has.
    void anEndThatIsNoNumberIsNotKnown()
    {
        m_answers = {{"istio_agent_cert_expiry_seconds",
                      endOf("cart", "80000") + ',' + endOf("web", "NaN") + ',' + endOf("db", "-60")}};
        const auto found = telemetry();
        QVERIFY(found && found->certificateSeconds);
        QCOMPARE(*found->certificateSeconds,
                 (QHash<QString, double>{{u"shop/cart"_s, 80000}, {u"shop/db"_s, -60}}));
    }

    // Q3: a series that is there and does not grow says that nothing came.
    void whoIsCoveredHasGrownInTheWindow()
    {
        m_answers = {{"count by (destination_workload_namespace,destination_workload)", series("", "1")}};
        const auto found = telemetry();
        QVERIFY(found.has_value());
        QCOMPARE(found->covered, QSet<QString>{u"shop/db"_s});
        QByteArray query;
        for (const QByteArray &one : m_asked) {
            if (one.startsWith("count by"))
                query = one;
        }
        for (const char *metric : {"istio_requests_total", "istio_tcp_connections_opened_total",
                                   "istio_tcp_received_bytes_total"}) {
            const QByteArray name(metric);
            QVERIFY2(
                query.contains(QByteArray("increase(" + name + "{reporter=\"destination\"}[3600s]) > 0")),
                query.constData());
            QVERIFY2(query.contains(QByteArray("unless " + name + "{reporter=\"destination\"} offset 3600s")),
                     query.constData());
        }
    }
};

SALLYPORT_TEST(strict_telemetry_test, StrictTelemetryTest)
#include "strict_telemetry_test.moc"
