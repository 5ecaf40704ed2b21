// SPDX-License-Identifier: GPL-3.0-or-later
// How long the analyses take on a large cluster: 1,000 Mappings to 1,000 Services with 5,000 pods of ten
// ports each.
#include "edge/value.h"
#include "models/analysis/certificates.h"
#include "models/analysis/findings.h"
#include "models/analysis/guide_checks.h"
#include "models/analysis/strict_preflight.h"
#include "models/resources/snapshot_maker.h"

#include <QElapsedTimer>
#include <QFile>

#include <cstdio>
#include <functional>

using namespace Qt::StringLiterals;

namespace {

constexpr int Mappings = 1000;
constexpr int PodsEach = 5;
constexpr int Namespaces = 50;
constexpr int Rounds = 5;

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

models::SnapshotInput world()
{
    models::SnapshotInput input;
    input.takenAt = QDateTime::currentDateTimeUtc();
    for (const QString &plural : {u"namespaces"_s, u"pods"_s, u"services"_s, u"deployments"_s,
                                  u"configmaps"_s, u"secrets"_s, u"peerauthentications"_s, u"mappings"_s,
                                  u"hosts"_s, u"tlscontexts"_s, u"modules"_s, u"destinationrules"_s})
        input.objects.insert(plural, {});
    addEdge(input);
    const QByteArray ports = containerPorts();
    for (int i = 0; i < Mappings; ++i) {
        const QByteArray team = "team-" + QByteArray::number(i % Namespaces);
        const QByteArray name = "service-" + QByteArray::number(i);
        const QString nameSpace = QString::fromLatin1(team);
        const QByteArray metadata = "\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"" + team + "\"";
        if (i < Namespaces) {
            add(input, u"namespaces"_s, {}, nameSpace,
                "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + team
                    + "\",\"labels\":{\"istio-injection\":\"enabled\"}}}");
            add(input, u"peerauthentications"_s, nameSpace, u"default"_s,
                "{\"kind\":\"PeerAuthentication\",\"metadata\":{\"name\":\"default\",\"namespace\":\"" + team
                    + "\"},\"spec\":{\"mtls\":{\"mode\":\"STRICT\"}}}");
        }
        add(input, u"mappings"_s, nameSpace, QString::fromLatin1(name),
            "{\"apiVersion\":\"getambassador.io/v2\",\"kind\":\"Mapping\"," + metadata
                + "},\"spec\":{\"prefix\":\"/" + name + "/\",\"service\":\"" + name + ":80\"}}");
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

Figure timed(const char *name, const std::function<void()> &work)
{
    double best = 0;
    for (int round = 0; round < Rounds; ++round) {
        QElapsedTimer timer;
        timer.start();
        work();
        const double took = double(timer.nsecsElapsed()) / 1e6;
        best = round == 0 ? took : std::min(best, took);
    }
    std::printf("%-44s %9.1f ms\n", name, best);
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

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    const models::SnapshotInput input = world();
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
    // One event: a pod is another one than before; everything is judged again, only that pod is read again.
    models::SnapshotMaker maker;
    maker.make(input);
    models::SnapshotInput after = input;
    int turn = 0;
    const auto nextEvent = [&] {
        kube::Object &pod = after.objects[u"pods"_s][turn++ % 5000];
        pod.json = QByteArray(pod.json.constData(), pod.json.size());
    };
    figures.push_back(timed("snapshot-after-one-event", [&] {
        nextEvent();
        maker.make(after);
    }));
    figures.push_back(timed("rerun-after-one-event-1000-mappings-5000-pods", [&] {
        nextEvent();
        const auto again = maker.make(after);
        const models::EdgeView edge = models::viewEdge(*again, *again->edge({}));
        const auto certificates = models::certificateRows(*again, edge, {});
        models::workloadPostures(*again);
        models::guideSteps(*again, edge);
        models::clusterFindings(*again, edge, certificates, after.takenAt);
    }));
    return write(argv[1], figures) ? 0 : 1;
}
