// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl logs and port-forward on the demo cluster: what is streamed, how it is said, and how it ends.
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTcpSocket>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;

class StreamCommandsTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<DemoChild> m_demo;

    QString podOf(const QString &nameSpace, const QString &app)
    {
        kube::ListOptions options;
        options.labelSelector = u"app="_s + app;
        const auto pods = m_demo->client().list(kube::types::pods(), nameSpace, options).result();
        return pods && !pods->items.isEmpty() ? pods->items.first().name : QString();
    }

    // Reads on until the pattern is there.
    static bool shows(QProcess &program, QString &seen, const QString &pattern)
    {
        return QTest::qWaitFor(
            [&] {
                seen += QString::fromUtf8(program.readAllStandardOutput());
                return seen.contains(QRegularExpression(pattern));
            },
            60'000);
    }

    static int interrupted(QProcess &program)
    {
        ::kill(pid_t(program.processId()), SIGINT);
        return program.waitForFinished(20'000) ? program.exitCode() : -1;
    }

    static QByteArray answerOf(quint16 port, const QByteArray &head)
    {
        QTcpSocket socket;
        socket.connectToHost(u"127.0.0.1"_s, port);
        QByteArray answer;
        if (!QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::ConnectedState; }, 10'000))
            return {};
        const QByteArray host = head.startsWith("Host: ") ? QByteArray() : QByteArray("Host: localhost\r\n");
        socket.write("GET / HTTP/1.1\r\n" + host + head + "\r\n");
        (void)QTest::qWaitFor([&] { return (answer += socket.readAll()).contains("\r\n\r\n"); }, 20'000);
        return answer;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = std::make_unique<DemoChild>();
        QVERIFY2(m_demo->start(), qPrintable(m_demo->error()));
    }
    void cleanupTestCase() { m_demo.reset(); }

    void answers_data()
    {
        QTest::addColumn<QString>("arguments"); // CART: a pod of that name
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words"); // a pattern, of standard output where the code is 0
        QTest::newRow("no container of that name")
            << u"logs CART -n shop -c nosuch"_s << 1 << u"container nosuch is not valid for pod"_s;
        QTest::newRow("no such pod") << u"logs pod/nosuch -n shop"_s << 1 << u"pods \"nosuch\" not found"_s;
        QTest::newRow("in the context's namespace") << u"logs nosuch"_s << 1 << u"default/nosuch"_s;
        QTest::newRow("no pod") << u"logs"_s << 2 << u"logs needs one POD"_s;
        QTest::newRow("no such service's log")
            << u"logs svc/nosuch -n front"_s << 1 << u"services \"nosuch\" not found"_s;
        QTest::newRow("no pod's log") << u"logs a/b/c"_s << 2 << u"logs needs one POD"_s;
        QTest::newRow("a kind without pods")
            << u"logs cm/istio-ca-root-cert -n front"_s << 1 << u"cm/istio-ca-root-cert selects no pods"_s;
        QTest::newRow("a strange time") << u"logs p --since yesterday"_s << 2 << u"--since yesterday"_s;
        QTest::newRow("strange lines") << u"logs p --tail some"_s << 2 << u"--tail some"_s;
        QTest::newRow("nothing to forward") << u"port-forward svc/web"_s << 2 << u"8080:80"_s;
        QTest::newRow("no host") << u"port-forward svc/web :80 --host https://shop.example"_s << 2
                                 << u"--host 'https://shop.example' is no name of a host"_s;
        QTest::newRow("no target") << u"port-forward a/b/c 80"_s << 2 << u"such as deploy/NAME"_s;
        QTest::newRow("no such kind") << u"port-forward nosuch/web 80"_s << 1 << u"serves no kind “nosuch”"_s;
        QTest::newRow("a kind without pods to forward to")
            << u"port-forward cm/istio-ca-root-cert -n front :80"_s << 1
            << u"cm/istio-ca-root-cert selects no pods, so there is none to forward to; name a pod"_s;
        QTest::newRow("no such deployment") << u"port-forward deploy/nosuch -n front :80"_s << 1
                                            << u"deployments.apps \"nosuch\" not found in namespace front"_s;
        QTest::newRow("no such port of a deployment")
            << u"port-forward deploy/web -n front :admin"_s << 1
            << u"pod front/web-[a-z0-9-]* has no port “admin”; there are: http"_s;
        QTest::newRow("a service elsewhere")
            << u"port-forward svc/web :80"_s << 1
            << u"services \"web\" not found in namespace default; there is one in front: use -n front\n$"_s;
        QTest::newRow("a log elsewhere")
            << u"logs deploy/web -n shop"_s << 1
            << u"deployments.apps \"web\" not found in namespace shop; there is one in front: use -n front\n$"_s;
        for (const char *port : {"x:y:z", "80:", "70000:80", "8080:70000", "web:80", "0x50"})
            QTest::addRow("no port: %s", port) << u"port-forward svc/web %1"_s.arg(QLatin1String(port)) << 2
                                               << u"is no \\[LOCAL:\\]REMOTE"_s;
        QTest::newRow("no such service")
            << u"port-forward svc/nosuch -n front :80"_s << 1 << u"services \"nosuch\" not found"_s;
        QTest::newRow("no such port of it") << u"port-forward svc/web -n front :99"_s << 1
                                            << u"service web has no port 99; there are: 80 \\(http\\)"_s;
        QTest::newRow("no such pod to forward to")
            << u"port-forward pod/nosuch -n front :80"_s << 1 << u"pods \"nosuch\" not found"_s;
        QTest::newRow("no right to forward")
            << u"port-forward svc/web -n front :80 --context demo-viewer"_s << 1
            << u"^sallyportctl: [^\n]*cannot create resource \"pods/portforward\"[^\n]*ask whoever manages"_s;
        QTest::newRow("no such port of a pod") << u"port-forward CART -n shop :admin"_s << 1
                                               << u"pod shop/cart-[a-z0-9-]* has no port “admin”"_s;
    }
    void answers()
    {
        QFETCH(QString, arguments);
        QFETCH(int, code);
        QFETCH(QString, words);
        arguments.replace(u"CART"_s, podOf(u"shop"_s, u"cart"_s));
        const CliEnded ended = m_demo->run(arguments.split(u' '), 60'000);
        QVERIFY2(ended.code == code, qPrintable(ended.all()));
        QVERIFY2(ended.err.contains(QRegularExpression(words)), qPrintable(ended.all()));
        QVERIFY(!ended.err.contains(u"QCommandLine"_s));
    }

    void aLogIsFollowedUntilItIsEnough()
    {
        const QString pod = podOf(u"shop"_s, u"cart"_s);
        const QStringList log{u"logs"_s, pod, u"-n"_s, u"shop"_s, u"-c"_s, u"istio-proxy"_s};
        const auto follow = m_demo->launch(log + QStringList{u"-f"_s, u"--timestamps"_s});
        QString seen;
        // The demo's callers go on for as long as it runs.
        const QString request = u"(^|\n)20\\d\\d-\\S+Z \\[20[^\n]* \"GET /cart[^\n]*\n"_s;
        QVERIFY2(shows(*follow, seen, request + request.mid(5)), qPrintable(seen));
        QCOMPARE(interrupted(*follow), 0);
        const CliEnded one = m_demo->run(log + QStringList{u"--tail"_s, u"1"_s}, 60'000);
        QVERIFY2(one.code == 0 && one.out.startsWith(u"[20"_s) && one.out.count(u'\n') == 1,
                 qPrintable(one.all()));
        const CliEnded json = m_demo->run(log + QStringList{u"--tail"_s, u"2"_s, u"-o"_s, u"json"_s}, 60'000);
        const QStringList lines = json.out.split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 2);
        for (const QString &line : lines) {
            const QJsonObject object = QJsonDocument::fromJson(line.toUtf8()).object();
            QCOMPARE(object[u"kind"].toString(), u"LogLine"_s);
            QVERIFY(object[u"text"].toString().contains(u"GET /cart"_s));
            QVERIFY(QDateTime::fromString(object[u"time"].toString(), Qt::ISODateWithMs).isValid());
        }
    }

    void theLogOfAWorkloadIsThatOfItsPod_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("note"); // a pattern
        const QString container = u"container cart, of cart, istio-proxy.*; another by -c\n"_s;
        QTest::newRow("a pod") << u"CART"_s << u"^note: this is "_s + container;
        QTest::newRow("a pod, by its kind") << u"pods/CART"_s << u"^note: this is "_s + container;
        QTest::newRow("a deployment") << u"deploy/cart"_s << container;
        QTest::newRow("a service") << u"svc/cart"_s << container;
    }
    void theLogOfAWorkloadIsThatOfItsPod()
    {
        QFETCH(QString, target);
        QFETCH(QString, note);
        target.replace(u"CART"_s, podOf(u"shop"_s, u"cart"_s));
        const CliEnded ended =
            m_demo->run({u"logs"_s, target, u"-n"_s, u"shop"_s, u"--tail"_s, u"1"_s}, 60'000);
        QVERIFY2(ended.code == 0, qPrintable(ended.all()));
        QVERIFY2(ended.err.contains(QRegularExpression(note)), qPrintable(ended.all()));
        const CliEnded named = m_demo->run(
            {u"logs"_s, target, u"-n"_s, u"shop"_s, u"-c"_s, u"istio-proxy"_s, u"--tail"_s, u"1"_s}, 60'000);
        QVERIFY2(named.code == 0 && !named.err.contains(u"container"_s), qPrintable(named.all()));
    }

    void aForwardToAPodEndsWithIt()
    {
        const QString pod = podOf(u"front"_s, u"web"_s);
        const auto forward =
            m_demo->launch({u"port-forward"_s, u"pod/"_s + pod, u"-n"_s, u"front"_s, u":http"_s});
        QString seen;
        const QString line = u"forwarding 127\\.0\\.0\\.1:(\\d+) -> pod/"_s;
        QVERIFY2(shows(*forward, seen, line), qPrintable(seen));
        const auto port = quint16(QRegularExpression(line).match(seen).captured(1).toInt());
        QVERIFY(answerOf(port, {}).contains("Served by"));
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        QVERIFY(m_demo->client().remove(kube::types::pods(), u"front"_s, pod, confirmed).result());
        QVERIFY(QTest::qWaitFor([&] { return forward->state() == QProcess::NotRunning; }, 60'000));
        QCOMPARE(forward->exitCode(), 1);
        const QString said = QString::fromUtf8(forward->readAllStandardError());
        QVERIFY2(said.contains(u"sallyportctl: lost connection to pod "_s + pod), qPrintable(said));
    }

    // A pod goes, the port stays; a page of another origin has no way in; Ctrl+C ends it.
    void aForwardFollowsItsPods_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("port");
        QTest::newRow("a Service's, whose targetPort is a name") << u"svc/web"_s << u"80"_s;
        QTest::newRow("a Deployment's") << u"deploy/web"_s << u"http"_s;
        QTest::newRow("a Deployment's, by its whole name") << u"deployments.apps/web"_s << u"8080"_s;
    }
    void aForwardFollowsItsPods()
    {
        QFETCH(QString, target);
        QFETCH(QString, port);
        const auto forward =
            m_demo->launch({u"port-forward"_s, target, u"-n"_s, u"front"_s, u':' + port, u':' + port});
        QString seen;
        const QString line = u"forwarding 127\\.0\\.0\\.1:(\\d+) -> %1:%2\\n"_s.arg(target, port);
        QVERIFY2(shows(*forward, seen, u"^("_s + line + u"){2}$"_s), qPrintable(seen));
        const auto local = quint16(QRegularExpression(line).match(seen).captured(1).toInt());
        const auto servedBy = [&] {
            static const QRegularExpression pod(u"Served by (web-[a-z0-9-]+)"_s);
            return pod.match(QString::fromUtf8(answerOf(local, {}))).captured(1);
        };
        const QString first = servedBy();
        QVERIFY(!first.isEmpty());
        QVERIFY(answerOf(local, "Origin: https://evil.example\r\n").startsWith("HTTP/1.1 403"));
        QVERIFY(answerOf(local, "Host: evil.example\r\n").startsWith("HTTP/1.1 403"));
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        QVERIFY(m_demo->client().remove(kube::types::pods(), u"front"_s, first, confirmed).result());
        QTRY_VERIFY_WITH_TIMEOUT(!servedBy().isEmpty() && servedBy() != first, 60'000);
        QCOMPARE(interrupted(*forward), 0);
        const QString notes = QString::fromUtf8(forward->readAllStandardError());
        QVERIFY2(notes.contains(u"note: port %1 leads to pod %2 over SPDY in a WebSocket"_s.arg(
                     QString::number(local), first)),
                 qPrintable(notes));
    }

    void whatAPodRefusesIsSaidWithPortAndPod()
    {
        const QString pod = podOf(u"shop"_s, u"cart"_s);
        const auto forward = m_demo->launch({u"port-forward"_s, pod, u"-n"_s, u"shop"_s, u":9"_s});
        QString seen;
        const QString line = u"forwarding 127\\.0\\.0\\.1:(\\d+) -> pod/"_s;
        QVERIFY2(shows(*forward, seen, line), qPrintable(seen));
        const QString local = QRegularExpression(line).match(seen).captured(1);
        QTcpSocket socket;
        socket.connectToHost(u"127.0.0.1"_s, quint16(local.toInt()));
        QString notes;
        const QRegularExpression note(u"note: port %1: .*%2.*refused"_s.arg(local, pod));
        const auto isSaid = [&] {
            notes += QString::fromUtf8(forward->readAllStandardError());
            return notes.contains(note);
        };
        QVERIFY2(QTest::qWaitFor(isSaid, 20'000), qPrintable(notes));
        QCOMPARE(interrupted(*forward), 0);
    }

    void aForwardAnswersToTheHostsThatItIsToldOf()
    {
        const auto forward = m_demo->launch(
            {u"port-forward"_s, u"svc/web"_s, u"-n"_s, u"front"_s, u":80"_s, u"--host"_s, u"shop.example"_s});
        QString seen;
        const QString line = u"forwarding 127\\.0\\.0\\.1:(\\d+) -> svc/web"_s;
        QVERIFY2(shows(*forward, seen, line), qPrintable(seen));
        const auto local = quint16(QRegularExpression(line).match(seen).captured(1).toInt());
        QVERIFY(answerOf(local, "Host: shop.example:80\r\n").contains("Served by"));
        QVERIFY(answerOf(local, "Host: evil.example\r\n").startsWith("HTTP/1.1 403"));
        QCOMPARE(interrupted(*forward), 0);
    }

    // As kubectl: a name alone is the same number here as there.
    void aPortNameAloneIsItsNumberHereToo()
    {
        const auto forward =
            m_demo->launch({u"port-forward"_s, u"deploy/web"_s, u"-n"_s, u"front"_s, u"http"_s});
        QString seen;
        const QString line = u"forwarding 127\\.0\\.0\\.1:8080 -> deploy/web:http\\n"_s;
        const bool isTaken = QTest::qWaitFor(
                                 [&] {
                                     seen += QString::fromUtf8(forward->readAllStandardOutput()
                                                               + forward->readAllStandardError());
                                     return forward->state() == QProcess::NotRunning
                                         || seen.contains(QRegularExpression(line));
                                 },
                                 60'000)
            && forward->state() == QProcess::NotRunning;
        QVERIFY2(isTaken ? seen.contains(u"port 8080 of this machine cannot be used"_s)
                         : seen.contains(QRegularExpression(line)),
                 qPrintable(seen));
        if (!isTaken)
            QCOMPARE(interrupted(*forward), 0);
    }

    void aPortThatIsTakenIsSaid()
    {
        const auto forward = m_demo->launch(
            {u"port-forward"_s, u"svc/web"_s, u"-n"_s, u"front"_s, u":http"_s, u"-o"_s, u"json"_s});
        QString seen;
        QVERIFY2(shows(*forward, seen, u"\\n$"_s),
                 qPrintable(seen + QString::fromUtf8(forward->readAllStandardError())));
        const QJsonObject object = QJsonDocument::fromJson(seen.toUtf8()).object();
        QCOMPARE(object[u"kind"].toString(), u"PortForward"_s);
        QCOMPARE(object[u"port"].toString(), u"http"_s);
        const QString taken = object[u"local"].toString().section(u':', 1);
        const CliEnded second =
            m_demo->run({u"port-forward"_s, u"svc/web"_s, u"-n"_s, u"front"_s, taken + u":80"_s}, 60'000);
        QVERIFY2(second.code == 1, qPrintable(second.all()));
        QVERIFY2(second.err.contains(u"port %1 of this machine cannot be used"_s.arg(taken)),
                 qPrintable(second.all()));
        QCOMPARE(interrupted(*forward), 0);
    }
};

SALLYPORT_TEST(stream_commands_test, StreamCommandsTest)
#include "stream_commands_test.moc"
