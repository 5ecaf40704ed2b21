// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/istio_traffic.h"

#include "models/resources/text.h"

#include <algorithm>

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
    if (mode == "ISTIO_MUTUAL")
        return ClientTls::IstioMutual;
    // Without a mode it has the zero value of istio.io/api's TLSmode, which is DISABLE; auto mutual TLS is for rules without tls.
    return mode.empty() && policy["tls"].isObject() ? ClientTls::Disable : ClientTls::Unset;
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

bool refusesMeshTls(ClientTls mode)
{
    return mode == ClientTls::Disable || mode == ClientTls::Simple || mode == ClientTls::Mutual;
}

namespace {

void addCredential(DestinationRule &rule, const edge::Value &policy)
{
    const QString name = text(policy.at({"tls", "credentialName"}));
    if (!name.isEmpty() && !rule.credentials.contains(name))
        rule.credentials.append(name);
}

// Of portLevelSettings; one that says nothing of TLS still stands for its port.
QMap<int, ClientTls> readPorts(DestinationRule &rule, const edge::Value &policy)
{
    QMap<int, ClientTls> ports;
    for (const edge::Value &port : policy["portLevelSettings"].items()) {
        ports.insert(int(port.at({"port", "number"}).toInteger()), tlsOf(port));
        addCredential(rule, port);
    }
    return ports;
}

} // namespace

QString serviceHost(const QString &nameSpace, const QString &name)
{
    return u"%1.%2.svc.cluster.local"_s.arg(name, nameSpace);
}

QString DestinationRule::fullHost() const
{
    return host.isEmpty() || host.contains(u'.') || host == "*"_L1 ? host : serviceHost(nameSpace, host);
}

bool DestinationRule::isFor(const QString &full) const
{
    const QString own = fullHost();
    return own.startsWith(u'*') ? full.endsWith(QStringView(own).mid(1)) : own == full;
}

bool DestinationRule::covers(const QString &serviceNamespace, const QString &serviceName) const
{
    return isFor(serviceHost(serviceNamespace, serviceName));
}

DestinationRule parseDestinationRule(const edge::Value &object)
{
    DestinationRule rule;
    rule.apiVersion = text(object["apiVersion"]);
    rule.nameSpace = text(object.at({"metadata", "namespace"}));
    rule.name = text(object.at({"metadata", "name"}));
    const edge::Value &spec = object["spec"];
    rule.host = text(spec["host"]);
    rule.created = QDateTime::fromString(text(object.at({"metadata", "creationTimestamp"})), Qt::ISODate);
    rule.selector = texts(spec.at({"workloadSelector", "matchLabels"}));
    rule.policy = spec["trafficPolicy"];
    rule.hasPolicy = rule.policy.isObject();
    rule.tls = tlsOf(spec["trafficPolicy"]);
    addCredential(rule, spec["trafficPolicy"]);
    rule.portTls = readPorts(rule, spec["trafficPolicy"]);
    for (const edge::Value &subset : spec["subsets"].items()) {
        rule.subsets.append({text(subset["name"]), texts(subset["labels"]), tlsOf(subset["trafficPolicy"]),
                             readPorts(rule, subset["trafficPolicy"])});
        addCredential(rule, subset["trafficPolicy"]);
    }
    for (const edge::Value &nameSpace : spec["exportTo"].items())
        rule.exportTo.append(text(nameSpace));
    return rule;
}

bool SidecarScope::reaches(const QString &serviceNamespace, const QString &serviceName) const
{
    if (hosts.isEmpty())
        return true;
    const QString full = serviceHost(serviceNamespace, serviceName);
    for (const QString &host : hosts) {
        const QString home = host.section(u'/', 0, 0);
        const QString wanted = host.section(u'/', 1);
        const bool sameHome =
            home == "*"_L1 || home == serviceNamespace || (home == "."_L1 && nameSpace == serviceNamespace);
        const bool sameName = wanted == "*"_L1 || wanted == full
            || (wanted.startsWith("*."_L1) && full.endsWith(wanted.mid(1))) || full.startsWith(wanted + u'.');
        if (sameHome && sameName)
            return true;
    }
    return false;
}

SidecarScope parseSidecar(const edge::Value &object)
{
    SidecarScope scope;
    scope.nameSpace = text(object.at({"metadata", "namespace"}));
    scope.name = text(object.at({"metadata", "name"}));
    scope.selector = texts(object.at({"spec", "workloadSelector", "labels"}));
    for (const edge::Value &egress : object.at({"spec", "egress"}).items()) {
        for (const edge::Value &host : egress["hosts"].items())
            scope.hosts.append(text(host));
    }
    return scope;
}

bool WorkloadEntry::hasIdentity() const
{
    const QString mode = labels.value(u"security.istio.io/tlsMode"_s);
    return mode.isEmpty() ? !serviceAccount.isEmpty() : mode == "istio"_L1;
}

WorkloadEntry parseWorkloadEntry(const edge::Value &object)
{
    const edge::Value &spec = object["spec"];
    return {text(object.at({"metadata", "namespace"})), text(object.at({"metadata", "name"})),
            text(spec["address"]), text(spec["serviceAccount"]), texts(spec["labels"])};
}

WorkloadEntry parseWorkloadGroup(const edge::Value &object)
{
    const edge::Value &pattern = object.at({"spec", "template"});
    Labels labels = texts(object.at({"spec", "metadata", "labels"}));
    labels.insert(texts(pattern["labels"]));
    return {text(object.at({"metadata", "namespace"})),
            text(object.at({"metadata", "name"})),
            {},
            text(pattern["serviceAccount"]),
            labels};
}

bool isExportedTo(const QStringList &exportTo, const QString &ownNamespace, const QString &nameSpace)
{
    if (exportTo.isEmpty())
        return true;
    return std::any_of(exportTo.begin(), exportTo.end(), [&](const QString &one) {
        return one == "*"_L1 || one == nameSpace || (one == "."_L1 && nameSpace == ownNamespace);
    });
}

MeshConfig parseMeshConfig(const QString &yaml, const QString &source)
{
    MeshConfig config;
    const auto documents = edge::parseYaml(yaml.toStdString());
    if (!documents || documents->empty())
        return config;
    const edge::Value &mesh = documents->front();
    config.source = source;
    config.rootNamespace = text(mesh["rootNamespace"]);
    config.autoMtls = mesh["enableAutoMtls"].toBool(true);
    config.prometheusMerge = mesh["enablePrometheusMerge"].toBool(true);
    if (!mesh["trustDomain"].text().empty())
        config.trustDomain = text(mesh["trustDomain"]);
    for (const edge::Value &alias : mesh["trustDomainAliases"].items())
        config.trustDomainAliases.append(text(alias));
    for (const edge::Value &selector : mesh["discoverySelectors"].items()) {
        if (const Labels labels = texts(selector["matchLabels"]); !labels.isEmpty())
            config.discoverySelectors.append(labels);
    }
    return config;
}

} // namespace models
