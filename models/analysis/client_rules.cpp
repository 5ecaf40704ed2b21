// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/client_rules.h"

using namespace Qt::StringLiterals;

namespace models {

RefusedTls refusedTls(const DestinationRule &rule, const ServicePort &port)
{
    for (const DestinationRule::Subset &subset : rule.subsets) {
        if (refusesMeshTls(subset.tls))
            return {subset.tls, u"spec.subsets[%1].trafficPolicy.tls.mode"_s.arg(subset.name)};
    }
    const auto own = rule.portTls.constFind(port.port);
    const bool isOwn = own != rule.portTls.constEnd();
    const ClientTls tls = isOwn ? *own : rule.tls;
    if (!refusesMeshTls(tls))
        return {};
    return {tls,
            isOwn ? u"spec.trafficPolicy.portLevelSettings[%1].tls.mode"_s.arg(port.port)
                  : u"spec.trafficPolicy.tls.mode"_s};
}

QSet<QString> namespacesWithSidecars(const Snapshot &snapshot)
{
    QSet<QString> names;
    for (const Pod &pod : snapshot.pods) {
        if (pod.hasSidecar && !pod.isGone() && !pod.isGateway())
            names.insert(pod.nameSpace);
    }
    return names;
}

QStringList clientsOf(const Snapshot &snapshot, const DestinationRule &rule, const QString &serviceNamespace,
                      const QSet<QString> &namespaces)
{
    const bool isForAll = rule.nameSpace == serviceNamespace || rule.nameSpace == snapshot.istioRootNamespace;
    QStringList clients;
    for (const QString &name : namespaces) {
        if ((isForAll || name == rule.nameSpace) && isExportedTo(rule.exportTo, rule.nameSpace, name))
            clients.append(name);
    }
    clients.sort();
    return clients;
}

} // namespace models
