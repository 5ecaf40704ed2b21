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

} // namespace models
