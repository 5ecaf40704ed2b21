// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/snapshot_parts.h"

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// An address is a Service's where one has it.
bool isOfService(ServiceHook &hook, const Snapshot &snapshot)
{
    if (hook.address.isEmpty())
        return true;
    const auto owner =
        std::find_if(snapshot.services.begin(), snapshot.services.end(),
                     [&hook](const Service &service) { return service.clusterIp == hook.address; });
    if (owner == snapshot.services.end())
        return false;
    hook.nameSpace = owner->nameSpace;
    hook.service = owner->name;
    return true;
}

} // namespace

void takePlatform(Snapshot &snapshot, const SnapshotInput &input)
{
    for (const QString &plural : {u"mutatingwebhookconfigurations"_s, u"validatingwebhookconfigurations"_s,
                                  u"customresourcedefinitions"_s, u"apiservices"_s})
        forEachSound(snapshot, input, plural, [&](edge::Value value) {
            for (ServiceHook &hook : parseServiceHooks(value)) {
                if (isOfService(hook, snapshot))
                    snapshot.serviceHooks.append(std::move(hook));
            }
            snapshot.caBundles += parseCaBundles(value);
        });
    forEachSound(snapshot, input, u"destinationrules"_s,
                 [&](edge::Value value) { snapshot.destinationRules.append(parseDestinationRule(value)); });
    std::stable_sort(snapshot.destinationRules.begin(), snapshot.destinationRules.end(),
                     [](const DestinationRule &a, const DestinationRule &b) {
                         return std::tuple(a.selector.isEmpty(), a.created, a.name, a.nameSpace)
                             < std::tuple(b.selector.isEmpty(), b.created, b.name, b.nameSpace);
                     });
    forEachSound(snapshot, input, u"authorizationpolicies"_s, [&](edge::Value value) {
        snapshot.authorizationPolicies.append(parseAuthorizationPolicy(value));
    });
    forEachSound(snapshot, input, u"sidecars"_s,
                 [&](edge::Value value) { snapshot.sidecars.append(parseSidecar(value)); });
    forEachSound(snapshot, input, u"workloadentries"_s,
                 [&](edge::Value value) { snapshot.workloadEntries.append(parseWorkloadEntry(value)); });
    forEachSound(snapshot, input, u"workloadgroups"_s,
                 [&](edge::Value value) { snapshot.workloadGroups.append(parseWorkloadGroup(value)); });
    forEachSound(snapshot, input, u"serviceentries"_s, [&](edge::Value value) {
        if (value["apiVersion"].text().starts_with("networking.istio.io/"))
            snapshot.serviceEntries.append(parseServiceEntry(value));
    });
    forEachSound(snapshot, input, u"certificates"_s, [&](edge::Value value) {
        if (value["apiVersion"].text().starts_with("cert-manager.io/")) // others have certificates, too
            snapshot.issuedCertificates.append(parseIssuedCertificate(value));
    });
    forEachSound(snapshot, input, u"cronjobs"_s,
                 [&](edge::Value value) { snapshot.cronJobs.append(parseCronJob(value)); });
    forEachSound(snapshot, input, u"jobs"_s,
                 [&](edge::Value value) { snapshot.jobs.append(parseJob(value)); });
    forEachSound(snapshot, input, u"ingresses"_s,
                 [&](edge::Value value) { snapshot.ingresses.append(parseIngress(value)); });
    forEachSound(snapshot, input, u"ingressclasses"_s,
                 [&](edge::Value value) { snapshot.ingressClasses.append(parseIngressClass(value)); });
}

void takeSlices(Snapshot &snapshot, const SnapshotInput &input)
{
    QHash<QString, const Service *> withoutSelector; // by namespace/name
    for (const Service &service : snapshot.services) {
        if (service.selector.isEmpty() && service.type != "ExternalName"_L1)
            withoutSelector.insert(service.nameSpace + u'/' + service.name, &service);
    }
    if (withoutSelector.isEmpty()) // what a selector says is looked up by it
        return;
    const bool isOld = snapshot.slicesPlural() == "endpoints"_L1;
    const auto take = [&](const edge::Value &value) {
        EndpointSlice slice = isOld ? parseEndpoints(value) : parseEndpointSlice(value);
        const Service *service = withoutSelector.value(slice.nameSpace + u'/' + slice.service);
        if (!service)
            return;
        const auto contents = snapshot.contentsOf(slice.nameSpace); // nobody else holds an empty one
        for (const auto &pod : contents->pods) {
            const bool isMeant = !pod->isGone()
                && std::any_of(slice.endpoints.begin(), slice.endpoints.end(), [&pod](const auto &endpoint) {
                       return endpoint.pod.isEmpty()
                           ? !pod->ip.isEmpty() && endpoint.addresses.contains(pod->ip)
                           : endpoint.pod == pod->name;
                   });
            QList<const Pod *> &pods = snapshot.index.podsBySlice[service];
            if (!isMeant || pods.contains(pod.get()))
                continue;
            pods.append(pod.get());
            snapshot.index.servicesBySlice[pod.get()].append(service);
        }
        snapshot.endpointSlices.append(std::move(slice));
    };
    if (isOld) // they are judged where the edge's objects are taken
        forEach(input, u"endpoints"_s, take);
    else
        forEachSound(snapshot, input, u"endpointslices"_s, take);
}

void takeCallers(Snapshot &snapshot, const SnapshotInput &input)
{
    const auto isOf = [](const edge::Value &value, const char *group) { // others use these names, too
        return value["apiVersion"].text().starts_with(group);
    };
    constexpr const char *gatewayApi = "gateway.networking.k8s.io/";
    forEachSound(snapshot, input, u"gatewayclasses"_s, [&](const edge::Value &value) {
        if (isOf(value, gatewayApi))
            snapshot.gatewayClasses.append(parseGatewayClass(value));
    });
    // Two kinds have this name; manifests hold both in one list.
    for (const QString &plural : {u"gateways"_s, u"gateways.networking.istio.io"_s})
        forEachSound(snapshot, input, plural, [&](const edge::Value &value) {
            if (isOf(value, gatewayApi))
                snapshot.gateways.append(parseGateway(value));
            else if (isOf(value, "networking.istio.io/"))
                snapshot.istioGateways.append(parseIstioGateway(value));
        });
    for (const QString &plural : {u"httproutes"_s, u"grpcroutes"_s, u"tcproutes"_s, u"tlsroutes"_s})
        forEachSound(snapshot, input, plural, [&](const edge::Value &value) {
            if (isOf(value, gatewayApi))
                snapshot.gatewayRoutes.append(parseGatewayRoute(value));
        });
    forEachSound(snapshot, input, u"networkpolicies"_s, [&](const edge::Value &value) {
        if (isOf(value, "networking.k8s.io/"))
            snapshot.networkPolicies.append(parseNetworkPolicy(value));
    });
    for (const QString &plural : {u"servicemonitors"_s, u"podmonitors"_s})
        forEachSound(snapshot, input, plural, [&](const edge::Value &value) {
            snapshot.scrapeMonitors.append(parseScrapeMonitor(value));
        });
    forEachSound(snapshot, input, u"telemetries"_s, [&](const edge::Value &value) {
        if (isOf(value, "telemetry.istio.io/"))
            snapshot.telemetries.append(parseTelemetry(value));
    });
}

} // namespace models
