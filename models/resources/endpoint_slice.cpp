// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/endpoint_slice.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

EndpointSlice parseEndpointSlice(const edge::Value &object)
{
    EndpointSlice slice{text(object.at({"metadata", "namespace"})),
                        text(object.at({"metadata", "name"})),
                        text(object.at({"metadata", "labels", "kubernetes.io/service-name"})),
                        {}};
    for (const edge::Value &each : object["endpoints"].items()) {
        EndpointSlice::Endpoint endpoint;
        for (const edge::Value &address : each["addresses"].items())
            endpoint.addresses.append(text(address));
        const edge::Value &target = each["targetRef"];
        const QString home = text(target["namespace"]); // a slice leads to its own namespace only
        if (target["kind"].text() == "Pod" && (home.isEmpty() || home == slice.nameSpace))
            endpoint.pod = text(target["name"]);
        endpoint.isReady = each.at({"conditions", "ready"}).toBool(true);
        slice.endpoints.append(endpoint);
    }
    return slice;
}

EndpointSlice parseEndpoints(const edge::Value &object)
{
    const QString name = text(object.at({"metadata", "name"}));
    EndpointSlice slice{text(object.at({"metadata", "namespace"})), name, name, {}};
    for (const edge::Value &subset : object["subsets"].items()) {
        for (const char *list : {"addresses", "notReadyAddresses"}) {
            for (const edge::Value &address : subset[list].items()) {
                EndpointSlice::Endpoint endpoint;
                endpoint.addresses.append(text(address["ip"]));
                if (address.at({"targetRef", "kind"}).text() == "Pod")
                    endpoint.pod = text(address.at({"targetRef", "name"}));
                endpoint.isReady = list == std::string_view("addresses");
                slice.endpoints.append(endpoint);
            }
        }
    }
    return slice;
}

} // namespace models
