// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/edge_proxies.h"

#include "app/cluster_forward.h"
#include "edge/client.h"
#include "models/analysis/mesh_certificates.h"

#include <QDeadlineTimer>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int EnvoyAdminPort = 8001; // Ambassador's and Emissary's (facts integration-guide.md §15)
constexpr int AdminTimeoutMs = 10'000;
constexpr qsizetype PodsOfAnEdge = 3; // they run the same configuration; more would only cost requests
constexpr int SidecarAdminPort = 15000;
constexpr qsizetype SidecarsAsked = 40;
constexpr std::chrono::seconds SidecarsTime{8};

asio::awaitable<void> fetchInto(edge::ClientRequest request, edge::Result<edge::Reply> &reply)
{
    reply = co_await edge::fetch(std::move(request));
}

edge::Result<edge::Reply> fetchHere(quint16 port, const QString &path, int timeoutMs, std::stop_token stop)
{
    edge::ClientRequest request;
    request.port = port;
    request.timeout = std::chrono::milliseconds(timeoutMs);
    request.bodyLimit = 4 << 20;
    request.head.method = "GET";
    request.head.target = path.toStdString();
    request.head.headers.set("Host", "localhost");
    request.head.headers.add("User-Agent", "sallyport/" SALLYPORT_VERSION);
    edge::Result<edge::Reply> reply =
        edge::failure(edge::Error::Kind::Cancelled, "the request was cancelled");
    asio::io_context loop{1};
    const std::stop_callback onStop(stop, [&loop] { asio::post(loop, [&loop] { loop.stop(); }); });
    asio::co_spawn(loop, fetchInto(std::move(request), reply), [](std::exception_ptr) {});
    loop.run();
    return reply;
}

} // namespace

kube::Result<QByteArray> getFromPod(kube::Client &client, const PodPort &from, const QString &path,
                                    int timeoutMs, std::stop_token stop)
{
    const QString where = u"pod %1/%2, port %3: "_s.arg(from.nameSpace, from.pod).arg(from.port);
    ClusterForward forward(
        client, {kube::ForwardTarget::Kind::Pod, from.nameSpace, from.pod, QString::number(from.port)});
    if (!forward.port())
        return tl::unexpected(forward.port().error());
    const auto reply = fetchHere(*forward.port(), path, timeoutMs, stop);
    if (!reply) {
        const QString said = forward.lastError();
        return kube::failure(kube::Error::Kind::Unreachable,
                             where + (said.isEmpty() ? QString::fromStdString(reply.error().message) : said));
    }
    if (reply->head.status != 200)
        return kube::failure(kube::Error::Kind::Server,
                             where + u"%1 answered %2"_s.arg(path).arg(reply->head.status));
    return QByteArray::fromStdString(reply->body);
}

namespace {

models::ProxyCertificates askProxy(kube::Client &client, const models::Pod &pod, int port,
                                   std::stop_token stop)
{
    models::ProxyCertificates proxy{pod.nameSpace, pod.name, {}, {}, {}};
    const auto answer =
        getFromPod(client, {pod.nameSpace, pod.name, port}, u"/certs"_s, AdminTimeoutMs, stop);
    const auto loaded = answer
        ? models::readProxyCertificates(*answer)
        : kube::Result<QList<models::LoadedCertificate>>(tl::unexpected(answer.error()));
    proxy.seenAt = QDateTime::currentDateTimeUtc();
    if (loaded)
        proxy.certificates = *loaded;
    else
        proxy.error = loaded.error().message;
    return proxy;
}

} // namespace

QList<models::ProxyCertificates> readEdgeProxies(kube::Client &client,
                                                 const QList<models::EdgeInstallation> &edges,
                                                 const QList<models::Pod> &pods, std::stop_token stop)
{
    QList<models::ProxyCertificates> all;
    for (const models::EdgeInstallation &edge : edges) {
        qsizetype asked = 0;
        for (const models::Pod &pod : pods) {
            if (stop.stop_requested() || asked == PodsOfAnEdge)
                break;
            if (!models::isPodOf(pod, edge) || pod.phase != "Running"_L1)
                continue;
            ++asked;
            all.append(askProxy(client, pod, EnvoyAdminPort, stop));
        }
    }
    return all;
}

QList<models::ProxyCertificates> readMeshProxies(kube::Client &client, const QList<models::Pod> &pods,
                                                 std::stop_token stop)
{
    QList<models::ProxyCertificates> all;
    const QDeadlineTimer deadline{SidecarsTime};
    for (const models::Pod &pod : pods) {
        if (stop.stop_requested())
            break;
        if (all.size() < SidecarsAsked && !deadline.hasExpired())
            all.append(askProxy(client, pod, SidecarAdminPort, stop));
        else
            all.append({pod.nameSpace,
                        pod.name,
                        QDateTime::currentDateTimeUtc(),
                        u"not more than %1 sidecars are asked, nor longer than %2 s"_s.arg(SidecarsAsked)
                            .arg(SidecarsTime.count()),
                        {}});
    }
    return all;
}

namespace {

std::shared_ptr<const models::Snapshot> podsOf(const models::SnapshotInput &input)
{
    models::SnapshotInput few;
    for (const QString &plural : {u"deployments"_s, u"pods"_s})
        few.objects.insert(plural, input.objects.value(plural));
    return models::makeSnapshot(few);
}

QList<models::ProxyCertificates> edgeProxiesOf(kube::Client &client, const models::Snapshot &snapshot,
                                               std::stop_token stop)
{
    const QList<models::Pod> pods(snapshot.pods.begin(), snapshot.pods.end());
    return readEdgeProxies(client, snapshot.edges, pods, stop);
}

} // namespace

void fetchEdgeProxies(kube::Client &client, models::SnapshotInput &input, std::stop_token stop)
{
    const auto snapshot = podsOf(input);
    input.edgeProxies = edgeProxiesOf(client, *snapshot, stop);
}

void fetchProxies(kube::Client &client, models::SnapshotInput &input, std::stop_token stop)
{
    const auto snapshot = podsOf(input);
    input.edgeProxies = edgeProxiesOf(client, *snapshot, stop);
    input.meshProxies = readMeshProxies(client, models::meshPodsToAsk(*snapshot), stop);
}

} // namespace app
