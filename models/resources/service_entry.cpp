// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/service_entry.h"

#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

bool ServiceEntry::selects(const Pod &pod) const
{
    return pod.nameSpace == nameSpace && !selector.isEmpty() && containsAll(pod.labels, selector);
}

bool ServiceEntry::isMeantBy(const DestinationRule &rule) const
{
    return std::any_of(hosts.begin(), hosts.end(), [&rule](const QString &host) { return rule.isFor(host); });
}

ServiceEntry parseServiceEntry(const edge::Value &object)
{
    const edge::Value &spec = object["spec"];
    ServiceEntry entry;
    entry.nameSpace = text(object.at({"metadata", "namespace"}));
    entry.name = text(object.at({"metadata", "name"}));
    for (const edge::Value &host : spec["hosts"].items())
        entry.hosts.append(text(host));
    for (const edge::Value &nameSpace : spec["exportTo"].items())
        entry.exportTo.append(text(nameSpace));
    entry.isMeshInternal = spec["location"].text() == "MESH_INTERNAL";
    entry.selector = texts(spec.at({"workloadSelector", "labels"}));
    for (const edge::Value &port : spec["ports"].items())
        entry.ports.append({text(port["name"]), int(port["number"].toInteger()), text(port["targetPort"]),
                            u"TCP"_s, text(port["protocol"]).toLower()});
    int number = 0;
    for (const edge::Value &endpoint : spec["endpoints"].items())
        entry.endpoints.append({u"spec.endpoints[%1]"_s.arg(number++),
                                {entry.nameSpace, entry.name, text(endpoint["address"]),
                                 text(endpoint["serviceAccount"]), texts(endpoint["labels"])}});
    return entry;
}

} // namespace models
