// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/service_forwards.h"

using namespace Qt::StringLiterals;

namespace app {

QString serviceKeyOf(const QString &host, const QString &ownNamespace)
{
    const QStringList parts = host.split(u'.');
    const QString nameSpace = parts.size() > 1 ? parts[1] : ownNamespace;
    return nameSpace + u'/' + parts[0];
}

ServiceForwards::ServiceForwards(kube::Client &client, QString ownNamespace)
    : m_client(client)
    , m_ownNamespace(std::move(ownNamespace))
{
}

void ServiceForwards::setServices(const models::Snapshot &snapshot)
{
    m_services.clear();
    for (const models::Service &service : snapshot.services)
        m_services.insert(service.nameSpace + u'/' + service.name);
}

std::optional<edge::Endpoint> ServiceForwards::endpointOf(const edge::Cluster &cluster)
{
    const QString key = serviceKeyOf(QString::fromStdString(cluster.host), m_ownNamespace);
    if (!m_services.contains(key))
        return {};
    const QString port = QString::number(cluster.port);
    std::unique_ptr<ClusterForward> &forward = m_forwards[key + u':' + port];
    if (!forward)
        forward = std::make_unique<ClusterForward>(m_client,
                                                   kube::ForwardTarget{kube::ForwardTarget::Kind::Service,
                                                                       key.section(u'/', 0, 0),
                                                                       key.section(u'/', 1), port},
                                                   QStringList{u"*"_s}); // as the edge's clients asked
    return forward->port() ? std::optional(edge::Endpoint{"127.0.0.1", *forward->port()}) : std::nullopt;
}

} // namespace app
