// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/scrape_monitor.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

ScrapeMonitor::Endpoint endpointOf(const edge::Value &given, const QString &path)
{
    ScrapeMonitor::Endpoint endpoint;
    endpoint.path = path;
    endpoint.port = text(given["port"]);
    endpoint.targetPort = text(given["targetPort"]);
    if (endpoint.targetPort.isEmpty())
        endpoint.targetPort = text(given["portNumber"]); // PodMonitor's newer field
    const edge::Value &tls = given["tlsConfig"];
    endpoint.ownTls =
        text(given["scheme"]).toLower() == "https"_L1 && (!tls["certFile"].isNull() || !tls["cert"].isNull());
    return endpoint;
}

} // namespace

bool ScrapeMonitor::looksInto(const QString &candidate) const
{
    return everywhere || (namespaces.isEmpty() ? candidate == nameSpace : namespaces.contains(candidate));
}

ScrapeMonitor parseScrapeMonitor(const edge::Value &object)
{
    ScrapeMonitor monitor;
    monitor.kind = text(object["kind"]);
    monitor.nameSpace = text(object.at({"metadata", "namespace"}));
    monitor.name = text(object.at({"metadata", "name"}));
    monitor.selector = parseLabelSelector(object.at({"spec", "selector"}));
    monitor.everywhere = object.at({"spec", "namespaceSelector", "any"}).toBool();
    for (const edge::Value &name : object.at({"spec", "namespaceSelector", "matchNames"}).items())
        monitor.namespaces.append(text(name));
    const bool isOfPods = monitor.isOfPods();
    const QString list = isOfPods ? u"spec.podMetricsEndpoints[%1]"_s : u"spec.endpoints[%1]"_s;
    int number = 0;
    for (const edge::Value &given :
         object.at({"spec", isOfPods ? "podMetricsEndpoints" : "endpoints"}).items())
        monitor.endpoints.append(endpointOf(given, list.arg(number++)));
    return monitor;
}

} // namespace models
