// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/upstream_target.h"

#include <QHostAddress>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct ServiceAddress
{
    QString nameSpace, name;
    bool certain = false; // the name can only be a Service's
};

// What the cluster's DNS makes of a name, asked from the edge's namespace.
std::optional<ServiceAddress> serviceAddress(const QString &host, const QString &ownNamespace)
{
    const bool couldBeAddress = !host.isEmpty() && (host.front().isDigit() || host.contains(u':'));
    if (couldBeAddress && !QHostAddress(host).isNull()) // which takes longer to find out than all the rest
        return {};
    const QStringList labels = (host.endsWith(u'.') ? host.chopped(1) : host).split(u'.');
    if (labels.size() == 1)
        return ServiceAddress{ownNamespace, host, true};
    if (labels.size() == 2)
        return ServiceAddress{labels[1], labels[0], false};
    if (labels[2] == "svc"_L1)
        return ServiceAddress{labels[1], labels[0], true};
    return {};
}

struct Alias
{
    QString host;     // the name that DNS answers with
    QStringList loop; // UpstreamTarget::aliasLoop
};

// Through Services of the type ExternalName; the port stays the one that is dialled.
Alias followedAlias(const Snapshot &snapshot, QString host, const QString &ownNamespace)
{
    QStringList passed;
    constexpr int MostAliases = 8; // as many as resolvers follow, or fewer
    for (int i = 0; i < MostAliases; ++i) {
        const auto address = serviceAddress(host, ownNamespace);
        const Service *service = address ? snapshot.service(address->nameSpace, address->name) : nullptr;
        if (!service || service->type != "ExternalName"_L1)
            break;
        const QString name = ObjectRef{u"Service"_s, service->nameSpace, service->name}.text();
        const qsizetype before = passed.indexOf(name);
        passed.append(name);
        if (before >= 0)
            return {host, passed.sliced(before)};
        const QString alias =
            service->externalName.endsWith(u'.') ? service->externalName.chopped(1) : service->externalName;
        // An alias is asked for as it stands: one or two labels are no Service of the cluster's.
        if (alias.count(u'.') < 2 || !serviceAddress(alias, ownNamespace))
            break;
        host = alias;
    }
    return {host, {}};
}

// "POD.SERVICE.NAMESPACE", as DNS has it of the pods of a headless Service, with "svc" and the cluster's domain or without; of
// the edge's own namespace without it.
const Pod *podOfName(const Snapshot &snapshot, const QString &host, const QString &ownNamespace)
{
    const QStringList labels = (host.endsWith(u'.') ? host.chopped(1) : host).split(u'.');
    if (labels.size() < 2 || (labels.size() > 3 && labels[3] != "svc"_L1))
        return nullptr;
    const Service *service = snapshot.service(labels.size() > 2 ? labels[2] : ownNamespace, labels[1]);
    if (!service || !service->isHeadless())
        return nullptr;
    const QList<const Pod *> pods = snapshot.podsOf(*service);
    const auto found =
        std::find_if(pods.begin(), pods.end(), [&](const Pod *pod) { return pod->name == labels[0]; });
    return found == pods.end() ? nullptr : *found;
}

const Pod *podOfAddress(const Snapshot &snapshot, const QString &address)
{
    const auto found = std::find_if(snapshot.pods.begin(), snapshot.pods.end(), [&](const Pod &pod) {
        return pod.ip == address && !pod.hostNetwork && !pod.isGone();
    });
    return found == snapshot.pods.end() ? nullptr : &*found;
}

const Service *serviceOfAddress(const Snapshot &snapshot, const QString &address)
{
    const auto found = std::find_if(snapshot.services.begin(), snapshot.services.end(),
                                    [&](const Service &service) { return service.clusterIp == address; });
    return found == snapshot.services.end() ? nullptr : &*found;
}

void addEndpoints(UpstreamTarget &target, const Snapshot &snapshot)
{
    target.endpointsKnown = snapshot.knows(snapshot.slicesPlural());
    for (const EndpointSlice &slice : snapshot.endpointSlices) {
        if (slice.nameSpace == target.service->nameSpace && slice.service == target.service->name)
            target.endpoints += slice.endpoints.size();
    }
}

