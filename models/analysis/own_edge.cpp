// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/own_edge.h"

#include <algorithm>

namespace models {

int ownPortOf(const UpstreamTarget &target, const edge::Config &config, const EdgeInstallation &edge)
{
    const auto isListenedTo = [&config](int port) {
        return std::any_of(config.listeners.begin(), config.listeners.end(),
                           [port](const edge::Listener &listener) { return listener.port == port; });
    };
    if (target.kind == UpstreamTarget::Kind::Own)
        return isListenedTo(target.port) ? target.port : 0;
    const auto own = std::find_if(target.pods.begin(), target.pods.end(), [&](const auto &one) {
        return isPodOf(*one.pod, edge) && isListenedTo(one.port);
    });
    return own == target.pods.end() ? 0 : own->port;
}

bool comesAgain(const std::vector<RoutePlace> &places, int ownPort)
{
    return ownPort > 0 && std::any_of(places.begin(), places.end(), [ownPort](const RoutePlace &place) {
               const edge::Route &route = *place.route;
               const bool isToTls = route.redirect && route.redirect->httpsRedirect;
               const bool isPathKept = route.path.kind == edge::PathMatch::Kind::Prefix && !route.regexRewrite
                   && route.prefixRewrite.value_or(route.path.value).starts_with(route.path.value);
               return place.listener->port == ownPort && !isToTls && !place.shadowedBy && isPathKept
                   && route.hostRewrite.empty() && !route.autoHostRewrite;
           });
}

} // namespace models
