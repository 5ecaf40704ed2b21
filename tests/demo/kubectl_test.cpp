// SPDX-License-Identifier: GPL-3.0-or-later
// Real kubectls on the demo's API server: the one on the PATH and, where ./dev setup has unpacked it, Debian's old 1.20.
#include "tests/demo/api_fixture.h"
#include "tests/support/foreign_kubectl.h"
#include "tests/support/test_class.h"

#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const char Workload[] = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: "
                        "2\n  selector: {matchLabels: {app: web}}\n  template:\n"
                        "    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: "
                        "web, image: 'web:1', ports: [{containerPort: 80}], env: [{name: A, value: one}]}\n"
                        "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: "
                        "web}, ports: [{port: 80}]}\n";

struct Outcome
{
    int code = -1;
    QString output;
};

struct Step
{
    QString arguments;
    QString expected;   // in its output
    QByteArray input{}; // standard input
    int code = 0;
};

} // namespace

class KubectlTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> m_api;
    QString m_kubectl;

    void arguments(QProcess &process, const QStringList &arguments) const
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"KUBECONFIG"_s, m_api->kubeconfig());
        environment.insert(u"HOME"_s, m_api->folder()); // its discovery cache
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.setProgram(m_kubectl);
        process.setArguments(arguments);
    }

    Outcome run(const QStringList &words, const QByteArray &input = {}) const
    {
        QProcess process;
        arguments(process, words);
        process.start();
        process.write(input);
        process.closeWriteChannel();
        if (!process.waitForFinished(30'000))
            return {-1, u"kubectl did not end"_s};
        return {process.exitCode(), QString::fromUtf8(process.readAll())};
    }

    void check(const QList<Step> &steps) const
    {
        for (const Step &step : steps) {
            const Outcome outcome = run(step.arguments.split(u' '), step.input);
            const QByteArray shown = (u"kubectl "_s + step.arguments + u"\n"_s + outcome.output).toUtf8();
            QVERIFY2(outcome.code == step.code, shown.constData());
            QVERIFY2(outcome.output.contains(step.expected), shown.constData());
        }
    }

    void makeRunningPod(const std::string &name = "p") const
    {
        QCOMPARE(m_api
                     ->call("POST", "/api/v1/namespaces/default/pods",
                            "{\"metadata\":{\"name\":\"" + name
                                + "\"},\"spec\":{\"nodeName\":\"n\",\"containers\":[{\"name\":\"c\","
                                  "\"image\":\"i:1\"}]}}")
                     .status,
                 201);
        QCOMPARE(m_api
                     ->call("PATCH", "/api/v1/namespaces/default/pods/" + name + "/status",
                            "{\"status\":{\"phase\":\"Running\"}}",
                            {{"content-type", "application/merge-patch+json"}})
                     .status,
                 200);
    }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("missing");
        for (const KubectlRow &row : eachKubectl())
            QTest::newRow(row.name) << row.program << row.missing;
    }

    void init()
    {
        QFETCH_GLOBAL(QString, program);
        QFETCH_GLOBAL(QString, missing);
        if (program.isEmpty())
            QSKIP(qPrintable(missing));
        m_kubectl = program;
        demo::ApiServerHooks hooks;
        hooks.log = [](const std::string &, const std::string &pod, const std::string &) {
            return pod == "quiet" ? std::nullopt
                                  : std::optional<std::string>("2026-01-01T00:00:00.000000001Z before\n\f\n"
                                                               "2026-01-01T00:00:01.000000001Z first\n"
                                                               "2026-01-01T00:00:02.000000001Z second\n");
        };
        hooks.forwardAddress =
            [this](const std::string &, const std::string &,
                   std::uint16_t port) -> std::optional<std::pair<std::string, std::uint16_t>> {
            return port == 80 ? std::optional(std::pair<std::string, std::uint16_t>("127.0.0.1", m_forwardTo))
                              : std::nullopt;
        };
        m_api = std::make_unique<ApiFixture>(std::move(hooks));
    }
    void cleanup() { m_api.reset(); }

    void appliesChangesAndDeletes()
    {
        QByteArray changed = Workload;
        changed.replace("web:1", "web:2").replace("one", "two");
        check(
            {{u"apply -f -"_s, u"deployment.apps/web created"_s, Workload},
             {u"apply -f -"_s, u"deployment.apps/web unchanged"_s, Workload},
             {u"diff -f -"_s, u"web:2"_s, changed, 1},
             {u"apply -f -"_s, u"deployment.apps/web configured"_s, changed},
             {u"apply --server-side --force-conflicts -f -"_s, u"deployment.apps/web serverside-applied"_s,
              changed},
             {u"get deployments -o wide"_s, u"web:2"_s},
             {u"describe service web"_s, u"app=web"_s},
             {u"scale deployment web --replicas=3"_s, u"scaled"_s},
             {u"get deployment web -o jsonpath={.spec.replicas}{.spec.template.spec.containers[*].env[*].value}"_s,
              u"3two"_s},
             {u"rollout restart deployment web"_s, u"restarted"_s},
             {u"delete -f -"_s, u"\"web\" deleted"_s, changed},
             {u"get all"_s, u"No resources found"_s}});
    }

    void labelsAnnotatesAndPatches()
    {
        check(
            {{u"create namespace shop"_s, u"namespace/shop created"_s},
             {u"create configmap x --from-literal=a=b -n shop"_s, u"configmap/x created"_s},
             {u"label configmap x tier=t -n shop"_s, u"labeled"_s},
             {u"annotate configmap x note=n -n shop"_s, u"annotated"_s},
             {u"patch configmap x -n shop -p {\"data\":{\"z\":\"1\"}}"_s, u"patched"_s},
             {u"get configmaps -A -l tier=t"_s, u"shop        x"_s},
             {u"get configmap x -n shop -o jsonpath={.data.a}{.data.z}"_s, u"b1"_s},
             {u"create secret generic s --from-literal=p=q -n shop"_s, u"secret/s created"_s},
             {u"get secret s -n shop -o jsonpath={.data.p}"_s, u"cQ=="_s},
             {u"create job j --image=x:1 -n shop -- run it"_s, u"job.batch/j created"_s},
             {u"get job j -n shop -o jsonpath={.spec.template.spec.containers[0].image}{.spec.template.spec.containers[0].command}"_s,
              u"x:1[\"run\",\"it\"]"_s},
             {u"delete namespace shop"_s, u"\"shop\" deleted"_s},
             {u"get namespace shop"_s, u"NotFound"_s, {}, 1}});
    }

    void refusesWhatIsWrong()
    {
        check({{u"apply -f -"_s, u"unknown field \"dat\""_s,
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndat: {a: b}\n", 1},
               {u"get nonsense"_s, u"the server doesn't have a resource type \"nonsense\""_s, {}, 1},
               {u"get configmap none"_s,
                u"Error from server (NotFound): configmaps \"none\" not found"_s,
                {},
                1},
               {u"--context viewer get pods"_s,
                u"pods is forbidden: User \"viewer\" cannot list resource \"pods\""_s,
                {},
                1},
               {u"--context reader get pods"_s, u"No resources found in shop namespace"_s},
               {u"--context reader create configmap x"_s, u"forbidden"_s, {}, 1}});
    }

    void asksForRightsAndSchemas()
    {
        check({{u"auth can-i delete pods"_s, u"yes"_s},
               {u"--context viewer auth can-i delete pods"_s, u"no"_s, {}, 1},
               {u"--context reader auth can-i list pods"_s, u"yes"_s},
               {u"explain deployment.spec.replicas"_s, u"replicas"_s},
               {u"api-resources --namespaced=false"_s, u"customresourcedefinitions"_s},
               {u"version"_s, u"1.37"_s}});
    }

    void watchesChanges()
    {
        QProcess process;
        arguments(process, {u"get"_s, u"configmaps"_s, u"-w"_s, u"--no-headers"_s});
        process.start();
        QByteArray seen;
        const auto has = [&](const char *text) {
            process.waitForReadyRead(50);
            seen += process.readAll();
            return seen.contains(text);
        };
        QTRY_VERIFY_WITH_TIMEOUT(has("kube-root-ca.crt"), 20'000);
        QCOMPARE(m_api
                     ->call("POST", "/api/v1/namespaces/default/configmaps",
                            "{\"metadata\":{\"name\":\"late\"},\"data\":{\"a\":\"1\",\"b\":\"2\"}}")
                     .status,
                 201);
        QTRY_VERIFY_WITH_TIMEOUT(has("late "), 20'000);
        process.kill();
        process.waitForFinished();
    }

    void readsLogs()
    {
        makeRunningPod();
        makeRunningPod(
            "quiet"); // it runs, and nothing was written yet: kubectl prints nothing, and that is no error
        check({{u"logs quiet"_s, QString(), {}, 0},
               {u"logs p"_s, u"first\nsecond\n"_s},
               {u"logs p --tail=1"_s, u"second\n"_s},
               {u"logs p --timestamps"_s, u"2026-01-01T00:00:01.000000001Z first\n"_s},
               {u"logs p --since-time=2026-01-01T00:00:02Z --timestamps --limit-bytes=24"_s,
                u"2026-01-01T00:00:02.0000"_s},
               {u"logs p --since=1s"_s, QString()},
               {u"logs p --previous"_s, u"before\n"_s},
               {u"logs quiet --previous"_s,
                u"previous terminated container \"c\" in pod \"quiet\" not found"_s,
                {},
                1},
               {u"logs p -c none"_s, u"none"_s, {}, 1},
               {u"logs absent"_s, u"pods \"absent\" not found"_s, {}, 1}});
    }

    void waitsForConditionsAndDeletions()
    {
        makeRunningPod();
        check({{u"wait pod/p --for=condition=Ready --timeout=1s"_s, u"timed out waiting"_s, {}, 1}});
        QCOMPARE(m_api
                     ->call("PATCH", "/api/v1/namespaces/default/pods/p/status",
                            "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}",
                            {{"content-type", "application/merge-patch+json"}})
                     .status,
                 200);
        check({{u"wait pod/p --for=condition=Ready --timeout=20s"_s, u"condition met"_s}});
    }

    void followsLogs()
    {
        makeRunningPod();
        QProcess process;
        arguments(process, {u"logs"_s, u"-f"_s, u"p"_s});
        process.start();
        QByteArray seen;
        const auto has = [&](const char *text) {
            process.waitForReadyRead(50);
            seen += process.readAll();
            return seen.contains(text);
        };
        QTRY_VERIFY_WITH_TIMEOUT(has("second\n"), 20'000);
        QCOMPARE(int(process.state()), int(QProcess::Running));
        QVERIFY(m_api->call("DELETE", "/api/v1/namespaces/default/pods/p?gracePeriodSeconds=0").status
                == 200);
        QTRY_COMPARE_WITH_TIMEOUT(int(process.state()), int(QProcess::NotRunning), 20'000);
        seen += process.readAll();
        QCOMPARE(seen, QByteArray("first\nsecond\n"));
    }

    void forwardsPorts()
    {
        makeRunningPod();
        QTcpServer echo;
        QVERIFY(echo.listen(QHostAddress::LocalHost));
        m_forwardTo = echo.serverPort();
        connect(&echo, &QTcpServer::newConnection, &echo, [&echo] {
            QTcpSocket *socket = echo.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->write(socket->readAll()); });
        });
        QProcess process;
        arguments(process, {u"port-forward"_s, u"pod/p"_s, u":80"_s});
        process.start();
        QByteArray said;
        const auto port = [&] {
            process.waitForReadyRead(50);
            said += process.readAll();
            const QByteArray mark = "127.0.0.1:";
            const qsizetype at = said.indexOf(mark);
            return at < 0 ? 0 : said.mid(at + mark.size(), said.indexOf(' ', at) - at - mark.size()).toInt();
        };
        QTRY_VERIFY_WITH_TIMEOUT(port() > 0, 20'000);
        QTcpSocket client;
        client.connectToHost(QHostAddress::LocalHost, quint16(port()));
        QByteArray sent(300'000, 'x'), received;
        sent.append("the end");
        client.write(sent);
        connect(&client, &QTcpSocket::readyRead, &client, [&] { received += client.readAll(); });
        QTRY_VERIFY2_WITH_TIMEOUT(received == sent, said.constData(), 20'000);
        client.disconnectFromHost();
        process.kill();
        process.waitForFinished();
    }

private:
    std::uint16_t m_forwardTo = 0;
};

SALLYPORT_TEST(kubectl_test, KubectlTest)
#include "kubectl_test.moc"
