// SPDX-License-Identifier: GPL-3.0-or-later
// How long the analyses take on a large cluster: 1,000 Mappings to 1,000 Services with 5,000 pods of ten
// ports each, of a mesh that is STRICT already and of one that is PERMISSIVE, where every branch of the preflight has work: clear
// text that was counted, callers without a sidecar, rules, policies, probes, doors from outside.
// A second argument times only what has it in its name.
#include "app/cluster_analysis.h"
#include "edge/value.h"
#include "models/analysis/strict_preflight.h"

#include <QFile>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>

using namespace Qt::StringLiterals;

namespace {

constexpr int Services = 1000;
constexpr int PodsEach = 5;
constexpr int Namespaces = 50;
constexpr int Rounds = 5;
constexpr int EachHundredth = 100; // of the Services has something that breaks

enum class Mesh { Strict, Permissive };

struct Figure
{
    std::string name;
    double milliseconds = 0;
};

void add(models::SnapshotInput &input, const QString &plural, const QString &nameSpace, const QString &name,
         const QByteArray &json)
{
    kube::Object object;
    object.nameSpace = nameSpace;
    object.name = name;
    object.json = json;
    input.objects[plural].append(object);
}

QByteArray containerPorts()
{
    QByteArray ports;
    for (int port = 8000; port < 8010; ++port)
        ports +=
            QByteArray(ports.isEmpty() ? "" : ",") + "{\"containerPort\":" + QByteArray::number(port) + "}";
    return ports;
}

void addEdge(models::SnapshotInput &input)
{
    add(input, u"deployments"_s, u"ambassador"_s, u"ambassador"_s,
        R"({"kind":"Deployment","metadata":{"name":"ambassador","namespace":"ambassador"},"spec":{"template":{"metadata":{"labels":{"service":"ambassador"}},)"
        R"("spec":{"containers":[{"name":"aes","image":"datawire/aes:1.11.2","env":[{"name":"AMBASSADOR_NAMESPACE","value":"ambassador"}]}]}}}})");
}

// What the preflight has to look at, of one Service.
void addHazards(models::SnapshotInput &input, int number, const QByteArray &team, const QByteArray &name)
{
    const QString nameSpace = QString::fromLatin1(team);
    const QByteArray host = name + "." + team + ".svc.cluster.local";
    const QByteArray metadata = "\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"" + team + "\"}";
    if (number % 2 == 0)
        add(input, u"destinationrules"_s, nameSpace, QString::fromLatin1(name),
            R"({"apiVersion":"networking.istio.io/v1beta1","kind":"DestinationRule",)" + metadata
                + R"(,"spec":{"host":")" + host + R"(","trafficPolicy":{"tls":{"mode":")"
                + (number % EachHundredth == 0 ? "DISABLE" : "ISTIO_MUTUAL") + R"("}}}})");
    if (number % 10 == 0) {
        add(input, u"ingresses"_s, nameSpace, QString::fromLatin1(name),
            R"({"apiVersion":"networking.k8s.io/v1","kind":"Ingress",)" + metadata
                + R"(,"spec":{"ingressClassName":"nginx","rules":[{"http":{"paths":[{"path":"/","backend":{"service":{"name":")"
                + name + R"(","port":{"number":80}}}}]}}]}})");
        add(input, u"servicemonitors"_s, nameSpace, QString::fromLatin1(name),
            R"({"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor",)" + metadata
                + R"(,"spec":{"selector":{"matchLabels":{"app":")" + name
                + R"("}},"endpoints":[{"port":"http"}]}})");
        add(input, u"cronjobs"_s, nameSpace, QString::fromLatin1(name),
            R"({"apiVersion":"batch/v1","kind":"CronJob",)" + metadata
                + R"(,"spec":{"schedule":"0 * * * *","jobTemplate":{"spec":{"template":{"metadata":{"annotations":{"sidecar.istio.io/inject":"false"}}}}}}})");
    }
    if (number % Namespaces == 0)
        add(input, u"sidecars"_s, nameSpace, QString::fromLatin1(name),
            R"({"apiVersion":"networking.istio.io/v1beta1","kind":"Sidecar",)" + metadata
                + R"(,"spec":{"egress":[{"hosts":["./*","istio-system/*"]}]}})");
}

models::SnapshotInput world(int mappingsEach, Mesh mesh = Mesh::Strict)
{
    models::SnapshotInput input;
    input.takenAt = QDateTime::currentDateTimeUtc();
    for (const QString &plural : {u"namespaces"_s, u"pods"_s, u"services"_s, u"deployments"_s,
                                  u"configmaps"_s, u"secrets"_s, u"peerauthentications"_s, u"mappings"_s,
                                  u"hosts"_s, u"tlscontexts"_s, u"modules"_s, u"destinationrules"_s})
        input.objects.insert(plural, {});
    if (mesh == Mesh::Permissive) {
        for (const QString &plural : {u"ingresses"_s, u"servicemonitors"_s, u"cronjobs"_s, u"sidecars"_s,
                                      u"jobs"_s, u"serviceentries"_s, u"networkpolicies"_s})
            input.objects.insert(plural, {});
        add(input, u"peerauthentications"_s, u"istio-system"_s, u"default"_s,
            R"({"kind":"PeerAuthentication","metadata":{"name":"default","namespace":"istio-system"},"spec":{"mtls":{"mode":"PERMISSIVE"}}})");
    }
    addEdge(input);
    const QByteArray ports = containerPorts();
    for (int i = 0; i < Services; ++i) {
        const QByteArray team = "team-" + QByteArray::number(i % Namespaces);
        const QByteArray name = "service-" + QByteArray::number(i);
        const QString nameSpace = QString::fromLatin1(team);
        const QByteArray metadata = "\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"" + team + "\"";
        if (i < Namespaces) {
            add(input, u"namespaces"_s, {}, nameSpace,
                "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + team
                    + "\",\"labels\":{\"istio-injection\":\"enabled\"}}}");
            if (mesh == Mesh::Strict)
                add(input, u"peerauthentications"_s, nameSpace, u"default"_s,
                    R"({"kind":"PeerAuthentication","metadata":{"name":"default","namespace":")" + team
                        + R"("},"spec":{"mtls":{"mode":"STRICT"}}})");
        }
        if (mesh == Mesh::Permissive)
            addHazards(input, i, team, name);
        for (int mapping = 0; mapping < mappingsEach; ++mapping) {
            const QByteArray own = name + "-" + QByteArray::number(mapping);
            add(input, u"mappings"_s, nameSpace, QString::fromLatin1(own),
                "{\"apiVersion\":\"getambassador.io/v2\",\"kind\":\"Mapping\",\"metadata\":{\"name\":\"" + own
                    + "\",\"namespace\":\"" + team + "\"},\"spec\":{\"prefix\":\"/" + own
                    + "/\",\"service\":\"" + name + ":80\"}}");
        }
        add(input, u"services"_s, nameSpace, QString::fromLatin1(name),
            "{\"kind\":\"Service\"," + metadata + "},\"spec\":{\"selector\":{\"app\":\"" + name
                + "\",\"tier\":\"all\"},\"ports\":[{\"name\":\"http\",\"port\":80,\"targetPort\":8000}]}}");
        for (int pod = 0; pod < PodsEach; ++pod) {
            const QByteArray podName = name + "-abc-" + QByteArray::number(pod);
            add(input, u"pods"_s, nameSpace, QString::fromLatin1(podName),
                "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + podName + "\",\"namespace\":\"" + team
                    + "\",\"labels\":{\"app\":\"" + name
                    + "\",\"tier\":\"all\",\"pod-template-hash\":\"abc\"},\"ownerReferences\":[{"
                      "\"controller\":true,\"name\":\""
                    + name + "-abc\"}]},\"spec\":{\"containers\":[{\"name\":\"app\",\"ports\":[" + ports
                    + "]},{\"name\":\"istio-proxy\"}]},\"status\":{\"phase\":\"Running\",\"conditions\":[{"
                      "\"type\":\"Ready\",\"status\":\"True\"}]}}");
        }
    }
    return input;
}

// A week of it, in which every hundredth server was called in clear text.
models::StrictTelemetry telemetry(const QDateTime &now)
{
    models::StrictTelemetry seen;
    seen.to = now;
    seen.from = now.addDays(-8);
    for (int i = 0; i < Services; ++i) {
        const QString nameSpace = u"team-%1"_s.arg(i % Namespaces);
        const QString workload = u"service-%1"_s.arg(i);
        seen.covered.insert(nameSpace + u'/' + workload);
        if (i % EachHundredth != 0)
            continue;
        models::StrictTelemetry::Plaintext one;
        one.nameSpace = nameSpace;
        one.workload = workload;
        one.sourceNamespace = nameSpace;
        one.sourceWorkload = u"service-%1"_s.arg((i + Namespaces) % Services);
        one.requests = 10;
        seen.plaintext.append(one);
    }
    return seen;
}

std::string wanted; // part of a name, empty for all

bool isWanted(const std::string &name) { return name.find(wanted) != std::string::npos; }

Figure timed(const std::string &name, const std::function<void()> &work)
{
    double best = 0;
    if (!isWanted(name))
        return {name, best};
    for (int round = 0; round < Rounds; ++round) {
        const std::clock_t start = std::clock(); // of the processor: others may be at work beside
        work();
        const double took = double(std::clock() - start) * 1000 / CLOCKS_PER_SEC;
        best = round == 0 ? took : std::min(best, took);
    }
    std::printf("%-52s %9.1f ms of CPU\n", name.c_str(), best);
    return {name, best};
}

bool write(const char *path, const std::vector<Figure> &figures)
{
    edge::Value list = edge::Value::array();
    for (const Figure &figure : figures)
        list.push(edge::Value::object({{"name", figure.name},
                                       {"value", figure.milliseconds},
                                       {"unit", "ms"},
                                       {"peer", "none"},
                                       {"ratio", 1},
                                       {"rounds", Rounds}}));
    QFile file(QString::fromLocal8Bit(path));
    return file.open(QIODevice::WriteOnly)
        && file.write(QByteArray::fromStdString(edge::toJson(list, 2))) > 0;
}

struct Event
{
    const char *name;
    QString plural;
    QByteArray place; // in the JSON of an object, where what follows is put in
    QByteArray change;
};

// One event: an object says something else than before, and all that the console shows is made again.
void addReruns(std::vector<Figure> &figures, int mappingsEach, const std::string &size,
               Mesh mesh = Mesh::Strict)
{
    const Event events[] = {{"pod", u"pods"_s, "\"phase\":", "\"podIP\":\"10.0.0.1\","},
                            {"service", u"services"_s, "\"ports\":", "\"clusterIP\":\"10.0.0.1\","},
                            {"mapping", u"mappings"_s, "\"prefix\":", "\"timeout_ms\":1000,"},
                            {"policy", u"peerauthentications"_s, "\"mode\":", "\"other\":1,"}};
    const auto nameOf = [&](const Event &event) {
        return "rerun-after-a-" + std::string(event.name) + "-" + size;
    };
    if (std::none_of(std::begin(events), std::end(events),
                     [&](const Event &one) { return isWanted(nameOf(one)); }))
        return;
    models::SnapshotInput input = world(mappingsEach, mesh);
    app::ClusterAnalyst analyst;
    analyst.analyse(input, {});
    qsizetype turn = 0;
    for (const Event &event : events) {
        QList<kube::Object> &objects = input.objects[event.plural];
        figures.push_back(timed(nameOf(event), [&] {
            QByteArray &json = objects[turn++ % objects.size()].json;
            json.insert(json.indexOf(event.place), event.change);
            analyst.analyse(input, {});
        }));
    }
}

void addPermissive(std::vector<Figure> &figures)
{
    const std::string name = "preflight-1000-mappings-5000-pods-permissive-with-telemetry";
    if (!isWanted(name))
        return;
    const models::SnapshotInput input = world(1, Mesh::Permissive);
    const auto snapshot = models::makeSnapshot(input);
    const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
    models::PreflightInput asked;
    asked.telemetry = telemetry(input.takenAt);
    asked.missingRights = QStringList();
    asked.dryRun = QString();
    models::PreflightReport report;
    figures.push_back(timed(name, [&] { report = models::strictPreflight(*snapshot, view, asked); }));
    std::printf("  %d ports become STRICT, %d rows\n", report.becomingStrict, int(report.rows.size()));
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    wanted = argc > 2 ? argv[2] : "";
    const models::SnapshotInput input = world(1);
    const auto snapshot = models::makeSnapshot(input);
    const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
    models::PreflightInput preflight;
    std::vector<Figure> figures;
    figures.push_back(timed("snapshot-1000-mappings-5000-pods", [&] { models::makeSnapshot(input); }));
    figures.push_back(
        timed("edge-view-1000-mappings-5000-pods", [&] { models::viewEdge(*snapshot, view.installation); }));
    figures.push_back(
        timed("effective-mode-5000-pods-10-ports", [&] { models::workloadPostures(*snapshot); }));
    figures.push_back(timed("findings-1000-mappings-5000-pods",
                            [&] { models::clusterFindings(*snapshot, view, {}, input.takenAt); }));
    figures.push_back(timed("preflight-1000-mappings-5000-pods",
                            [&] { models::strictPreflight(*snapshot, view, preflight); }));
    addPermissive(figures);
    addReruns(figures, 1, "1000-mappings-5000-pods");
    addReruns(figures, 1, "1000-mappings-5000-pods-permissive", Mesh::Permissive);
    addReruns(figures, 10, "10000-mappings-5000-pods");
    return write(argv[1], figures) ? 0 : 1;
}
