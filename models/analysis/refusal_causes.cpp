// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/refusal_causes.h"

#include "models/analysis/cluster_users.h"
#include "models/analysis/upstream_target.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

void append(QList<RefusalCause> &causes, const RefusalCause &cause)
{
    if (!causes.contains(cause))
        causes.append(cause);
}

} // namespace

RefusalCauses::RefusalCauses(const Snapshot &snapshot)
    : m_snapshot(snapshot)
{
}

const QMap<QString, QList<ClearTextCause>> &RefusalCauses::meshCauses()
{
    if (!m_mesh)
        m_mesh = clearTextCauses(m_snapshot);
    return *m_mesh;
}

QList<ObjectRef> RefusalCauses::ofMesh(const QString &server)
{
    QList<ObjectRef> objects;
    for (const ClearTextCause &cause : meshCauses().value(server)) {
        if (!objects.contains(cause.object))
            objects.append(cause.object);
    }
    return objects;
}

QList<RefusalCause> RefusalCauses::of(const Pod &caller, const QString &server)
{
    for (const EdgeInstallation &edge : m_snapshot.edges) {
        if (edge.nameSpace == caller.nameSpace && edge.name == caller.workload())
            return ofEdge(edge, server);
    }
    QList<RefusalCause> causes;
    for (const ClearTextCause &cause : meshCauses().value(server)) {
        if (cause.isFor(caller))
            append(causes, {cause.rule ? u"MT-014"_s : u"MT-016"_s, cause.object});
    }
    return causes;
}

QList<RefusalCause> RefusalCauses::ofEdge(const EdgeInstallation &edge, const QString &server)
{
    auto known = m_views.find(edge.key());
    if (known == m_views.end())
        known = m_views.emplace(edge.key(), viewEdge(m_snapshot, edge)).first;
    const EdgeView &view = known->second;
    if (!view.table)
        return {};
    const edge::Config &config = view.table->config();
    const ClusterUsers users = clusterUsers(config, edgeServices(configuredObjects(m_snapshot, edge), edge));
    EffectiveModes modes(m_snapshot);
    QList<RefusalCause> causes;
    for (const auto &[name, cluster] : config.clusters) {
        const auto here = users.find(name);
        if (here == users.end()
            || originationOf(m_snapshot, config, cluster).kind != Origination::Kind::Plain)
            continue;
        for (const edge::UpstreamAddress &address : addressesOf(cluster)) {
            const UpstreamTarget target = resolveUpstream(m_snapshot, text(address.host), address.port,
                                                          edge.ambassadorNamespace, modes);
            const bool isServer = std::any_of(target.pods.begin(), target.pods.end(), [&](const auto &one) {
                return one.pod->nameSpace + u'/' + one.pod->workload() == server;
            });
            for (const edge::ResourceRef &user : isServer ? here->second : std::vector<edge::ResourceRef>())
                append(causes, {u"MT-001"_s, refOf(user)});
        }
    }
    std::sort(causes.begin(), causes.end(),
              [](const RefusalCause &a, const RefusalCause &b) { return a.object.text() < b.object.text(); });
    return causes;
}

} // namespace models
