// SPDX-License-Identifier: GPL-3.0-or-later
// Real kubectls on the demo's API server: the one on the PATH, Debian's old 1.20 where ./dev setup has unpacked it, envtest's where
// KUBEBUILDER_ASSETS has one.
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

const char Gadgets[] =
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
    "gadgets.example.com}\n"
    "spec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: gadgets, kind: Gadget, shortNames: "
    "[gd]}\n"
    "  versions:\n  - name: v1\n    served: true\n    storage: true\n    subresources: {status: {}}\n    "
    "schema:\n"
    "      openAPIV3Schema:\n        type: object\n        description: A thing that turns.\n        "
    "properties:\n"
    "          spec:\n            type: object\n            required: [size]\n            properties:\n"
    "              size: {type: integer, minimum: 1, description: How large it is.}\n"
    "              colours: {type: array, items: {type: string}}\n"
    "          status:\n            type: object\n            x-kubernetes-preserve-unknown-fields: true\n";

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

    bool isOld() const { return m_kubectl == oldKubectl(); }

    void makeRunningPod(const std::string &name = "p") const
    {
        QCOMPARE(m_api
                     ->call("POST", "/api/v1/namespaces/default/pods",
                            "{\"metadata\":{\"name\":\"" + name
                                + "\",\"labels\":{\"app\":\"p\"}},\"spec\":{\"nodeName\":\"n\","
                                  "\"containers\":[{\"name\":\"c\",\"image\":\"i:1\",\"ports\":[{\"name\":"
                                  "\"http\",\"containerPort\":80}]}]}}")
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

    // From apply to apply --server-side, which takes along what was applied before, and back.
    void goesFromClientSideToServerSideApply()
    {
        const auto configMap = [](const QByteArray &value) -> QByteArray {
            return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: moved}\ndata: {a: " + value + "}\n";
        };
        check({{u"apply -f -"_s, u"configmap/moved created"_s, configMap("one")},
               {u"apply --server-side -f -"_s, u"configmap/moved serverside-applied"_s, configMap("two")},
               {u"get cm moved -o jsonpath={.data.a}"_s, u"two"_s},
               {u"apply --server-side --field-manager other -f -"_s, u"conflict with \"kubectl"_s,
                configMap("three"), 1}});
    }

    void autoscales()
    {
        check({{u"create deployment scaled --image=i:1"_s, u"created"_s},
               {u"autoscale deployment scaled --min=2 --max=5"_s,
                u"horizontalpodautoscaler.autoscaling/scaled autoscaled"_s},
               {u"get --raw /apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/scaled"_s,
                u"\"minReplicas\":2,\"maxReplicas\":5,\"metrics\":[{\"type\":\"Resource\",\"resource\":{"
                u"\"name\":\"cpu\","
                "\"target\":{\"type\":\"Utilization\",\"averageUtilization\":80}}}]"_s},
               {u"get --raw /apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers/scaled"_s,
                u"\"targetCPUUtilizationPercentage\":80"_s},
               {u"get hpa scaled"_s, u"Deployment/scaled"_s}});
    }

    void createsTokens()
    {
        if (run({u"create"_s, u"token"_s, u"--help"_s}).output.contains(u"unknown command"_s)
            || !run({u"create"_s, u"--help"_s}).output.contains(u"  token "_s))
            QSKIP("skipped: this kubectl creates no tokens");
        check({{u"create serviceaccount bot"_s, u"serviceaccount/bot created"_s},
               {u"create token bot"_s, u"eyJ"_s},
               {u"create token bot --duration 60s"_s,
                u"may not specify a duration less than 10 minutes"_s,
                {},
                1},
               {u"create token nosuch"_s, u"serviceaccounts \"nosuch\" not found"_s, {}, 1}});
    }

    void scalesCustomResources()
    {
        QByteArray gadgets = Gadgets;
        gadgets.replace("subresources: {status: {}}",
                        "subresources: {status: {}, scale: {specReplicasPath: .spec.size, "
                        "statusReplicasPath: .status.now}}");
        check({{u"apply -f -"_s, u"created"_s, gadgets},
               {u"wait --for=condition=Established crd/gadgets.example.com"_s, u"condition met"_s},
               {u"apply -f -"_s, u"gadget.example.com/g created"_s,
                "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: g}\nspec: {size: 2}\n"},
               {u"scale gadget/g --replicas=5"_s, u"gadget.example.com/g scaled"_s},
               {u"get gadget g -o jsonpath={.spec.size}"_s, u"5"_s},
               {u"scale gadget/g --current-replicas=5 --replicas=3"_s, u"scaled"_s},
               {u"scale gadget/g --current-replicas=5 --replicas=4"_s,
                u"xpected replicas to be 5, was 3"_s,
                {},
                1},
               {u"get gadget g -o jsonpath={.spec.size}"_s, u"3"_s},
               {u"scale gadget/none --replicas=1"_s, u"\"none\" not found"_s, {}, 1}});
    }

    // kubectl sends these as protobuf.
    void createsWithoutManifests()
    {
        check(
            {{u"create deployment d --image=i:1 --replicas=2 --port=80"_s, u"deployment.apps/d created"_s},
             {u"get deployment d -o jsonpath={.spec.replicas}{.spec.selector}{.spec.template.spec.containers[0].ports}"_s,
              u"2{\"matchLabels\":{\"app\":\"d\"}}[{\"containerPort\":80,\"protocol\":\"TCP\"}]"_s},
             {u"create deployment none --image=i:1 --replicas=0"_s, u"created"_s},
             {u"get deployment none -o jsonpath={.spec.replicas}"_s, u"0"_s},
             {u"create ingress i --rule=a.example/x=s:80"_s, u"ingress.networking.k8s.io/i created"_s},
             {u"get ingress i"_s, u"a.example"_s},
             {u"get ingress i -o jsonpath={.spec.rules[0].http.paths[0].backend.service}"_s,
              u"{\"name\":\"s\",\"port\":{\"number\":80}}"_s},
             {u"create quota q --hard=pods=3,cpu=500m"_s, u"resourcequota/q created"_s},
             {u"get quota q -o jsonpath={.spec.hard.pods}{.spec.hard.cpu}"_s, u"3500m"_s},
             {u"create priorityclass p --value=7"_s, u"priorityclass.scheduling.k8s.io/p created"_s},
             {u"get priorityclass p -o jsonpath={.value}"_s, u"7"_s}});
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
               {u"explain pod.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution"_s,
                u"topologyKey\t<string>"_s},
               {u"api-resources --namespaced=false"_s, u"customresourcedefinitions"_s},
               {u"version"_s, u"1.37"_s}});
    }

    void explainsAndKnowsACustomResource()
    {
        check({{u"apply -f -"_s, u"gadgets.example.com created"_s, Gadgets},
               {u"wait --for=condition=Established crd/gadgets.example.com --timeout=20s"_s,
                u"condition met"_s},
               {u"explain gadgets"_s, u"A thing that turns."_s},
               {u"explain gadgets.spec.size"_s, u"How large it is."_s},
               {u"explain gadgets.spec"_s, u"colours\t<[]string>"_s},
               {u"explain gadgets --recursive"_s, u"size\t<integer>"_s},
               {u"explain gadgets.spec.none"_s, u"none"_s, {}, 1},
               {u"api-resources --api-group=example.com"_s, u"gadgets"_s},
               {u"apply -f -"_s, u"gadget.example.com/g created"_s,
                "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: g}\nspec: {size: 1}\n"},
               {u"apply -f -"_s, u"gadget.example.com/g configured"_s,
                "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: g}\nspec: {size: 2, colours: "
                "[red]}\n"},
               {u"apply -f -"_s, u"spec.size"_s,
                "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: g}\nspec: {size: 0}\n", 1},
               {u"apply --server-side --force-conflicts -f -"_s, u"gadget.example.com/g serverside-applied"_s,
                "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: g}\nspec: {size: 3}\n"},
               {u"diff -f -"_s, u"+  size: 4"_s,
                "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: g}\nspec: {size: 4}\n", 1},
               {u"label gd g tier=t"_s, u"labeled"_s},
               {u"annotate gd g note=n"_s, u"annotated"_s},
               {u"patch gd g --type=merge -p {\"spec\":{\"size\":5}}"_s, u"patched"_s},
               {u"get gd g -o jsonpath={.spec.size}{.metadata.labels.tier}"_s, u"5t"_s},
               {u"describe gd g"_s, u"Size:"_s},
               {u"auth can-i patch gadgets.example.com"_s, u"yes"_s},
               {u"delete gd g"_s, u"deleted"_s},
               {u"delete crd gadgets.example.com"_s, u"deleted"_s},
               {u"get gd"_s,
                u"the server could not find the requested resource"_s,
                {},
                1}}); // from what it remembers
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
               {u"logs absent"_s, u"pods \"absent\" not found"_s, {}, 1},
               {u"logs -l app=p --tail=1"_s, u"second\n"_s},
               {u"logs p --all-containers"_s, u"first\nsecond\n"_s},
               {u"logs p --prefix"_s, u"[pod/p/c] first"_s}});
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
        if (!isOld())
            check({{u"wait pod/p --for=jsonpath={.status.phase}=Running --timeout=20s"_s, u"condition met"_s},
                   {u"wait pod/p --for=jsonpath={.status.phase}=Failed --timeout=1s"_s,
                    u"timed out waiting"_s,
                    {},
                    1}});
    }

    // What it waits for happens while it waits, as a watch tells it.
    void waitsForWhatIsStillToCome()
    {
        makeRunningPod();
        QProcess ready, gone;
        arguments(ready, {u"wait"_s, u"pod/p"_s, u"--for=condition=Ready"_s, u"--timeout=60s"_s});
        arguments(gone, {u"wait"_s, u"pod/p"_s, u"--for=delete"_s, u"--timeout=60s"_s});
        ready.start();
        gone.start();
        QVERIFY(ready.waitForStarted() && gone.waitForStarted());
        QVERIFY(!ready.waitForFinished(1000)); // it has found the pod as it is
        QCOMPARE(m_api
                     ->call("PATCH", "/api/v1/namespaces/default/pods/p/status",
                            "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}",
                            {{"content-type", "application/merge-patch+json"}})
                     .status,
                 200);
        QVERIFY2(ready.waitForFinished(20'000), "kubectl wait did not see the condition");
        QCOMPARE(ready.readAll(), QByteArray("pod/p condition met\n"));
        QCOMPARE(int(gone.state()), int(QProcess::Running));
        QCOMPARE(m_api->call("DELETE", "/api/v1/namespaces/default/pods/p?gracePeriodSeconds=0").status, 200);
        QVERIFY2(gone.waitForFinished(20'000), "kubectl wait did not see the deletion");
        QCOMPARE(gone.exitCode(), 0);
        QCOMPARE(gone.readAll(), QByteArray("pod/p condition met\n"));
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

    void forwardsPorts_data()
    {
        QTest::addColumn<QString>("target");
        QTest::newRow("a pod's port") << u"pod/p :80"_s;
        QTest::newRow("a pod's port by name") << u"pod/p :http"_s;
        QTest::newRow("a service's port") << u"svc/web :8080"_s;
        QTest::newRow("a deployment's pod") << u"deployment/web :80"_s;
    }
    void forwardsPorts()
    {
        QFETCH(QString, target);
        makeRunningPod();
        check({{u"apply -f -"_s, u"web created"_s,
                QByteArray("apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: p}, "
                           "ports: [{port: 8080, targetPort: http}]}\n---\n")
                    + QByteArray(Workload)
                          .left(QByteArray(Workload).indexOf("---"))
                          .replace("app: web", "app: p")}});
        QTcpServer echo; // which ends when its client has ended, and not before
        QVERIFY(echo.listen(QHostAddress::LocalHost));
        m_forwardTo = echo.serverPort();
        connect(&echo, &QTcpServer::newConnection, &echo, [&echo] {
            QTcpSocket *socket = echo.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->write(socket->readAll()); });
        });
        QProcess process;
        arguments(process, QStringList{u"port-forward"_s} + target.split(u' '));
        process.start();
        QByteArray said;
        const auto port = [&] {
            process.waitForReadyRead(50);
            said += process.readAll();
            const QByteArray mark = "127.0.0.1:";
            const qsizetype at = said.indexOf(mark);
            return at < 0 ? 0 : said.mid(at + mark.size(), said.indexOf(' ', at) - at - mark.size()).toInt();
        };
        QTRY_VERIFY2_WITH_TIMEOUT(port() > 0, said.constData(), 20'000);
        QTcpSocket client, second;
        client.connectToHost(QHostAddress::LocalHost, quint16(port()));
        second.connectToHost(QHostAddress::LocalHost, quint16(port()));
        QByteArray sent(300'000, 'x'), received, other;
        sent.append("the end");
        client.write(sent);
        second.write("beside it");
        connect(&client, &QTcpSocket::readyRead, &client, [&] { received += client.readAll(); });
        connect(&second, &QTcpSocket::readyRead, &second, [&] { other += second.readAll(); });
        QTRY_VERIFY2_WITH_TIMEOUT(received == sent, said.constData(), 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(other, QByteArray("beside it"), 20'000);
        client.disconnectFromHost();
        process.kill();
        process.waitForFinished();
    }

private:
    std::uint16_t m_forwardTo = 0;
};

SALLYPORT_TEST(kubectl_test, KubectlTest)
#include "kubectl_test.moc"
