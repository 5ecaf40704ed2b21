// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/prediction_port.h"

#include "models/analysis/configured_objects.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

const Service *serviceOfEdge(const Snapshot &snapshot, const EdgeInstallation &edge, int port,
                             const ServicePort **found)
{
    const Deployment *deployment = snapshot.deployment(edge.nameSpace, edge.name);
    for (const Service &service : snapshot.services) {
        *found = deployment && service.selects(*deployment) ? service.portOf(port) : nullptr;
        if (*found)
            return &service;
    }
    return nullptr;
}

bool speaksHttp(const edge::Listener &listener, bool tls)
{
    return std::any_of(listener.chains.begin(), listener.chains.end(), [tls](const edge::FilterChain &chain) {
        return chain.tls == tls && chain.tcpClusters.empty();
    });
}

// Where nobody knows what is in front of the edge: the port that is usual for the scheme, or one that speaks it.
std::uint16_t portOfScheme(const std::vector<edge::Listener> &listeners, bool tls)
{
    const int usual = tls ? 8443 : 8080;
    const bool isThere =
        std::any_of(listeners.begin(), listeners.end(),
                    [usual](const edge::Listener &listener) { return listener.port == usual; });
    for (const edge::Listener &listener : listeners) {
        if (!isThere && speaksHttp(listener, tls))
            return listener.port;
    }
    return std::uint16_t(usual);
}

// Whether somebody wrote down that the edge is reached by this port, whatever stands in between.
bool isExternalPort(const Snapshot &snapshot, int port)
{
    const QString end = u":%1"_s.arg(port);
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        const QString urls = text(object.at({"metadata", "annotations", "sallyport.dev/external-address"}));
        for (const QString &url : urls.split(u' ', Qt::SkipEmptyParts)) {
            if (url.endsWith(end))
                return true;
        }
    }
    return false;
}

} // namespace

ChosenPort listenerPort(const EdgeView &view, const Snapshot &snapshot, const RequestSpec &request, bool tls)
{
    const int wanted = request.url.port(tls ? 443 : 80);
    const ServicePort *port = nullptr;
    const Service *service = serviceOfEdge(snapshot, view.installation, wanted, &port);
    const QList<const Pod *> pods = service ? snapshot.podsOf(*service) : QList<const Pod *>();
    const int target = service && !pods.isEmpty() ? service->targetPortOf(*port, *pods.first())
        : port                                    ? port->targetPort.toInt()
                                                  : 0;
    const auto &listeners = view.table->config().listeners;
    const auto has = [&](int number) {
        return std::any_of(listeners.begin(), listeners.end(),
                           [number](const edge::Listener &listener) { return listener.port == number; });
    };
    if (has(target))
        return {std::uint16_t(target), {}};
    const bool isUsual = wanted == (tls ? 443 : 80);
    const std::uint16_t byScheme = portOfScheme(listeners, tls);
    if (service || isUsual)
        return {byScheme, {}};
    if (has(wanted) || !snapshot.deployment(view.installation.nameSpace, view.installation.name))
        return {std::uint16_t(wanted), {}};
    if (isExternalPort(snapshot, wanted))
        return {byScheme, {}};
    return {byScheme, u"; no Service of the edge has port %1, so this is by the scheme"_s.arg(wanted)};
}

} // namespace models
