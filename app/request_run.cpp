// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/request_run.h"

#include "app/edge_access.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

models::RequestOutcome notSent(const QString &why)
{
    models::RequestOutcome outcome;
    outcome.error = why;
    return outcome;
}

QString advice(const edge::Error &error, const QString &otherWay)
{
    using Kind = edge::Error::Kind;
    switch (error.kind) {
    case Kind::Timeout:
        return u"the address may be filtered, or the upstream hangs: look at the edge's log, or allow more time by --timeout"_s;
    case Kind::Tls:
        return u"does this port speak TLS? Try the other scheme, or the name that its certificate is for"_s;
    case Kind::Closed: return u"is this the edge's own port? Its log says why it closed the connection"_s;
    case Kind::Protocol: return u"is this the edge's own port? Something else seems to answer there"_s;
    case Kind::Connect:
    case Kind::UnknownName: return u"check the address of the edge's Service, or %1"_s.arg(otherWay);
    case Kind::Cancelled: return u"send it again"_s;
    case Kind::Config:
    case Kind::Parse: break;
    }
    return u"check the request"_s;
}

struct Way
{
    std::optional<EdgeAccess> access;
    QString problem;
};

bool isOfCluster(const QString &via) { return via == "edge"_L1 || via == "proxy"_L1; }

Way chooseWay(const ClusterAnalysis &analysis, const models::RequestSpec &spec, const QString &otherWay)
{
    const bool tls = spec.url.scheme() == "https"_L1;
    if (!isOfCluster(spec.via)) {
        if (const QString problem = wayProblem(spec.via); !problem.isEmpty())
            return {{}, problem};
        const QUrl address(u"//"_s + spec.via);
        return {EdgeAccess{address.host(), quint16(address.port()), {}, {}, {}, u"the address given"_s}, {}};
    }
    if (!analysis.hasEdge)
        return {{}, u"%1, or %2"_s.arg(whyNoEdge(*analysis.snapshot), otherWay)};
    for (const EdgeAccess &access : edgeAccesses(*analysis.snapshot, analysis.view.installation, tls)) {
        if (spec.via == "edge"_L1 || access.host.isEmpty())
            return {access, {}};
    }
    return {{},
            u"no Service of %1 has a port for %2; %3"_s.arg(analysis.view.installation.key(),
                                                            spec.url.scheme(), otherWay)};
}

models::RequestOutcome throughProxy(kube::Client &client, const EdgeAccess &access,
                                    const models::RequestSpec &spec, const QString &otherWay,
                                    std::stop_token stop)
{
    if (spec.method != "GET"_L1 || !spec.headers.isEmpty())
        return notSent(u"the API server's proxy carries GET without own headers only; %1"_s.arg(otherWay));
    const QString path = QString::fromLatin1(models::targetOf(spec));
    const auto answer =
        client
            .rawGet(kube::serviceProxyPath(access.nameSpace, access.service, access.servicePort, path), stop)
            .result();
    models::RequestOutcome outcome;
    if (!answer) {
        outcome.status = answer.error().httpStatus;
        outcome.body = answer.error().message.toUtf8();
        if (outcome.status == 0)
            outcome.error = answer.error().message;
        return outcome;
    }
    outcome.status = answer->status;
    outcome.body = answer->body;
    outcome.headers.append({u"content-type"_s, QString::fromUtf8(answer->contentType)});
    return outcome;
}

// Envoy's own metrics of every ready edge pod, as Ambassador serves them on 8877; "" where they cannot be read.
QByteArray edgeMetrics(kube::Client &client, const ClusterAnalysis &analysis, std::stop_token stop)
{
    QByteArray all;
    for (const models::Pod &pod : analysis.snapshot->pods) {
        if (pod.nameSpace != analysis.view.installation.nameSpace
            || pod.workload() != analysis.view.installation.name || !pod.ready)
            continue;
        const auto answer =
            client
                .rawGet(u"/api/v1/namespaces/%1/pods/%2:8877/proxy/metrics"_s.arg(pod.nameSpace, pod.name),
                        stop)
                .result();
        if (answer && answer->status == 200)
            all += answer->body + '\n';
    }
    return all;
}

