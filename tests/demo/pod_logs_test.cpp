// SPDX-License-Identifier: GPL-3.0-or-later
// Logs of the demo's pods: what the kubelet's options make of them, and that our own log stream lives on them.
#include "app/demo/pod_logs.h"
#include "kube/kubeconfig.h"
#include "kube/log_stream.h"
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <mutex>

using namespace Qt::StringLiterals;

namespace {

const char LogPath[] = "/api/v1/namespaces/default/pods/p/log";

const char Old[] = "2026-01-01T00:00:00.000000001Z zero\n";
const char Now[] = "2026-01-01T00:00:01.500000000Z one\n2026-01-01T00:00:02.000000000Z two\nno time\n"
                   "2099-01-01T00:00:00.000000000Z three\n";

std::string urlOf(std::string_view query) // appended: GCC 12 warns of `+` here
{
    std::string url;
    url.append(LogPath).append("?").append(query);
    return url;
}

std::string twoRuns(std::string_view before, std::string_view now)
{
    std::string text(before);
    text.append(demo::PodLogs::RunEnd).append(now);
    return text;
}

} // namespace

class PodLogsTest : public QObject
{
    Q_OBJECT
    std::mutex m_guard;
    std::optional<std::string> m_text; // what the kubelet has kept
    std::unique_ptr<ApiFixture> m_api;

    void setText(std::optional<std::string> text)
    {
        const std::lock_guard lock(m_guard);
        m_text = std::move(text);
    }

private Q_SLOTS:
    void init()
    {
        setText(twoRuns(Old, Now));
        demo::ApiServerHooks hooks;
        hooks.log = [this](const std::string &, const std::string &, const std::string &) {
            const std::lock_guard lock(m_guard);
            return m_text;
        };
        m_api = std::make_unique<ApiFixture>(std::move(hooks));
        QCOMPARE(m_api
                     ->call("POST", "/api/v1/namespaces/default/pods",
                            "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n\",\"containers\":["
                            "{\"name\":\"c\",\"image\":\"i:1\"}]}}")
                     .status,
                 201);
    }
    void cleanup() { m_api.reset(); }