void addPods(UpstreamTarget &target, const Snapshot &snapshot, EffectiveModes &modes)
{
    if (!target.servicePort && !target.service->isHeadless())
        return;
    for (const Pod *pod : snapshot.podsOf(*target.service)) {
        // A headless Service has no proxy in front: the edge dials the pod at the very port that it was told.
        const bool direct = target.service->isHeadless();
        const int port = direct ? target.port : target.service->targetPortOf(*target.servicePort, *pod);
        target.pods.append({pod, port, modes.of(*pod, port)});
    }
}

} // namespace

int UpstreamTarget::readyPods() const
{
    return int(std::count_if(pods.begin(), pods.end(),
                             [](const PodPort &one) { return one.pod->ready && one.port > 0; }));
}

int UpstreamTarget::podsWithSidecar() const
{
    return int(std::count_if(pods.begin(), pods.end(),
                             [](const PodPort &one) { return one.pod->capturesInbound(one.port); }));
}

QList<EffectiveMode> UpstreamTarget::eachMode() const
{
    QList<EffectiveMode> all;
    for (const PodPort &one : pods) {
        if (!all.contains(one.mode))
            all.append(one.mode);
    }
    return all;
}

QString UpstreamTarget::modes() const
{
    QStringList all;
    QList<EffectiveMode> distinct = eachMode();
    for (EffectiveMode &mode : distinct) {
        mode.unset = {}; // whether it is inherited is the reason's to say
        all.append(modeText(mode));
    }
    all.sort();
    all.removeDuplicates();
    return all == QStringList{u"unknown"_s} ? QString() : all.join(u", "_s);
}

UpstreamTarget resolveUpstream(const Snapshot &snapshot, const QString &host, int port,
                               const QString &ambassadorNamespace)
{
    EffectiveModes modes(snapshot);
    return resolveUpstream(snapshot, host, port, ambassadorNamespace, modes);
}

UpstreamTarget resolveUpstream(const Snapshot &snapshot, const QString &host, int port,
                               const QString &ambassadorNamespace, EffectiveModes &modes)
{
    UpstreamTarget target;
    target.host = host;
    target.port = port;
    target.podsKnown = snapshot.knows(u"pods"_s);
    if (host == "localhost"_L1 || QHostAddress(host).isLoopback()) {
        target.kind = UpstreamTarget::Kind::Own;
        return target;
    }
    const Alias alias = followedAlias(snapshot, host, ambassadorNamespace);
    target.aliasLoop = alias.loop;
    const auto address = serviceAddress(alias.host, ambassadorNamespace);
    target.service =
        address ? snapshot.service(address->nameSpace, address->name) : serviceOfAddress(snapshot, host);
    if (target.service) {
        target.kind = target.service->type == "ExternalName"_L1 ? UpstreamTarget::Kind::External
                                                                : UpstreamTarget::Kind::Service;
        target.serviceRef = {u"Service"_s, target.service->nameSpace, target.service->name};
        target.servicePort = target.service->portOf(port);
        if (target.kind == UpstreamTarget::Kind::Service)
            addPods(target, snapshot, modes);
        if (target.service->selector.isEmpty())
            addEndpoints(target, snapshot);
        return target;
    }
    const Pod *pod = address ? podOfName(snapshot, host, ambassadorNamespace) : podOfAddress(snapshot, host);
    if (!pod && !address)
        pod = podOfName(snapshot, host, ambassadorNamespace);
    if (pod) {
        target.kind = UpstreamTarget::Kind::Pod;
        target.serviceRef = {u"Pod"_s, pod->nameSpace, pod->name};
        target.pods.append({pod, port, modes.of(*pod, port)});
        return target;
    }
    // Where the Namespaces were not read, one that holds objects is there all the same.
    const bool isService = address
        && (address->certain || snapshot.nameSpace(address->nameSpace)
            || snapshot.index.namespaces.contains(address->nameSpace));
    const bool couldBe = address && !snapshot.knows(u"namespaces"_s);
    const bool servicesKnown =
        address ? snapshot.knowsIn(u"services"_s, address->nameSpace) : snapshot.knows(u"services"_s);
    if (!servicesKnown || (couldBe && !isService))
        target.kind = UpstreamTarget::Kind::Unknown;
    else
        target.kind = isService ? UpstreamTarget::Kind::Missing : UpstreamTarget::Kind::External;
    if (isService)
        target.serviceRef = {u"Service"_s, address->nameSpace, address->name};
    return target;
}

} // namespace models
