// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/snapshot_parts.h"

using namespace Qt::StringLiterals;

namespace models {

void takePlatform(Snapshot &snapshot, const SnapshotInput &input)
{
    for (const QString &plural : {u"mutatingwebhookconfigurations"_s, u"validatingwebhookconfigurations"_s,
                                  u"customresourcedefinitions"_s, u"apiservices"_s})
        forEach(input, plural, [&](edge::Value value) {
            snapshot.serviceHooks += parseServiceHooks(value);
            snapshot.caBundles += parseCaBundles(value);
        });
    forEachSound(snapshot, input, u"destinationrules"_s,
                 [&](edge::Value value) { snapshot.destinationRules.append(parseDestinationRule(value)); });
    forEachSound(snapshot, input, u"authorizationpolicies"_s, [&](edge::Value value) {
        snapshot.authorizationPolicies.append(parseAuthorizationPolicy(value));
    });
    forEachSound(snapshot, input, u"sidecars"_s,
                 [&](edge::Value value) { snapshot.sidecars.append(parseSidecar(value)); });
    forEachSound(snapshot, input, u"workloadentries"_s,
                 [&](edge::Value value) { snapshot.workloadEntries.append(parseWorkloadEntry(value)); });
    forEachSound(snapshot, input, u"certificates"_s, [&](edge::Value value) {
        if (value["apiVersion"].text().starts_with("cert-manager.io/")) // others have certificates, too
            snapshot.issuedCertificates.append(parseIssuedCertificate(value));
    });
    forEach(input, u"cronjobs"_s, [&](edge::Value value) { snapshot.cronJobs.append(parseCronJob(value)); });
    forEach(input, u"jobs"_s, [&](edge::Value value) { snapshot.jobs.append(parseJob(value)); });
    forEach(input, u"ingresses"_s,
            [&](edge::Value value) { snapshot.ingresses.append(parseIngress(value)); });
}

void takeCallers(Snapshot &snapshot, const SnapshotInput &input)
{
    const auto isOf = [](const edge::Value &value, const char *group) { // others use these names, too
        return value["apiVersion"].text().starts_with(group);
    };
    constexpr const char *gatewayApi = "gateway.networking.k8s.io/";
    forEach(input, u"gatewayclasses"_s, [&](const edge::Value &value) {
        if (isOf(value, gatewayApi))
            snapshot.gatewayClasses.append(parseGatewayClass(value));
    });
    forEach(input, u"gateways"_s, [&](const edge::Value &value) {
        if (isOf(value, gatewayApi))
            snapshot.gateways.append(parseGateway(value));
    });
    for (const QString &plural : {u"httproutes"_s, u"grpcroutes"_s, u"tcproutes"_s, u"tlsroutes"_s})
        forEach(input, plural, [&](const edge::Value &value) {
            if (isOf(value, gatewayApi))
                snapshot.gatewayRoutes.append(parseGatewayRoute(value));
        });
    forEach(input, u"networkpolicies"_s, [&](const edge::Value &value) {
        if (isOf(value, "networking.k8s.io/"))
            snapshot.networkPolicies.append(parseNetworkPolicy(value));
    });
    for (const QString &plural : {u"servicemonitors"_s, u"podmonitors"_s})
        forEach(input, plural,
                [&](const edge::Value &value) { snapshot.scrapeMonitors.append(parseScrapeMonitor(value)); });
    forEach(input, u"telemetries"_s, [&](const edge::Value &value) {
        if (isOf(value, "telemetry.istio.io/"))
            snapshot.telemetries.append(parseTelemetry(value));
    });
}

} // namespace models
