// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/edge_proxies.h"

#include "app/cluster_forward.h"
#include "app/rights.h"
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
constexpr std::size_t BodyLimit = std::size_t(512)
    << 20; // a large mesh has some megabytes of listeners, 100,000 Mappings are some hundreds
constexpr int DiagPort = 8877;
constexpr int LargeTimeoutMs = 60'000; // Ambassador makes its diagnostics anew for each who asks
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
    request.bodyLimit = BodyLimit;
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

namespace {

// Several questions to one port of a pod, through one port-forward.
class ForwardedPort
{
public:
    ForwardedPort(kube::Client &client, const PodPort &port)
        : m_where(u"pod %1/%2, port %3: "_s.arg(port.nameSpace, port.pod).arg(port.port))
        , m_forward(client,
                    {kube::ForwardTarget::Kind::Pod, port.nameSpace, port.pod, QString::number(port.port)})
    {
    }
    kube::Result<QByteArray> get(const QString &path, int timeoutMs, std::stop_token stop);

private:
    QString m_where;
    ClusterForward m_forward;
};

kube::Result<QByteArray> ForwardedPort::get(const QString &path, int timeoutMs, std::stop_token stop)
{
    ClusterForward &forward = m_forward;
    const QString &where = m_where;
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

kube::Result<models::InboundModes> inboundOf(ForwardedPort &admin, std::stop_token stop)
{
    // Envoy before 1.14 knows no ?resource= and sends everything.
    const auto answer = admin.get(u"/config_dump?resource=dynamic_listeners"_s, AdminTimeoutMs, stop);
    return answer ? models::readInboundModes(*answer)
                  : kube::Result<models::InboundModes>(tl::unexpected(answer.error()));
}

void askInbound(models::ProxyCertificates &proxy, ForwardedPort &admin, std::stop_token stop)
{
    const auto modes = inboundOf(admin, stop);
    if (modes)
        proxy.inbound = *modes;
    else
        proxy.inboundError = modes.error().message;
}

enum class Proxy { OfEdge, Sidecar };

models::ProxyCertificates askProxy(kube::Client &client, const models::Pod &pod, Proxy kind,
                                   std::stop_token stop)
{
    models::ProxyCertificates proxy{pod.nameSpace, pod.name, {}, {}, {}};
    const int port = kind == Proxy::Sidecar ? SidecarAdminPort : EnvoyAdminPort;
    ForwardedPort admin(client, {pod.nameSpace, pod.name, port});
    const auto answer = admin.get(u"/certs"_s, AdminTimeoutMs, stop);
    const auto loaded = answer
        ? models::readProxyCertificates(*answer)
        : kube::Result<QList<models::LoadedCertificate>>(tl::unexpected(answer.error()));
    proxy.seenAt = QDateTime::currentDateTimeUtc();
    if (loaded)
        proxy.certificates = *loaded;
    else
        proxy.error = loaded.error().message;
    if (loaded && kind == Proxy::Sidecar)
        askInbound(proxy, admin, stop);
    return proxy;
}

} // namespace

kube::Result<models::InboundModes> readInbound(kube::Client &client, const models::Pod &pod,
                                               std::stop_token stop)
{
    ForwardedPort admin(client, {pod.nameSpace, pod.name, SidecarAdminPort});
    return inboundOf(admin, stop);
}

kube::Result<QByteArray> getFromPod(kube::Client &client, const PodPort &from, const QString &path,
                                    int timeoutMs, std::stop_token stop)
{
    return ForwardedPort(client, from).get(path, timeoutMs, stop);
}

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
            all.append(askProxy(client, pod, Proxy::OfEdge, stop));
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
            all.append(askProxy(client, pod, Proxy::Sidecar, stop));
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

kube::Result<models::EnvoyRoutes> envoyRoutesOf(ForwardedPort &admin, std::stop_token stop)
{
    const auto listeners = admin.get(u"/config_dump?resource=dynamic_listeners"_s, LargeTimeoutMs, stop);
    if (!listeners)
        return tl::unexpected(listeners.error());
    auto found = models::readEnvoyRoutes(*listeners);
    if (!found || !found->routes.isEmpty())
        return found;
    // Newer ones get their routes by a stream of their own; where there is none, Envoy says so by an error.
    const auto lists = admin.get(u"/config_dump?resource=dynamic_route_configs"_s, LargeTimeoutMs, stop);
    auto routes = lists ? models::readEnvoyRoutes(*lists)
                        : kube::Result<models::EnvoyRoutes>(tl::unexpected(lists.error()));
    if (!routes || routes->routes.isEmpty())
        return found;
    if (routes->refused.isEmpty()) {
        routes->refused = found->refused;
        routes->refusedAt = found->refusedAt;
    }
    return routes;
}

models::EdgeRuntime askRuntime(kube::Client &client, const models::Pod &pod, std::stop_token stop)
{
    models::EdgeRuntime runtime;
    runtime.nameSpace = pod.nameSpace;
    runtime.pod = pod.name;
    runtime.diagReadAt = QDateTime::currentDateTimeUtc(); // what it answers may be newer, not older
    const auto answer = getFromPod(client, {pod.nameSpace, pod.name, DiagPort},
                                   u"/ambassador/v0/diag/?json=true"_s, LargeTimeoutMs, stop);
    const auto diag = answer ? models::readDiag(*answer)
                             : kube::Result<models::AmbassadorDiag>(tl::unexpected(answer.error()));
    if (diag)
        runtime.diag = *diag;
    else
        runtime.diagError = diag.error().message;
    ForwardedPort admin(client, {pod.nameSpace, pod.name, EnvoyAdminPort});
    runtime.envoyReadAt = QDateTime::currentDateTimeUtc();
    const auto routes = envoyRoutesOf(admin, stop);
    if (routes)
        runtime.envoy = *routes;
    else
        runtime.envoyError = routes.error().message;
    return runtime;
}

} // namespace

QList<models::EdgeRuntime> readEdgeRuntimes(kube::Client &client, const models::EdgeInstallation &edge,
                                            const QList<models::Pod> &pods, std::stop_token stop)
{
    const QStringList missing = missingRights(client, {rightToForward(edge.nameSpace)}, stop);
    QList<models::EdgeRuntime> all;
    for (const models::Pod &pod : pods) {
        if (stop.stop_requested() || all.size() == PodsOfAnEdge)
            break;
        if (!models::isPodOf(pod, edge) || pod.phase != "Running"_L1)
            continue;
        if (missing.isEmpty()) {
            all.append(askRuntime(client, pod, stop));
            continue;
        }
        const QString why = u"this needs "_s + missing.join(u" and "_s);
        const QDateTime now = QDateTime::currentDateTimeUtc();
        all.append({pod.nameSpace, pod.name, now, now, why, why, {}, {}});
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
