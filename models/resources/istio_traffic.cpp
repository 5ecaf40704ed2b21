// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/istio_traffic.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

ClientTls tlsOf(const edge::Value &policy)
{
    const std::string &mode = policy.at({"tls", "mode"}).text();
    if (mode == "DISABLE")
        return ClientTls::Disable;
    if (mode == "SIMPLE")
        return ClientTls::Simple;
    if (mode == "MUTUAL")
        return ClientTls::Mutual;
    return mode == "ISTIO_MUTUAL" ? ClientTls::IstioMutual : ClientTls::Unset;
}

} // namespace

QString clientTlsName(ClientTls mode)
{
    switch (mode) {
    case ClientTls::Disable: return u"DISABLE"_s;
    case ClientTls::Simple: return u"SIMPLE"_s;
    case ClientTls::Mutual: return u"MUTUAL"_s;
    case ClientTls::IstioMutual: return u"ISTIO_MUTUAL"_s;
    case ClientTls::Unset: break;
    }
    return u"UNSET"_s;
}

bool DestinationRule::covers(const QString &serviceNamespace, const QString &serviceName) const
{
    const QString full = u"%1.%2.svc.cluster.local"_s.arg(serviceName, serviceNamespace);
    if (host.startsWith(u'*'))
        return full.endsWith(host.mid(1));
    if (!host.contains(u'.')) // a short name is in the rule's own namespace
        return host == serviceName && nameSpace == serviceNamespace;
    return full == host || full.startsWith(host + u'.');
}

DestinationRule parseDestinationRule(const edge::Value &object)
{
    DestinationRule rule;
    rule.nameSpace = text(object.at({"metadata", "namespace"}));
    rule.name = text(object.at({"metadata", "name"}));
    const edge::Value &spec = object["spec"];
    rule.host = text(spec["host"]);
    rule.tls = tlsOf(spec["trafficPolicy"]);
    for (const edge::Value &port : spec.at({"trafficPolicy", "portLevelSettings"}).items())
        rule.portTls.insert(int(port.at({"port", "number"}).toInteger()), tlsOf(port));
    for (const edge::Value &subset : spec["subsets"].items())
        rule.subsets.append({text(subset["name"]), texts(subset["labels"]), tlsOf(subset["trafficPolicy"])});
    for (const edge::Value &nameSpace : spec["exportTo"].items())
        rule.exportTo.append(text(nameSpace));
    return rule;
}

MeshConfig parseMeshConfig(const QString &yaml, const QString &source)
{
    MeshConfig config;
    const auto documents = edge::parseYaml(yaml.toStdString());
    if (!documents || documents->empty())
        return config;
    const edge::Value &mesh = documents->front();
    config.source = source;
    config.autoMtls = mesh["enableAutoMtls"].toBool(true);
    config.prometheusMerge = mesh["enablePrometheusMerge"].toBool(true);
    if (!mesh["trustDomain"].text().empty())
        config.trustDomain = text(mesh["trustDomain"]);
    for (const edge::Value &alias : mesh["trustDomainAliases"].items())
        config.trustDomainAliases.append(text(alias));
    return config;
}

} // namespace models