    void optionsAreTaken_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char *query, int status, const char *body) {
            QTest::newRow(query) << QByteArray(query) << status << QByteArray(body);
        };
        row("", 200, "one\ntwo\nno time\nthree\n");
        row("timestamps=true", 200, Now);
        row("tailLines=1", 200, "three\n");
        row("tailLines=0", 200, "");
        row("limitBytes=6", 200, "one\ntw");
        row("timestamps=true&limitBytes=8", 200, "2026-01-");
        row("sinceTime=2026-01-01T00:00:02Z", 200, "two\nno time\nthree\n");
        row("sinceTime=2026-01-01T00:00:01.9Z", 200, "one\ntwo\nno time\nthree\n"); // whole seconds
        row("sinceTime=2026-01-01T01:00:02%2B01:00", 200, "two\nno time\nthree\n");
        row("sinceSeconds=60", 200, "no time\nthree\n");
        row("sinceSeconds=60&tailLines=1", 200, "three\n");
        row("previous=true", 200, "zero\n");
        row("previous=true&timestamps=true", 200, Old);
    }
    void optionsAreTaken()
    {
        QFETCH(QByteArray, query);
        const ApiAnswer answer = m_api->call("GET", urlOf(query.toStdString()));
        QTEST(answer.status, "status");
        QTEST(answer.body, "body");
    }

    void wrongOptionsAreRefused()
    {
        QCOMPARE(m_api->call("GET", urlOf("sinceSeconds=0")).status, 422);
        QCOMPARE(m_api->call("GET", urlOf("sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z")).status, 422);
        QCOMPARE(m_api->call("GET", urlOf("sinceTime=yesterday")).status, 400);
        setText(Now);
        const ApiAnswer none = m_api->call("GET", urlOf("previous=true"));
        QCOMPARE(none.status, 400);
        QCOMPARE(none.json["message"].text(),
                 std::string("previous terminated container \"c\" in pod \"p\" not found"));
    }

    // In the kubelet's words (validateContainerLogStatus).
    void aContainerThatHasNotBegunSaysWhy_data()
    {
        QTest::addColumn<QByteArray>("phase");
        QTest::addColumn<QByteArray>("state"); // of c, and then of the other container
        QTest::addColumn<QByteArray>("reason");
        const auto row = [](const char *name, const char *phase, const QByteArray &state,
                            const char *reason) {
            QTest::newRow(name) << QByteArray(phase) << state << QByteArray(reason);
        };
        const auto waiting = [](const char *reason) -> QByteArray {
            return QByteArray("\"state\":{\"waiting\":{\"reason\":\"") + reason + "\"}}";
        };
        row("the first try of its image", "Pending", waiting("ErrImagePull"), "image can't be pulled");
        row("and the next", "Pending", waiting("ImagePullBackOff"), "trying and failing to pull image");
        row("a name that is none", "Pending", waiting("InvalidImageName"), "InvalidImageName");
        row("it is being made", "Pending", waiting("ContainerCreating"), "ContainerCreating");
        row("nothing is known of it", "Pending", {}, "ContainerCreating");
        row("it crashes", "Running", waiting("CrashLoopBackOff"), "");
        row("it runs", "Running", "\"state\":{\"running\":{}}", "");
        row("it runs beside one without an image", "Pending", "\"state\":{\"running\":{}}", "");
        row("it has ended", "Failed", "\"state\":{\"terminated\":{\"exitCode\":1}}", "");
        row("it has run, and its new image is not there", "Pending",
            waiting("ImagePullBackOff") + ",\"lastState\":{\"terminated\":{\"exitCode\":1}}", "");
    }
    void aContainerThatHasNotBegunSaysWhy()
    {
        QFETCH(QByteArray, phase);
        QFETCH(QByteArray, state);
        QFETCH(QByteArray, reason);
        setText({});
        const QByteArray statuses = "[{\"name\":\"c\"," + state + "}]";
        const QByteArray status = "{\"status\":{\"phase\":\"" + phase
            + "\",\"containerStatuses\":" + (state.isEmpty() ? QByteArray("[]") : statuses) + "}}";
        const ApiAnswer set =
            m_api->call("PATCH", "/api/v1/namespaces/default/pods/p/status", status.toStdString(),
                        {{"content-type", "application/merge-patch+json"}});
        QVERIFY2(set.status == 200, set.body.constData());
        const ApiAnswer answer = m_api->call("GET", urlOf(reason.isEmpty() ? "" : "follow=true"));
        QCOMPARE(answer.status, reason.isEmpty() ? 200 : 400);
        if (!reason.isEmpty())
            QCOMPARE(QByteArray::fromStdString(answer.json["message"].text()),
                     QByteArray("container \"c\" in pod \"p\" is waiting to start: " + reason));
    }

    void whatIsKeptHasTimesAndTheRunBefore()
    {
        demo::PodLogs logs;
        QVERIFY(!logs.read("n", "p", "c"));
        for (int i = 0; i < 100; ++i)
            logs.append("n", "p", "c", "line");
        const QList<QByteArray> lines =
            QByteArray::fromStdString(*logs.read("n", "p", "c")).trimmed().split('\n');
        QCOMPARE(lines.size(), 100);
        for (qsizetype i = 0; i < lines.size(); ++i) {
            QVERIFY2(lines[i].size() == 35 && lines[i].endsWith("Z line"), lines[i].constData());
            QVERIFY(i == 0 || lines[i - 1] < lines[i]);
        }
        logs.startAgain("n", "p", "c");
        logs.append("n", "p", "c", "again");
        const QByteArray both = QByteArray::fromStdString(*logs.read("n", "p", "c"));
        QCOMPARE(both.count(demo::PodLogs::RunEnd), 1);
        QVERIFY(both.endsWith(" again\n"));
        for (int i = 0; i < 10'000; ++i)
            logs.append("n", "p", "c", std::string(100, 'x'));
        QVERIFY(logs.read("n", "p", "c")->size() < 300'000);
    }

    // Through a server that is busy at first, with a line that came without a time, until the container ends.
    void ourLogStreamFollows()
    {
        setText(Now);
        QCOMPARE(m_api->call("POST", "/_sim/api-429?count=2&seconds=1").status, 200);
        const auto kubeconfig = kube::Kubeconfig::load({{m_api->kubeconfig()}, true});
        QVERIFY(kubeconfig);
        const auto connection = kubeconfig->connection();
        QVERIFY(connection);
        kube::Transport transport(*connection);
        kube::LogStream log(transport, u"default"_s, u"p"_s, {});
        QList<kube::LogLine> lines;
        std::optional<QString> end;
        connect(&log, &kube::LogStream::arrived, this,
                [&](const QList<kube::LogLine> &more) { lines += more; });
        connect(&log, &kube::LogStream::ended, this, [&](const QString &why) { end = why; });
        log.start();
        QTRY_COMPARE_WITH_TIMEOUT(lines.size(), 4, 20'000);
        QCOMPARE(lines[0], (kube::LogLine{u"2026-01-01T00:00:01.500000000Z"_s, u"one"_s}));
        QCOMPARE(lines[2], (kube::LogLine{QString(), u"no time"_s}));
        QCOMPARE(lines[3].text, u"three"_s);
        setText(
            "2099-01-01T00:00:00.000000000Z three\n2099-01-01T00:00:01.000000000Z four\n"); // the older are dropped
        QTRY_COMPARE_WITH_TIMEOUT(lines.size(), 5, 20'000);
        QCOMPARE(lines[4].text, u"four"_s);
        QVERIFY(!end);
        setText(
            twoRuns("2099-01-01T00:00:01.000000000Z four\n", "2099-01-01T00:00:02.000000000Z another run\n"));
        QTRY_VERIFY_WITH_TIMEOUT(end, 20'000);
        QCOMPARE(*end, QString());
        QCOMPARE(lines.size(), 5);
    }
};

SALLYPORT_TEST(pod_logs_test, PodLogsTest)
#include "pod_logs_test.moc"
