// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster_role.h"

#include <QMap>
#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

QList<OtherRight> otherRightsRead()
{
    return {{u"create"_s, u"pods/portforward"_s, u"what the pods of the edge and the mesh have loaded"_s},
            {u"get"_s, u"services/proxy"_s, u"what Prometheus and Grafana tell"_s}};
}

QString clusterRole(const QString &name, QList<GroupAndPlural> kinds, const QList<OtherRight> &others)
{
    if (kinds.isEmpty() && others.isEmpty())
        return {};
    std::sort(kinds.begin(), kinds.end());
    kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
    QMap<QString, QStringList> pluralsOf;
    for (const auto &[group, plural] : std::as_const(kinds))
        pluralsOf[group].append(u'"' + plural + u'"');
    QString yaml =
        u"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: %1\nrules:\n"_s.arg(
            name);
    for (auto rule = pluralsOf.cbegin(); rule != pluralsOf.cend(); ++rule)
        yaml += u"- apiGroups: [\"%1\"]\n  resources: [%2]\n  verbs: [\"get\", \"list\", \"watch\"]\n"_s.arg(
            rule.key(), rule.value().join(u", "_s));
    for (const OtherRight &right : others)
        yaml += u"- apiGroups: [\"\"]\n  resources: [\"%1\"]\n  verbs: [\"%2\"]\n"_s.arg(right.resource,
                                                                                         right.verb);
    return yaml;
}

} // namespace app
