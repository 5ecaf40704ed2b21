// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/resource_type.h"

#include <QUrl>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

QString segment(const QString &text) { return u'/' + QString::fromLatin1(QUrl::toPercentEncoding(text)); }

} // namespace

QString ResourceType::apiVersion() const
{
    return group.isEmpty() ? version : QString(group + u'/' + version);
}

QString ResourceType::path(const QString &nameSpace, const QString &name) const
{
    QString path = group.isEmpty() ? u"/api"_s : u"/apis"_s + segment(group);
    path += segment(version);
    if (namespaced && !nameSpace.isEmpty())
        path += u"/namespaces"_s + segment(nameSpace);
    path += segment(plural);
    return name.isEmpty() ? path : path + segment(name);
}

QString ResourceType::objectPath(const QString &nameSpace, const QString &name) const
{
    return name.isEmpty() ? path(nameSpace) + u'/' : path(nameSpace, name);
}

QString pathFault(const QByteArray &method, const QString &path)
{
    const QString place = path.section(u'?', 0, 0);
    if (!place.startsWith("/api/"_L1) && !place.startsWith("/apis/"_L1))
        return {};
    const QStringList parts = place.sliced(1).split(u'/');
    const qsizetype proxy = parts.value(2) == "nodes"_L1 ? 4 : 6; // nodes/NAME/proxy, namespaces/NAME/pods/NAME/proxy
    const bool isProxied = parts.first() == "api"_L1 && parts.value(proxy) == "proxy"_L1;
    for (const QString &part : parts.first(isProxied ? proxy : parts.size())) {
        const QString text = QUrl::fromPercentEncoding(part.toLatin1());
        const QString rule = text == "."_L1 || text == ".."_L1     ? u"it is “.” or “..”"_s
            : text.contains(u'/') || text.contains(u'%')           ? u"it holds “/” or “%”"_s
                                                                   : QString();
        if (!rule.isEmpty())
            return u"%1 %2: “%3” names nothing in Kubernetes, since %4"_s.arg(
                QString::fromLatin1(method), place, text, rule);
    }
    return method != "GET" && parts.last().isEmpty() && !isProxied
        ? u"%1 %2: no object is named, and without a name it would be all of them"_s.arg(
            QString::fromLatin1(method), place)
        : QString();
}

bool mayHoldSecrets(const QString &path)
{
    return path.startsWith(u"/api/v1/")
        && path.section(u'?', 0, 0).split(u'/').contains(QStringLiteral("secrets"));
}

namespace types {

ResourceType namespaces() { return {u""_s, u"v1"_s, u"namespaces"_s, u"Namespace"_s, false}; }
ResourceType pods() { return {u""_s, u"v1"_s, u"pods"_s, u"Pod"_s, true}; }
ResourceType services() { return {u""_s, u"v1"_s, u"services"_s, u"Service"_s, true}; }
ResourceType endpoints() { return {u""_s, u"v1"_s, u"endpoints"_s, u"Endpoints"_s, true}; }
ResourceType configMaps() { return {u""_s, u"v1"_s, u"configmaps"_s, u"ConfigMap"_s, true}; }
ResourceType secrets() { return {u""_s, u"v1"_s, u"secrets"_s, u"Secret"_s, true}; }
ResourceType events() { return {u""_s, u"v1"_s, u"events"_s, u"Event"_s, true}; }
ResourceType deployments() { return {u"apps"_s, u"v1"_s, u"deployments"_s, u"Deployment"_s, true}; }

ResourceType peerAuthentications(const QString &version)
{
    return {u"security.istio.io"_s, version, u"peerauthentications"_s, u"PeerAuthentication"_s, true};
}

ResourceType destinationRules(const QString &version)
{
    return {u"networking.istio.io"_s, version, u"destinationrules"_s, u"DestinationRule"_s, true};
}

ResourceType mappings(const QString &version)
{
    return {u"getambassador.io"_s, version, u"mappings"_s, u"Mapping"_s, true};
}
ResourceType hosts(const QString &version)
{
    return {u"getambassador.io"_s, version, u"hosts"_s, u"Host"_s, true};
}
ResourceType tlsContexts(const QString &version)
{
    return {u"getambassador.io"_s, version, u"tlscontexts"_s, u"TLSContext"_s, true};
}
ResourceType listeners(const QString &version)
{
    return {u"getambassador.io"_s, version, u"listeners"_s, u"Listener"_s, true};
}
ResourceType modules(const QString &version)
{
    return {u"getambassador.io"_s, version, u"modules"_s, u"Module"_s, true};
}

} // namespace types
} // namespace kube
