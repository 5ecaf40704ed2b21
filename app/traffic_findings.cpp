// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/traffic_findings.h"

#include "app/own_probes.h"
#include "app/prometheus_place.h"
#include "app/strict_telemetry.h"
#include "models/analysis/findings.h"
#include "models/analysis/preflight_scene.h"
#include "models/analysis/refused_callers.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr qint64 TrafficSeconds = 60; // what came longer ago is the preflight's to tell

QList<const models::Pod *> strictPods(const models::Snapshot &snapshot)
{
    QList<const models::Pod *> pods;
    models::EffectiveModes modes(snapshot);
    for (const models::Pod &pod : snapshot.pods) {
        if (!pod.hasSidecar || pod.isGateway() || pod.phase != "Running"_L1)
            continue;
        const QList<int> ports = models::portsInMesh(pod, snapshot.servicesOf(pod));
        const bool isStrict = std::any_of(ports.begin(), ports.end(), [&](int port) {
            const models::EffectiveMode &mode = modes.of(pod, port);
            return mode.known && mode.enforced && mode.mode == models::MtlsMode::Strict;
        });
        if (isStrict)
            pods.append(&pod);
    }
    return pods;
}

void addRefused(TrafficFindings &found, kube::Client &client, const models::Snapshot &snapshot,
                std::stop_token stop)
{
    const QList<const models::Pod *> pods = strictPods(snapshot);
    std::vector<QFuture<kube::Result<kube::HttpResponse>>> logs;
    const auto asked = std::min<qsizetype>(pods.size(), MostLogs);
    for (qsizetype i = 0; i < asked; ++i)
        logs.push_back(client.rawGet(
            u"/api/v1/namespaces/%1/pods/%2/log?container=istio-proxy&tailLines=200&sinceSeconds=%3"_s
                .arg(pods[i]->nameSpace, pods[i]->name)
                .arg(models::RefusalsAreReadSeconds),
            stop));
    const QList<OwnProbes::Probe> probes = OwnProbes(client.transport().connection()).known();
    QSet<QString> podAddresses; // our own probes come from the API server
    for (const models::Pod &pod : snapshot.pods) {
        if (!pod.hostNetwork && !pod.ip.isEmpty())
            podAddresses.insert(pod.ip);
    }
    QList<models::RefusedConnection> refused;
    QString why;
    for (qsizetype i = 0; i < asked; ++i) {
        const auto log = logs[std::size_t(i)].result();
        if (!log) {
            why = log.error().message;
            continue;
        }
        QList<models::Refusal> refusals, admissions;
        for (const QByteArray &line : log->body.split('\n')) {
            const auto refusal = models::refusalOf(line);
            const bool isOurs = refusal && !podAddresses.contains(refusal->peer)
                && isOwnProbe(probes, pods[i]->nameSpace, pods[i]->name, refusal->at);
            if (refusal && !isOurs)
                refusals.append(*refusal);
            else if (const auto admission = models::admissionOf(line))
                admissions.append(*admission);
        }
        refused += models::refusedBy(pods[i]->nameSpace, pods[i]->name, refusals, admissions);
    }
    found.findings += models::refusedFindings(snapshot, refused);
    if (!why.isEmpty())
        found.notChecked.append(u"refused callers: the log of a STRICT pod's sidecar: "_s + why);
    if (pods.size() > asked)
        found.notChecked.append(
            u"refused callers: the logs of %1 of %2 STRICT pods were read"_s.arg(asked).arg(pods.size()));
}

} // namespace

TrafficFindings trafficFindings(kube::Client &client, const models::Snapshot &snapshot, const QDateTime &now,
                                std::stop_token stop)
{
    TrafficFindings found;
    if (auto telemetry = strictTelemetry(client, prometheusOf(snapshot), {}, TrafficSeconds, now, stop)) {
        telemetry->from =
            std::max(telemetry->from, now.addSecs(-TrafficSeconds)); // older data were not asked
        found.findings += models::trafficFindings(snapshot, *telemetry);
    } else {
        found.notChecked.append(
            u"traffic: Prometheus was not found or did not answer; `sallyportctl doctor` says why"_s);
    }
    if (snapshot.knowsModes())
        addRefused(found, client, snapshot, stop);
    return found;
}

} // namespace app
