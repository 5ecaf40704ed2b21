// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/edge_access.h"

#include "models/resources/text.h"

#include <QUrl>

using namespace Qt::StringLiterals;

namespace app {

namespace {

const models::ServicePort *portFor(const models::Service &service, bool tls)
{
    for (const models::ServicePort &port : service.ports) {
        if (port.port == (tls ? 443 : 80) || port.name == (tls ? "https"_L1 : "http"_L1))
            return &port;
    }
    return nullptr;
}

const edge::Value *objectOf(const models::Snapshot &snapshot, const models::Service &service)
{
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() == "Service"
            && models::text(object.at({"metadata", "name"})) == service.name
            && models::text(object.at({"metadata", "namespace"})) == service.nameSpace)
            return &object;
    }
    return nullptr;
}

void addAnnotated(QList<EdgeAccess> &found, const edge::Value &object, const models::Service &service,
                  bool tls)
{
    const QString addresses =
        models::text(object.at({"metadata", "annotations", "sallyport.dev/external-address"}));
    for (const QString &address : addresses.split(u' ', Qt::SkipEmptyParts)) {
        const QUrl url(address);
        if (url.scheme() == (tls ? "https"_L1 : "http"_L1) && !url.host().isEmpty())
            found.append({url.host(),
                          quint16(url.port(tls ? 443 : 80)),
                          {},
                          {},
                          {},
                          u"Service %1/%2, annotation sallyport.dev/external-address"_s.arg(service.nameSpace,
                                                                                            service.name)});
    }
}

void addLoadBalancer(QList<EdgeAccess> &found, const edge::Value &object, const models::Service &service,
                     const models::ServicePort &port)
{
    for (const edge::Value &ingress : object.at({"status", "loadBalancer", "ingress"}).items()) {
        const QString ip = models::text(ingress["ip"]);
        const QString host = ip.isEmpty() ? models::text(ingress["hostname"]) : ip;
        if (!host.isEmpty())
            found.append({host,
                          quint16(port.port),
                          {},
                          {},
                          {},
                          u"Service %1/%2, load balancer"_s.arg(service.nameSpace, service.name)});
    }
}

} // namespace

QList<EdgeAccess> edgeAccesses(const models::Snapshot &snapshot, const models::EdgeInstallation &edge,
                               bool tls)
{
    QList<EdgeAccess> annotated;
    QList<EdgeAccess> balanced;
    QList<EdgeAccess> proxies;
    const models::Deployment *deployment = snapshot.deployment(edge.nameSpace, edge.name);
    for (const models::Service &service : snapshot.services) {
        const models::ServicePort *port = portFor(service, tls);
        if (!port || !deployment || !service.selects(*deployment))
            continue;
        if (const edge::Value *object = objectOf(snapshot, service)) {
            addAnnotated(annotated, *object, service, tls);
            addLoadBalancer(balanced, *object, service, *port);
        }
        EdgeAccess proxy;
        proxy.nameSpace = service.nameSpace;
        proxy.service = tls ? u"https:"_s + service.name : service.name;
        proxy.servicePort = port->name.isEmpty() ? QString::number(port->port) : port->name;
        proxy.how = u"Service %1/%2 through the API server's proxy"_s.arg(service.nameSpace, service.name);
        proxies.append(proxy);
    }
    return annotated + balanced + proxies;
}

QString edgeUrl(const models::Snapshot &snapshot, const models::EdgeInstallation &edge, bool tls)
{
    for (const EdgeAccess &access : edgeAccesses(snapshot, edge, tls)) {
        if (!access.host.isEmpty())
            return u"%1://%2:%3"_s.arg(tls ? u"https"_s : u"http"_s, access.host,
                                       QString::number(access.port));
    }
    return {};
}

QString whyNoEdge(const models::Snapshot &snapshot)
{
    const QString deployments = u"deployments"_s;
    return snapshot.knows(deployments)
        ? u"no Ambassador installation was found in this cluster; choose the context of one that has it"_s
        : u"whether there is an Ambassador installation is not known: %1; choose a context whose account may list them"_s
              .arg(snapshot.whyUnknown(deployments));
}

} // namespace app
