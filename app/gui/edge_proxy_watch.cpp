// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/edge_proxy_watch.h"

#include "app/edge_proxies.h"
#include "models/analysis/certificate_users.h"
#include "models/analysis/certificates.h"
#include "models/analysis/mesh_certificates.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace app::gui {

namespace {

constexpr std::chrono::milliseconds Soonest = 2s, Latest = 10min, AfterError = 1min;
constexpr std::chrono::milliseconds WhileDiffering = 30s;
constexpr std::chrono::milliseconds PushTime = 2s; // istiod: 0.2 s of itself, more in a large mesh

bool arePodsEqual(const QList<models::Pod> &left, const QList<models::Pod> &right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const models::Pod &a, const models::Pod &b) {
                          return a.uid == b.uid && a.ready == b.ready && a.phase == b.phase;
                      });
}

bool isMeshCertificateUsed(const models::EdgeView &view)
{
    const models::EdgeInstallation &edge = view.installation;
    return edge.hasIstioCertificate
        && !models::certificateUsers(view)
                .value(edge.ambassadorNamespace + QLatin1String("/istio-certs"))
                .mappings.isEmpty();
}

// The leaves of the Secrets that something uses.
QStringList storedLeaves(const QList<models::CertificateRow> &rows)
{
    QStringList leaves;
    for (const models::CertificateRow &row : rows) {
        if (row.storedAt.kind == QLatin1String("Secret") && !row.usedBy.isEmpty() && !row.chain.isEmpty())
            leaves.append(row.chain.first().fingerprint);
    }
    leaves.sort();
    return leaves;
}

bool differsFromStored(const QList<models::CertificateRow> &rows)
{
    return std::any_of(rows.begin(), rows.end(), [](const models::CertificateRow &row) {
        return row.faultCode == QLatin1String("CERT-010") || row.faultCode == QLatin1String("CERT-013");
    });
}

} // namespace

namespace {

// Until it has been renewed, at half of its life, and before what is seen of it would be late (models/analysis/certificates.h).
std::chrono::milliseconds untilRenewed(const kube::Certificate &certificate, const QDateTime &now)
{
    constexpr double LeftWhenRenewed = 0.495;
    if (!certificate.notBefore.isValid())
        return Latest;
    const auto left = double(now.msecsTo(certificate.notAfter));
    const double share = 1 - models::lifeUsed(certificate.notBefore, certificate.notAfter, now);
    return share > LeftWhenRenewed ? std::chrono::milliseconds(qRound64(left * (1 - LeftWhenRenewed / share)))
                                   : Latest;
}

} // namespace

std::chrono::milliseconds nextLook(const QList<models::ProxyCertificates> &proxies, bool isExpected,
                                   const QDateTime &now)
{
    std::chrono::milliseconds wait = Latest;
    bool seen = false;
    for (const models::ProxyCertificates &proxy : proxies) {
        if (!proxy.error.isEmpty())
            wait = std::min(wait, AfterError);
        for (const models::LoadedCertificate &loaded : proxy.certificates) {
            if (!models::isIstioCertificate(loaded))
                continue;
            seen = true;
            const std::chrono::milliseconds left(now.msecsTo(loaded.certificate.notAfter));
            const auto next =
                std::min<std::chrono::milliseconds>(left / 10, untilRenewed(loaded.certificate, now));
            wait = std::min(wait, std::max(next, Soonest));
        }
    }
    return isExpected && !seen && wait == Latest ? Soonest : wait;
}

EdgeProxyWatch::EdgeProxyWatch(kube::Client &client, QObject *parent)
    : QObject(parent)
    , m_client(client)
{
    m_timer.setObjectName(QStringLiteral("edgeProxyWatch"));
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &EdgeProxyWatch::ask);
}

void EdgeProxyWatch::setAnalysis(const ClusterAnalysis &analysis, const HandshakePlan &handshakes)
{
    const models::Snapshot &snapshot = *analysis.snapshot;
    const bool isExpected = isMeshCertificateUsed(analysis.view);
    QList<models::Pod> pods;
    for (const models::Pod &pod : snapshot.pods) {
        if (std::any_of(snapshot.edges.begin(), snapshot.edges.end(),
                        [&](const auto &edge) { return models::isPodOf(pod, edge); }))
            pods.append(pod);
    }
    const QList<models::Pod> meshPods = models::meshPodsToAsk(snapshot);
    const QStringList stored = storedLeaves(analysis.certificates);
    const bool isKnown = m_edges == snapshot.edges && m_handshakes == handshakes && arePodsEqual(m_pods, pods)
        && arePodsEqual(m_meshPods, meshPods) && m_isExpected == isExpected;
    m_isExpected = isExpected;
    m_edges = snapshot.edges;
    m_pods = std::move(pods);
    m_meshPods = meshPods;
    const bool isPolicyNew = m_policies != snapshot.peerAuthentications;
    m_policies = snapshot.peerAuthentications;
    m_handshakes = handshakes;
    const bool isStoredNew = std::exchange(m_stored, stored) != stored;
    if (!isKnown)
        ask();
    else if (isPolicyNew || isStoredNew) // once istiod has pushed it, once the edge has taken it
        m_timer.start(PushTime);
    else if (differsFromStored(analysis.certificates) && m_timer.remainingTimeAsDuration() > WhileDiffering)
        m_timer.start(WhileDiffering);
}

void EdgeProxyWatch::ask()
{
    m_isOutdated = m_isAsking;
    if (m_isAsking)
        return;
    m_isAsking = true;
    m_work.run( // the edges first: their answer does not wait for the many sidecars
        this,
        [&client = m_client, edges = m_edges, pods = m_pods](std::stop_token stop) {
            return readEdgeProxies(client, edges, pods, stop);
        },
        [this](const QList<models::ProxyCertificates> &proxies) {
            m_proxies = proxies;
            Q_EMIT answered();
        });
    m_work.run(
        this,
        [&client = m_client, plan = m_handshakes](std::stop_token stop) {
            return askPresented(client, plan, stop);
        },
        [this](const QList<models::PresentedCertificate> &presented) {
            if (std::exchange(m_presented, presented) != presented)
                Q_EMIT answered();
        });
    m_work.run(
        this,
        [&client = m_client, pods = m_meshPods](std::stop_token stop) {
            return readMeshProxies(client, pods, stop);
        },
        [this](const QList<models::ProxyCertificates> &sidecars) { take(sidecars); });
}

void EdgeProxyWatch::take(const QList<models::ProxyCertificates> &sidecars)
{
    m_isAsking = false;
    m_sidecars = sidecars;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    m_timer.start(std::min(nextLook(m_proxies, m_isExpected, now), nextLook(m_sidecars, false, now)));
    Q_EMIT answered();
    if (m_isOutdated)
        ask();
}

} // namespace app::gui
