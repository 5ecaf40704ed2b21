// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/gateway_routes.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

QString nameOf(const edge::Value &object) { return text(object.at({"metadata", "name"})); }
QString namespaceOf(const edge::Value &object) { return text(object.at({"metadata", "namespace"})); }

QString textOr(const edge::Value &value, const QString &otherwise)
{
    const QString given = text(value);
    return given.isEmpty() ? otherwise : given;
}

void addBackend(GatewayRoute &route, const edge::Value &reference, const QString &path)
{
    if (textOr(reference["kind"], u"Service"_s) != "Service"_L1 || !text(reference["group"]).isEmpty())
        return;
    route.backends.append({textOr(reference["namespace"], route.nameSpace), text(reference["name"]), path,
                           int(reference["port"].toInteger())});
}

} // namespace

GatewayClass parseGatewayClass(const edge::Value &object)
{
    return {nameOf(object), text(object.at({"spec", "controllerName"}))};
}

Gateway parseGateway(const edge::Value &object)
{
    Gateway gateway{namespaceOf(object), nameOf(object), text(object.at({"spec", "gatewayClassName"})), {}};
    for (const edge::Value &listener : object.at({"spec", "listeners"}).items()) {
        for (const edge::Value &reference : listener.at({"tls", "certificateRefs"}).items()) {
            const QString secret =
                textOr(reference["namespace"], gateway.nameSpace) + u'/' + text(reference["name"]);
            if (textOr(reference["kind"], u"Secret"_s) == "Secret"_L1 && !gateway.secrets.contains(secret))
                gateway.secrets.append(secret);
        }
    }
    return gateway;
}

GatewayRoute parseGatewayRoute(const edge::Value &object)
{
    GatewayRoute route{text(object["kind"]), namespaceOf(object), nameOf(object), {}, {}};
    for (const edge::Value &parent : object.at({"spec", "parentRefs"}).items())
        route.parents.append({textOr(parent["kind"], u"Gateway"_s),
                              textOr(parent["namespace"], route.nameSpace), text(parent["name"])});
    int ruleNumber = 0;
    for (const edge::Value &rule : object.at({"spec", "rules"}).items()) {
        const QString path = u"spec.rules[%1]"_s.arg(ruleNumber++);
        int number = 0;
        for (const edge::Value &reference : rule["backendRefs"].items())
            addBackend(route, reference, u"%1.backendRefs[%2]"_s.arg(path).arg(number++));
        number = 0;
        for (const edge::Value &filter : rule["filters"].items()) {
            const QString at = u"%1.filters[%2].requestMirror.backendRef"_s.arg(path).arg(number++);
            if (filter.at({"requestMirror", "backendRef"}).isObject())
                addBackend(route, filter.at({"requestMirror", "backendRef"}), at);
        }
    }
    return route;
}

} // namespace models
