// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/known_endpoints.h"

#include <set>

namespace edge {

namespace {

struct ServiceEndpoints
{
    const Value *service = nullptr, *endpoints = nullptr;
};

// Which ports of the Service stand for a port of its Endpoints: by target port, by name, and of a Service with one port
// whatever there is.
std::map<std::string, std::set<std::string>> portNames(const Value &service)
{
    std::map<std::string, std::set<std::string>> names;
    const auto &ports = service["spec"]["ports"].items();
    for (const Value &port : ports) {
        const std::string number = std::to_string(port["port"].toInteger());
        const std::string &name = port["name"].text();
        const Value &given = port["targetPort"];
        const std::string target = given.isNull() ? number
            : given.isNumber()                    ? std::to_string(given.toInteger())
                                                  : given.text();
        names[target].insert(number);
        if (!name.empty())
            names[name].insert(number);
        if (ports.size() == 1)
            names[{}].insert(number);
    }
    return names;
}

// Of TCP and UDP, behind the Service's port of that number.
std::vector<UpstreamAddress> addressesOf(const ServiceEndpoints &known, const std::string &number)
{
    std::vector<UpstreamAddress> addresses;
    const auto names = portNames(*known.service);
    for (const Value &subset : (*known.endpoints)["subsets"].items()) {
        for (const Value &port : subset["ports"].items()) {
            const std::string &protocol = port["protocol"].text();
            if (!protocol.empty() && protocol != "TCP" && protocol != "UDP")
                continue;
            bool isMeant = false;
            for (const std::string &name :
                 {std::to_string(port["port"].toInteger()), port["name"].text(), std::string()}) {
                const auto found = names.find(name);
                isMeant = isMeant || (found != names.end() && found->second.count(number) > 0);
            }
            for (const Value &address : isMeant ? subset["addresses"].items() : Value::Array())
                addresses.push_back({address["ip"].text(), std::uint16_t(port["port"].toInteger())});
        }
    }
    return addresses;
}

} // namespace

KnownEndpoints knownEndpoints(const Config &config, const SharedList<Value> &objects,
                              const std::string &defaultNamespace)
{
    std::map<std::string, ServiceEndpoints> services; // NAMESPACE/NAME
    for (const Value &object : objects) {
        const std::string &kind = object["kind"].text();
        if (kind != "Service" && kind != "Endpoints")
            continue;
        const Value &metadata = object["metadata"];
        const std::string &nameSpace = metadata["namespace"].text();
        ServiceEndpoints &known =
            services[(nameSpace.empty() ? defaultNamespace : nameSpace) + "/" + metadata["name"].text()];
        (kind == "Service" ? known.service : known.endpoints) = &object;
    }
    constexpr std::string_view OfKubernetes = "k8s/";
    KnownEndpoints all;
    for (const auto &[name, cluster] : config.clusters) {
        if (!cluster.edsName.starts_with(OfKubernetes))
            continue;
        const std::string place = cluster.edsName.substr(OfKubernetes.size()); // NAMESPACE/SERVICE/PORT
        const std::size_t slash = place.rfind('/');
        const auto found = services.find(place.substr(0, slash));
        if (found != services.end() && found->second.service && found->second.endpoints)
            all[cluster.edsName] = addressesOf(found->second, place.substr(slash + 1));
    }
    return all;
}

} // namespace edge
