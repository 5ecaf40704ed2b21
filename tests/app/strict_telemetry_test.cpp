// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of Prometheus for the preflight, and what its answers are taken for.
#include "app/cluster_thread.h"
#include "app/strict_telemetry.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/elsewhere.h"
#include "tests/support/test_class.h"

#include <QRegularExpression>
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

    std::function<QByteArray(const QByteArray &query)> m_range;  // of questions over a range
    std::function<QByteArray(const QByteArray &query)> m_answer; // asked first; "": as the others say

    std::optional<models::StrictTelemetry> telemetry(qint64 window = 3600)
    {
        m_asked.clear();
        ScriptedServer server([this](const ServerRequest &request, const ServerReply &reply) {
            const QByteArray query = request.query("query");
            m_asked.append(query);
            if (const QByteArray found = m_answer ? m_answer(query) : QByteArray(); !found.isEmpty())
                return reply.answer(
                    200, R"({"status":"success","data":{"resultType":"vector","result":[)" + found + "]}}");
            for (const auto &[part, found] : m_answers) {
                if (query.contains(part) && !request.path().endsWith("query_range"))
                    return reply.answer(200,
                                        R"({"status":"success","data":{"resultType":"vector","result":[)"
                                            + found + "]}}");
            }
            const bool isRange = request.path().endsWith("query_range");
            const QByteArray matrix = isRange && m_range ? m_range(query) : QByteArray();
            reply.answer(
                200,
                isRange ? R"({"status":"success","data":{"resultType":"matrix","result":[)" + matrix + "]}}"
                        : QByteArray(R"({"status":"success","data":{"resultType":"vector","result":[]}})"));
        });
        kube::Connection connection;
        connection.server = server.url();
        app::ClusterThread thread(connection);
        return elsewhere(
            [&] { return app::strictTelemetry(thread.client(), {}, {}, window, now, std::stop_token()); });
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

    // A counter that is born with its first and only request shows no increase, now or then.
    void aSeriesThatWasBornWithItsFirstRequestIsSeen()
    {
        const QByteArray born = QByteArray::number(now.toSecsSinceEpoch() - 600);
        m_answers = {{"unless istio_requests_total", series("once", "1")}};
        QByteArray grown = series("once", "1");
        grown.replace("\"value\":[1795662000,\"1\"]", QByteArray("\"values\":[[" + born + ",\"1\"]]"));
        m_range = [grown](const QByteArray &query) -> QByteArray {
            const bool asksForBirths = query.contains("last_over_time(istio_requests_total")
                && query.contains("[36s]) unless ") && query.contains("} offset 36s) > 0");
            return asksForBirths ? grown : QByteArray();
        };
        const auto found = telemetry();
        m_range = {};
        QVERIFY(found.has_value());
        QCOMPARE(found->plaintext.size(), 1);
        QCOMPARE(found->plaintext[0].lastSeen, now.addSecs(-600));
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

    // A minute of data is no time to a question by the hour.
    void littleTelemetryIsMeasuredFinely_data()
    {
        QTest::addColumn<qint64>("age"); // of the oldest sample, in seconds
        QTest::addColumn<qint64>("window");
        for (const qint64 age : {0, 5, 70, 400, 3000}) {
            for (const qint64 window : {60, 3600, 7 * 86400})
                QTest::addRow("%lld s of %lld", age, window) << age << window;
        }
    }
    void littleTelemetryIsMeasuredFinely()
    {
        QFETCH(qint64, age);
        QFETCH(qint64, window);
        const qint64 nowSeconds = now.toSecsSinceEpoch();
        // As Prometheus: at whole steps alone, each of them the sample's own time as long as it is not stale.
        m_answer = [=](const QByteArray &query) -> QByteArray {
            static const QRegularExpression asked(u"timestamp\\(up\\)\\[(\\d+)s:(\\d+)s\\]"_s);
            const auto match = asked.match(QString::fromUtf8(query));
            if (!match.hasMatch())
                return {};
            const qint64 range = match.captured(1).toLongLong(), step = match.captured(2).toLongLong();
            qint64 first = 0;
            for (qint64 at = nowSeconds / step * step; at > nowSeconds - range; at -= step)
                first = at >= nowSeconds - age ? at : first;
            return first == 0 ? QByteArray()
                              : "{\"metric\":{},\"value\":[1,\"" + QByteArray::number(first) + "\"]}";
        };
        const auto found = telemetry(window);
        m_answer = {};
        QVERIFY(found.has_value());
        const qint64 spans = found->from.secsTo(found->to);
        const qint64 truth = std::min(age, window);
        QVERIFY2(spans <= truth + 2 * std::max<qint64>(1, window / 200) && spans >= truth - 2 - truth / 10,
                 qPrintable(QString::number(spans)));
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