QString headerOf(const models::RequestOutcome &outcome, const QString &name)
{
    for (const auto &[key, text] : outcome.headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0)
            return text;
    }
    return {};
}

bool isEdgesOwnFailure(const models::RequestOutcome &outcome)
{
    return outcome.status == 503 && outcome.body.startsWith("upstream connect error");
}

} // namespace

std::optional<double> clusterRequests(const QByteArray &metrics, const QString &name)
{
    const QByteArray label = "envoy_cluster_name=\"" + name.toUtf8() + '"';
    std::optional<double> sum;
    for (const QByteArray &line : metrics.split('\n')) {
        if (line.startsWith("envoy_cluster_upstream_rq_total{") && line.contains(label))
            sum = sum.value_or(0)
                + line.mid(line.lastIndexOf('}') + 1).trimmed().split(' ').value(0).toDouble();
    }
    return sum;
}

void confirmByCounters(models::RequestOutcome &outcome, const models::Prediction &prediction,
                       const QByteArray &before, const QByteArray &after)
{
    outcome.predictionHeld =
        prediction.status != 0 ? outcome.status == prediction.status : !isEdgesOwnFailure(outcome);
    const QString location = headerOf(outcome, u"location"_s); // the API server's proxy carries none
    if (!prediction.location.isEmpty() && !location.isEmpty() && location != prediction.location)
        outcome.predictionHeld = false;
    if (prediction.counter.isEmpty() || before.isEmpty() || after.isEmpty())
        return;
    const double grown = clusterRequests(after, prediction.counter).value_or(0)
        - clusterRequests(before, prediction.counter).value_or(0);
    if (grown >= 1) {
        outcome.servedBy = prediction.mapping;
        outcome.confirmedBy = u"the edge's counters: cluster %1 took %2 more%3"_s.arg(prediction.cluster)
                                  .arg(grown)
                                  .arg(grown > 1 ? u", others' requests among them"_s : QString());
    } else {
        outcome.predictionHeld = false;
        outcome.confirmedBy =
            u"not confirmed: the edge's counter of cluster %1 did not move"_s.arg(prediction.cluster);
    }
}

QString wayProblem(const QString &via)
{
    const QUrl address(u"//"_s + via);
    const bool isAddress = address.isValid() && !address.host().isEmpty() && address.port() > 0;
    return isOfCluster(via) || isAddress
        ? QString()
        : u"--via %1 is no address; give HOST:PORT, edge or proxy"_s.arg(via);
}

models::RequestOutcome runRequest(const RequestTools &tools, const ClusterAnalysis &analysis,
                                  const models::RequestSpec &spec, const models::Prediction &prediction,
                                  int timeoutMs, std::stop_token stop)
{
    const Way way = chooseWay(analysis, spec, tools.otherWay);
    if (!way.access)
        return notSent(way.problem);
    const bool counted = tools.client && analysis.hasEdge;
    const QByteArray before = counted ? edgeMetrics(*tools.client, analysis, stop) : QByteArray();
    models::RequestOutcome outcome;
    if (way.access->host.isEmpty()) {
        outcome = throughProxy(*tools.client, *way.access, spec, tools.otherWay, stop);
    } else {
        const auto request = clientRequest(spec, way.access->host, way.access->port, timeoutMs);
        if (!request)
            return notSent(QString::fromStdString(request.error().message));
        const auto reply = tools.edge->send(*request, stop).result();
        outcome = outcomeOf(reply);
        if (!reply)
            outcome.error = u"%1 by %2:%3 (%4): %5; %6"_s.arg(
                spec.url.toString(QUrl::RemoveUserInfo), way.access->host, QString::number(way.access->port),
                way.access->how, outcome.error, advice(reply.error(), tools.otherWay));
    }
    if (outcome.error.isEmpty())
        confirmByCounters(outcome, prediction, before,
                          counted ? edgeMetrics(*tools.client, analysis, stop) : QByteArray());
    return outcome;
}

} // namespace app
