// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_sight.h"

#include "models/analysis/route_order.h"
#include "models/resources/text.h"

#include <algorithm>

namespace models {

namespace {

using Has = MappingSight::Has;

// The place that forwards, rather than the one that only sends to https: that one stays as it is when the Mapping
// gets another service.
const edge::Route &tellingRoute(const std::vector<RoutePlace> &places)
{
    const auto forwards = std::find_if(places.begin(), places.end(),
                                       [](const RoutePlace &place) { return !place.route->redirect; });
    return *(forwards == places.end() ? places.front() : *forwards).route;
}

Has hasOf(int have, int read)
{
    if (read == 0)
        return Has::NotRead;
    return have == read ? Has::All : have == 0 ? Has::Missing : Has::Partly;
}

void add(EdgeSight::Source &source, const QDateTime &readAt, const QString &error)
{
    ++source.pods;
    if (!error.isEmpty()) {
        source.error = source.error.isEmpty() ? error : source.error;
        return;
    }
    ++source.read;
    source.readAt = source.readAt.isValid() ? std::min(source.readAt, readAt) : readAt;
}

void addPod(EdgeSight &sight, const EdgeRuntime &pod)
{
    add(sight.ambassador, pod.diagReadAt, pod.diagError);
    add(sight.envoy, pod.envoyReadAt, pod.envoyError);
    if (!pod.envoyError.isEmpty())
        return;
    const QDateTime &at = pod.envoy.updatedAt;
    if (at.isValid())
        sight.envoyUpdatedAt = sight.envoyUpdatedAt.isValid() ? std::min(sight.envoyUpdatedAt, at) : at;
    if (!pod.envoy.refused.isEmpty() && sight.refused.isEmpty()) {
        sight.refused = pod.envoy.refused;
        sight.refusedAt = pod.envoy.refusedAt;
    }
}

MappingSight sightOf(const QString &mapping, const QByteArray &key, const EdgeSight &sight,
                     const QList<EdgeRuntime> &pods)
{
    MappingSight seen;
    int inAmbassador = 0, inEnvoy = 0;
    for (const EdgeRuntime &pod : pods) {
        if (pod.diagError.isEmpty()) {
            inAmbassador += pod.diag.mappings.contains(mapping) ? 1 : 0;
            if (const QStringList said = pod.diag.problems.value(mapping); !said.isEmpty())
                seen.complaint = said.first();
        }
        if (pod.envoyError.isEmpty())
            inEnvoy += pod.envoy.routes.contains(key) ? 1 : 0;
    }
    seen.ambassador = hasOf(inAmbassador, sight.ambassador.read);
    seen.envoy = hasOf(inEnvoy, sight.envoy.read);
    return seen;
}

MappingSight complaintOf(const QString &object, const EdgeSight &sight, const QList<EdgeRuntime> &pods)
{
    MappingSight seen = sightOf(object, {}, sight, pods);
    seen.envoy = Has::NotRead; // which route would be its own is not known
    return seen;
}

} // namespace

EdgeSight edgeSight(const EdgeView &view, const QList<EdgeRuntime> &pods)
{
    EdgeSight sight;
    for (const EdgeRuntime &pod : pods)
        addPod(sight, pod);
    if (!view.table || pods.isEmpty())
        return sight;
    const auto all = routePlaces(view.table->config());
    sight.mappings.reserve(qsizetype(all.size()));
    for (const auto &[name, places] : all) {
        const QString mapping = text(name);
        sight.mappings.insert(mapping, sightOf(mapping, routeKey(tellingRoute(places)), sight, pods));
    }
    for (const EdgeRuntime &pod : pods) { // what it refuses has no place
        for (auto said = pod.diag.problems.cbegin(); said != pod.diag.problems.cend(); ++said) {
            if (!sight.mappings.contains(said.key()))
                sight.mappings.insert(said.key(), complaintOf(said.key(), sight, pods));
        }
    }
    return sight;
}

} // namespace models
