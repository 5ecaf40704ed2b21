// SPDX-License-Identifier: GPL-3.0-or-later
// Refusals in the sidecars' logs, from one look to the next.
#include "app/cluster_thread.h"
#include "app/journal.h"
#include "app/proxy_logs.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/elsewhere.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFileInfo>
#include <QScopeGuard>
#include <QStandardPaths>
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

    models::Pod m_caller = callerAt(u"10.244.0.9"_s);

    static models::Pod callerAt(const QString &address)
    {
        models::Pod pod;
        pod.nameSpace = u"shop"_s;
        pod.name = u"web"_s;
        pod.ip = address;
        return pod;
    }
    app::ProxyLogs logs()
    {
        return {m_thread->client(),
                [this](const QString &address) { return address == m_caller.ip ? &m_caller : nullptr; },
                {}};
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
        QCOMPARE(logs.refused(),
                 QStringList{u"2026-11-25T12:00:40.000Z shop/cart-1 refused 10.244.0.9 (shop/web)"_s});
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

    // One that was there before is no news, and the next one is.
    void eachFaultOfACertificateIsToldOnceWithItsTime()
    {
        app::ProxyLogs logs = this->logs();
        const auto fault = [](const QByteArray &second) -> QByteArray {
            return "2026-11-25T12:00:" + second
                + ".000000Z\twarning\tenvoy connection: TLS_error: CERTIFICATE_EXPIRED\n";
        };
        m_log = served + fault("40");
        look(logs, {podOf(u"cart-1"_s)});
        look(logs, {podOf(u"cart-1"_s)});
        QCOMPARE(
            logs.handshakeFaults(),
            QStringList{
                u"2026-11-25T12:00:40.000000Z shop/cart-1: a handshake ended with CERTIFICATE_EXPIRED"_s});
        m_log += fault("41");
        look(logs, {podOf(u"cart-1"_s)});
        QCOMPARE(logs.handshakeFaults().size(), 2);
        QVERIFY(logs.handshakeFaults()[1].startsWith(u"2026-11-25T12:00:41"_s));
    }

    // A pod that is new: all that it has written since the first look, or it is named.
    void aPodThatAppearsLaterIsReadWholly_data()
    {
        QTest::addColumn<QByteArray>("log");
        QTest::addColumn<int>("refused");
        QTest::addColumn<bool>("isWhole");
        const QByteArray one = refusal("40", "10.244.0.9");
        QTest::newRow("a refusal and much behind it") << QByteArray(one + served.repeated(300)) << 1 << true;
        QTest::newRow("more than a look takes") << served.repeated(app::ProxyLogs::MaxLines) << 0 << false;
    }
    void aPodThatAppearsLaterIsReadWholly()
    {
        QFETCH(QByteArray, log);
        app::ProxyLogs logs = this->logs();
        look(logs, {podOf(u"cart-1"_s)});
        m_log = log;
        look(logs, {podOf(u"cart-2"_s)});
        QTEST(int(logs.refused().size()), "refused");
        QTEST(logs.unread().isEmpty(), "isWhole");
        QVERIFY2(queries().last().startsWith(u"container=istio-proxy&tailLines=10000&sinceSeconds="_s),
                 qPrintable(queries().last()));
    }

    // A log that cannot be read for once has not become one without an access log.
    void aFailedReadForgetsNoAccessLog()
    {
        app::ProxyLogs logs = this->logs();
        const QList<models::Pod> pods{podOf(u"cart-1"_s)};
        look(logs, pods);
        m_status = 500;
        look(logs, pods);
        QVERIFY(logs.why().contains(u"log of shop/cart-1"_s));
        m_status = 200;
        m_log = {}; // nobody has called since
        look(logs, pods);
        QCOMPARE(logs.silent(), QStringList());
        QCOMPARE(logs.why(), QString());
    }

    void everyLogThatIsUnreadCounts()
    {
        app::ProxyLogs logs = this->logs();
        m_status = 403;
        look(logs, {podOf(u"cart-1"_s), podOf(u"cart-2"_s), podOf(u"cart-3"_s)});
        QVERIFY2(logs.unread().startsWith(u"log of shop/cart-1"_s)
                     && logs.unread().endsWith(u"(and 2 logs more)"_s),
                 qPrintable(logs.unread()));
    }

    void whoIsRead_data()
    {
        QTest::addColumn<bool>("hasSidecar");
        QTest::addColumn<bool>("isReady");
        QTest::addColumn<QString>("phase");
        QTest::addColumn<bool>("isRead");
        QTest::newRow("ready") << true << true << u"Running"_s << true;
        // Its probes may be what is refused.
        QTest::newRow("not ready") << true << false << u"Running"_s << true;
        QTest::newRow("not started") << true << false << u"Pending"_s << false;
        QTest::newRow("without a sidecar") << false << true << u"Running"_s << false;
    }
    void whoIsRead()
    {
        QFETCH(bool, hasSidecar);
        QFETCH(bool, isReady);
        QFETCH(QString, phase);
        models::Pod pod = podOf(u"cart-1"_s);
        pod.hasSidecar = hasSidecar;
        pod.ready = isReady;
        pod.phase = phase;
        app::ProxyLogs logs = this->logs();
        look(logs, {pod});
        QTEST(!queries().isEmpty(), "isRead");
    }

    // V8 asks each port to see it refuse: the line that this leaves comes when it likes.
    void whatWasAskedToBeRefusedIsNoRefusal_data()
    {
        QTest::addColumn<QString>("pod"); // that was asked
        QTest::addColumn<QByteArray>("peer");
        QTest::addColumn<int>("refused");
        QTest::newRow("our own") << u"cart-1"_s << QByteArray("10.1.2.3") << 0;
        QTest::newRow("of a pod") << u"cart-1"_s << QByteArray("10.244.0.9") << 1;
        QTest::newRow("at another pod") << u"cart-2"_s << QByteArray("10.1.2.3") << 1;
    }
    void whatWasAskedToBeRefusedIsNoRefusal()
    {
        QFETCH(QString, pod);
        QFETCH(QByteArray, peer);
        QStandardPaths::setTestModeEnabled(true);
        const QDateTime at(QDate(2026, 11, 25), QTime(12, 0, 40), Qt::UTC);
        kube::Connection connection;
        connection.server = m_server->url();
        const QString file = app::Journal::fileFor(connection);
        QVERIFY(QDir().mkpath(QFileInfo(file).absolutePath()));
        const auto tidy = qScopeGuard([&] { QFile::remove(file + u".probes"_s); });
        app::OwnProbes(connection).note(u"shop"_s, pod, at, at);
        app::ProxyLogs logs = this->logs();
        m_log = served + refusal("41", peer);
        look(logs, {podOf(u"cart-1"_s)});
        QTEST(int(logs.refused().size()), "refused");
    }

    void whatIsAskedForReachesBackToTheLastLook_data()
    {
        QTest::addColumn<qint64>("steady");
        QTest::addColumn<qint64>("wall");
        QTest::addColumn<int>("seconds");
        QTest::newRow("at once") << qint64(0) << qint64(0) << 2;
        QTest::newRow("a part of a second") << qint64(1100) << qint64(1100) << 4;
        QTest::newRow("somebody has set the clock back") << qint64(10'000) << qint64(-3'600'000) << 12;
        QTest::newRow("the machine slept") << qint64(10'000) << qint64(3'600'000) << 3602;
    }
    void whatIsAskedForReachesBackToTheLastLook()
    {
        QFETCH(qint64, steady);
        QFETCH(qint64, wall);
        QTEST(app::ProxyLogs::secondsBack(steady, wall), "seconds");
    }
};

SALLYPORT_TEST(proxy_logs_test, ProxyLogsTest)
#include "proxy_logs_test.moc"
