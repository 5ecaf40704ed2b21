// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/istio_gateway.h"

#include "models/resources/text.h"

namespace models {

IstioGateway parseIstioGateway(const edge::Value &object)
{
    IstioGateway gateway;
    gateway.nameSpace = text(object.at({"metadata", "namespace"}));
    gateway.name = text(object.at({"metadata", "name"}));
    gateway.selector = texts(object.at({"spec", "selector"}));
    for (const edge::Value &each : object.at({"spec", "servers"}).items()) {
        IstioGateway::Server server;
        for (const edge::Value &host : each["hosts"].items())
            server.hosts.append(text(host).section(u'/', -1)); // NAMESPACE/HOST
        server.credential = text(each.at({"tls", "credentialName"}));
        server.isMutual = each.at({"tls", "mode"}).text().ends_with("MUTUAL");
        gateway.servers.append(server);
    }
    return gateway;
}

} // namespace models
