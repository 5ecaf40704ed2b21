// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/presented_certificates.h"

#include "app/cluster_forward.h"
#include "app/tls_handshake.h"
#include "models/analysis/presented_certificates.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int TimeoutMs = 3'000;

bool hasAddress(const QList<EdgeAccess> &ways)
{
    return std::any_of(ways.begin(), ways.end(), [](const EdgeAccess &way) { return !way.host.isEmpty(); });
}

// where: how it is reached, where that is no address of its own.
QList<models::PresentedCertificate> shakeAll(const HandshakePlan &plan, const QString &where,
                                             std::stop_token stop)
{
    QList<models::PresentedCertificate> all;
    QString unreachable;
    for (const QString &name : plan.serverNames) {
        if (stop.stop_requested())
            break;
        if (!unreachable.isEmpty()) {
            all.append({plan.edge, name, where, {}, QDateTime::currentDateTimeUtc(), unreachable});
            continue;
        }
        const Handshake made = shakeHands(plan.ways, name, TimeoutMs);
        all.append(
            {plan.edge, name, where.isEmpty() ? made.address : where, made.chain, made.at, made.error});
        if (!made.hasConnected)
            unreachable = made.error;
    }
    return all;
}

} // namespace

HandshakePlan handshakePlan(const ClusterAnalysis &analysis)
{
    if (!analysis.hasEdge)
        return {};
    HandshakePlan plan{analysis.view.installation.key(),
                       models::serverNamesToAsk(analysis.certificates, *analysis.snapshot, analysis.view),
                       {}};
    if (!plan.serverNames.isEmpty())
        plan.ways = edgeAccesses(*analysis.snapshot, analysis.view.installation, true);
    return plan;
}

QList<models::PresentedCertificate> askPresented(kube::Client &client, const HandshakePlan &plan,
                                                 std::stop_token stop)
{
    if (plan.serverNames.isEmpty() || hasAddress(plan.ways))
        return shakeAll(plan, {}, stop);
    if (plan.ways.isEmpty())
        return {}; // no Service has a port for TLS: no client is shown anything
    const EdgeAccess &way = plan.ways.first();
    const QString service = QString(way.service).remove(u"https:"_s);
    const QString where = u"Service %1/%2 through a port-forward"_s.arg(way.nameSpace, service);
    ClusterForward forward(client,
                           {kube::ForwardTarget::Kind::Service, way.nameSpace, service, way.servicePort});
    if (forward.port()) {
        QList<models::PresentedCertificate> all =
            shakeAll({plan.edge, plan.serverNames, {{u"127.0.0.1"_s, *forward.port(), {}, {}, {}, where}}},
                     where, stop);
        // The near end of a forward takes every connection: why the far one did not, the cluster has said.
        const QString why = forward.lastError();
        for (models::PresentedCertificate &one : all) {
            if (one.chain.isEmpty() && !why.isEmpty())
                one.error = why;
        }
        return all;
    }
    QList<models::PresentedCertificate> none;
    for (const QString &name : plan.serverNames)
        none.append(
            {plan.edge, name, where, {}, QDateTime::currentDateTimeUtc(), forward.port().error().message});
    return none;
}

std::shared_ptr<const ClusterAnalysis>
withPresented(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis, std::stop_token stop)
{
    auto completed = std::make_shared<ClusterAnalysis>(*analysis);
    completed->presented = askPresented(client, handshakePlan(*analysis), stop);
    if (completed->presented.isEmpty())
        return analysis;
    judgeCertificates(*completed);
    return completed;
}

} // namespace app
