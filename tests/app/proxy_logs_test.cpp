// SPDX-License-Identifier: GPL-3.0-or-later
// Refusals in the sidecars' logs, from one look to the next.
#include "app/cluster_thread.h"
#include "app/proxy_logs.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/elsewhere.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray refusal(const QByteArray &second, const QByteArray &peer)
{
    return "[2026-11-25T12:00:" + second
        + ".000Z] \"- - -\" 0 NR filter_chain_not_found - \"-\" 0 0 0 - \"-\" \"-\" \"-\" \"-\" \"-\" - - "
          "10.244.0.7:8000 "
        + peer + ":43040 - -\n";
}

const QByteArray served = "[2026-11-25T12:00:30.000Z] \"GET / HTTP/1.1\" 200 - via_upstream\n";

models::Pod podOf(const QString &name)
{
    models::Pod pod;
    pod.nameSpace = u"shop"_s;
    pod.name = pod.uid = name;
    pod.hasSidecar = pod.ready = true;
    return pod;
}

} // namespace

class ProxyLogsTest : public QObject
{
    Q_OBJECT

    QByteArray m_log = served;
    int m_status = 200;
    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<app::ClusterThread> m_thread;

    app::ProxyLogs logs()
    {
        return {m_thread->client(), [](const QString &address) { return address; }, {}};
    }
    static void look(app::ProxyLogs &logs, const QList<models::Pod> &pods)
    {
        elsewhere([&] {
            logs.look(pods);
            return true;
        });
    }
    QStringList queries() const
    {
        QStringList queries;
        for (const ServerRequest &request : m_server->requests())
            queries.append(QString::fromLatin1(request.target).section(u'?', 1));
        return queries;
    }

private Q_SLOTS:
    void init()
    {
        m_log = served;
        m_status = 200;
        m_server = std::make_unique<ScriptedServer>(
            [this](const ServerRequest &, const ServerReply &reply) { reply.answer(m_status, m_log); });
        kube::Connection connection;
        connection.server = m_server->url();
        m_thread = std::make_unique<app::ClusterThread>(connection);
    }
    void cleanup()
    {
        m_thread.reset();
        m_server.reset();
    }

    void aBusyProxyPushesNoRefusalOutOfSight()
    {
        app::ProxyLogs logs = this->logs();
        look(logs, {podOf(u"cart-1"_s)});
        QVERIFY(logs.refused().isEmpty());
        m_log = refusal("40", "10.244.0.9") + served.repeated(300);
        look(logs, {podOf(u"cart-1"_s)});
        m_log = served.repeated(300); // what was seen is not forgotten
        look(logs, {podOf(u"cart-1"_s)});
        QCOMPARE(logs.refused(), QStringList{u"2026-11-25T12:00:40.000Z shop/cart-1 refused 10.244.0.9"_s});
        QCOMPARE(logs.why(), QString());
        const QStringList asked = queries();
        QCOMPARE(asked.size(), 3);
        QCOMPARE(asked[0], u"container=istio-proxy&tailLines=200"_s);
        for (const QString &later : asked.mid(1))
            QVERIFY2(later.startsWith(u"container=istio-proxy&tailLines=10000&sinceSeconds="_s),
                     qPrintable(later));
    }

    void looksThatOverlapCountARefusalOnce()
    {
        app::ProxyLogs logs = this->logs();
        m_log = refusal("40", "10.244.0.9");
        look(logs, {podOf(u"cart-1"_s)});
        m_log += refusal("41", "10.244.0.9");
        look(logs, {podOf(u"cart-1"_s)});
        QCOMPARE(logs.refused().size(), 2);
    }

    void whatWasNotReadIsSaid_data()
    {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("second");
        QTest::addColumn<int>("status"); // of the second look
        QTest::addColumn<QString>("why");
        QTest::addColumn<QStringList>("silent");
        QTest::newRow("all was read") << served << served << 200 << QString() << QStringList();
        QTest::newRow("a quiet proxy whose log is known")
            << served << QByteArray() << 200 << QString() << QStringList();
        QTest::newRow("JSON") << QByteArray(R"({"response_flags":"-"})") << QByteArray() << 200 << QString()
                              << QStringList();
        QTest::newRow("no access log")
            << QByteArray("info starting\n") << QByteArray("info ready\n") << 200
            << u"no sidecar has a line of an access log"_s << QStringList{u"shop/cart-1"_s};
        QTest::newRow("more than a look takes") << served << served.repeated(app::ProxyLogs::MaxLines) << 200
                                                << u"older ones were not read"_s << QStringList();
        QTest::newRow("refused") << served << QByteArray("no") << 403 << u"log of shop/cart-1"_s
                                 << QStringList();
    }
    void whatWasNotReadIsSaid()
    {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, second);
        QFETCH(int, status);
        QFETCH(QString, why);
        QFETCH(QStringList, silent);
        app::ProxyLogs logs = this->logs();
        const models::Pod pod = podOf(u"cart-1"_s);
        m_log = first;
        look(logs, {pod});
        m_log = second;
        m_status = status;
        look(logs, {pod});
        QVERIFY2(why.isEmpty() ? logs.why().isEmpty() : logs.why().contains(why), qPrintable(logs.why()));
        QCOMPARE(logs.silent(), silent);
    }

    void aFaultOfACertificateIsToldOnce()
    {
        app::ProxyLogs logs = this->logs();
        m_log = served + "warning envoy connection: TLS_error: CERTIFICATE_EXPIRED\n";
        look(logs, {podOf(u"cart-1"_s)});
        look(logs, {podOf(u"cart-1"_s)});
        QCOMPARE(logs.certificateFaults().size(), 1);
        QVERIFY(logs.certificateFaults()[0].endsWith(u"a handshake ended with CERTIFICATE_EXPIRED"_s));
    }
};

SALLYPORT_TEST(proxy_logs_test, ProxyLogsTest)
#include "proxy_logs_test.moc"
