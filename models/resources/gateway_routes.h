// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Kubernetes' Gateway API, as far as it leads callers to Services: classes, Gateways and the routes behind them.
// Pure; what is missing stays empty.
#include "models/resources/workload.h"

namespace models {

struct GatewayClass
{
    QString name, controller; // "istio.io/gateway-controller"
};
GatewayClass parseGatewayClass(const edge::Value &object);

struct Gateway
{
    QString nameSpace, name, className;
    QStringList secrets; // NAMESPACE/NAME of spec.listeners[].tls.certificateRefs, each once
};
Gateway parseGateway(const edge::Value &object);

struct GatewayRoute // HTTPRoute, GRPCRoute, TCPRoute, TLSRoute
{
    struct Parent // what the route hangs from
    {
        QString kind, nameSpace, name; // Gateway, or Service: the mesh itself routes by it then
    };
    struct Backend
    {
        QString nameSpace, service, path; // path: spec.rules[0].backendRefs[1]
        int port = 0;
    };
    QString kind, nameSpace, name;
    QList<Parent> parents;
    QList<Backend> backends; // Services only; mirrors of requests too
};
GatewayRoute parseGatewayRoute(const edge::Value &object);

} // namespace models
