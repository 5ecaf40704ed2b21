// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/field_faults.h"

#include "models/resources/text.h"

#include <algorithm>
#include <span>

using namespace Qt::StringLiterals;

namespace models {

namespace {

enum class Want { Text, Number, NumberOrText, Object, List, Texts, Labels, OneOf, Ports };

struct Rule
{
    const char *path; // below the object; "*": each member, "[]": each item
    Want want;
    const char *values = ""; // of OneOf, parted by blanks
};

constexpr char ServerModes[] = "UNSET DISABLE PERMISSIVE STRICT";
constexpr char ClientModes[] = "DISABLE SIMPLE MUTUAL ISTIO_MUTUAL";

constexpr Rule PeerAuthenticationRules[] = {{"spec", Want::Object},
                                            {"spec.selector", Want::Object},
                                            {"spec.selector.matchLabels", Want::Labels},
                                            {"spec.mtls", Want::Object},
                                            {"spec.mtls.mode", Want::OneOf, ServerModes},
                                            {"spec.portLevelMtls", Want::Ports},
                                            {"spec.portLevelMtls.*", Want::Object},
                                            {"spec.portLevelMtls.*.mode", Want::OneOf, ServerModes}};
constexpr Rule DestinationRuleRules[] = {
    {"spec", Want::Object},
    {"spec.host", Want::Text},
    {"spec.exportTo", Want::Texts},
    {"spec.trafficPolicy", Want::Object},
    {"spec.trafficPolicy.tls", Want::Object},
    {"spec.trafficPolicy.tls.mode", Want::OneOf, ClientModes},
    {"spec.trafficPolicy.portLevelSettings", Want::List},
    {"spec.trafficPolicy.portLevelSettings.[]", Want::Object},
    {"spec.trafficPolicy.portLevelSettings.[].port", Want::Object},
    {"spec.trafficPolicy.portLevelSettings.[].port.number", Want::Number},
    {"spec.trafficPolicy.portLevelSettings.[].tls", Want::Object},
    {"spec.trafficPolicy.portLevelSettings.[].tls.mode", Want::OneOf, ClientModes},
    {"spec.subsets", Want::List},
    {"spec.subsets.[]", Want::Object},
    {"spec.subsets.[].name", Want::Text},
    {"spec.subsets.[].labels", Want::Labels},
    {"spec.subsets.[].trafficPolicy", Want::Object},
    {"spec.subsets.[].trafficPolicy.tls", Want::Object},
    {"spec.subsets.[].trafficPolicy.tls.mode", Want::OneOf, ClientModes}};
constexpr Rule SidecarRules[] = {{"spec", Want::Object},
                                 {"spec.workloadSelector", Want::Object},
                                 {"spec.workloadSelector.labels", Want::Labels},
                                 {"spec.egress", Want::List},
                                 {"spec.egress.[]", Want::Object},
                                 {"spec.egress.[].hosts", Want::Texts}};
constexpr Rule AuthorizationPolicyRules[] = {{"spec", Want::Object},
                                             {"spec.selector", Want::Object},
                                             {"spec.selector.matchLabels", Want::Labels},
                                             {"spec.action", Want::OneOf, "ALLOW DENY AUDIT CUSTOM"},
                                             {"spec.rules", Want::List},
                                             {"spec.rules.[]", Want::Object},
                                             {"spec.rules.[].from", Want::List},
                                             {"spec.rules.[].from.[]", Want::Object},
                                             {"spec.rules.[].from.[].source", Want::Object},
                                             {"spec.rules.[].from.[].source.principals", Want::Texts},
                                             {"spec.rules.[].from.[].source.notPrincipals", Want::Texts},
                                             {"spec.rules.[].from.[].source.namespaces", Want::Texts},
                                             {"spec.rules.[].to", Want::List},
                                             {"spec.rules.[].when", Want::List}};
constexpr Rule WorkloadEntryRules[] = {{"spec", Want::Object},
                                       {"spec.address", Want::Text},
                                       {"spec.labels", Want::Labels},
                                       {"spec.serviceAccount", Want::Text}};
constexpr Rule ServiceEntryRules[] = {
    {"spec", Want::Object},
    {"spec.hosts", Want::Texts},
    {"spec.exportTo", Want::Texts},
    {"spec.location", Want::OneOf, "MESH_EXTERNAL MESH_INTERNAL"},
    {"spec.resolution", Want::OneOf, "NONE STATIC DNS DNS_ROUND_ROBIN DYNAMIC_DNS"},
    {"spec.workloadSelector", Want::Object},
    {"spec.workloadSelector.labels", Want::Labels},
    {"spec.ports", Want::List},
    {"spec.ports.[]", Want::Object},
    {"spec.ports.[].number", Want::Number},
    {"spec.ports.[].targetPort", Want::Number},
    {"spec.endpoints", Want::List},
    {"spec.endpoints.[]", Want::Object},
    {"spec.endpoints.[].address", Want::Text},
    {"spec.endpoints.[].labels", Want::Labels},
    {"spec.endpoints.[].serviceAccount", Want::Text}};
constexpr Rule IstioGatewayRules[] = {
    {"spec", Want::Object},
    {"spec.selector", Want::Labels},
    {"spec.servers", Want::List},
    {"spec.servers.[]", Want::Object},
    {"spec.servers.[].hosts", Want::Texts},
    {"spec.servers.[].tls", Want::Object},
    {"spec.servers.[].tls.mode", Want::OneOf,
     "PASSTHROUGH SIMPLE MUTUAL AUTO_PASSTHROUGH ISTIO_MUTUAL OPTIONAL_MUTUAL"},
    {"spec.servers.[].tls.credentialName", Want::Text}};
constexpr Rule ServiceRules[] = {{"spec", Want::Object},
                                 {"spec.type", Want::Text},
                                 {"spec.selector", Want::Labels},
                                 {"spec.externalName", Want::Text},
                                 {"spec.ports", Want::List},
                                 {"spec.ports.[]", Want::Object},
                                 {"spec.ports.[].name", Want::Text},
                                 {"spec.ports.[].port", Want::Number},
                                 {"spec.ports.[].targetPort", Want::NumberOrText},
                                 {"spec.ports.[].protocol", Want::OneOf, "TCP UDP SCTP"}};
constexpr Rule IssuedRules[] = {{"spec", Want::Object},
                                {"spec.secretName", Want::Text},
                                {"spec.dnsNames", Want::Texts},
                                {"status", Want::Object},
                                {"status.conditions", Want::List}};

std::span<const Rule> rulesOf(const edge::Value &object)
{
    const std::string &kind = object["kind"].text();
    const std::string &version = object["apiVersion"].text();
    if (kind == "Service")
        return version == "v1" ? std::span<const Rule>(ServiceRules) : std::span<const Rule>();
    if (kind == "Certificate" && version.starts_with("cert-manager.io/"))
        return IssuedRules;
    if (!version.starts_with("security.istio.io/") && !version.starts_with("networking.istio.io/"))
        return {};
    if (kind == "PeerAuthentication")
        return PeerAuthenticationRules;
    if (kind == "DestinationRule")
        return DestinationRuleRules;
    if (kind == "Sidecar")
        return SidecarRules;
    if (kind == "ServiceEntry")
        return ServiceEntryRules;
    if (kind == "Gateway")
        return IstioGatewayRules;
    if (kind == "AuthorizationPolicy")
        return AuthorizationPolicyRules;
    return kind == "WorkloadEntry" ? std::span<const Rule>(WorkloadEntryRules) : std::span<const Rule>();
}

bool isPort(const std::string &key)
{
    bool isNumber = false;
    const int port = text(key).toInt(&isNumber);
    return isNumber && port > 0 && port <= 65535;
}

// Why not, "" it is what is wanted.
QString whyNot(const edge::Value &value, const Rule &rule)
{
    const auto allTexts = [](const auto &list) {
        return std::all_of(list.begin(), list.end(), [](const edge::Value &one) { return one.isString(); });
    };
    switch (rule.want) {
    case Want::Text: return value.isString() ? QString() : u"must be a text"_s;
    case Want::Number: return value.isNumber() ? QString() : u"must be a number"_s;
    case Want::NumberOrText:
        return value.isNumber() || value.isString() ? QString() : u"must be a number or a name"_s;
    case Want::Object: return value.isObject() ? QString() : u"must be an object"_s;
    case Want::List: return value.isArray() ? QString() : u"must be a list"_s;
    case Want::Texts:
        return value.isArray() && allTexts(value.items()) ? QString() : u"must be a list of texts"_s;
    case Want::Labels:
        return value.isObject()
                && std::all_of(value.members().begin(), value.members().end(),
                               [](const auto &one) { return one.second.isString(); })
            ? QString()
            : u"must be labels: names with a text each"_s;
    case Want::Ports:
        return value.isObject()
                && std::all_of(value.members().begin(), value.members().end(),
                               [](const auto &one) { return isPort(one.first); })
            ? QString()
            : u"must have numbers of ports as its keys"_s;
    case Want::OneOf: break;
    }
    const QStringList values = QString::fromLatin1(rule.values).split(u' ');
    return value.isString() && values.contains(text(value)) ? QString()
                                                            : u"must be one of "_s + values.join(u", "_s);
}

QString shown(const edge::Value &value)
{
    constexpr qsizetype Most = 60;
    const QString all = QString::fromStdString(edge::toJson(value));
    return all.size() <= Most ? all : all.left(Most) + u'…';
}

struct Walk
{
    const Rule &rule;
    const ObjectRef &object;
    QList<Finding> &found;

    QString refusal() const
    {
        return object.kind == "Service"_L1 || object.kind == "Certificate"_L1
            ? u"the API server refuses the object"_s
            : u"API server and istiod refuse the object, so it counts for nothing"_s;
    }

    void judge(const edge::Value &value, const QString &path)
    {
        const QString why = value.isNull() ? QString() : whyNot(value, rule); // null: as if it were not there
        if (!why.isEmpty())
            found.append({u"MT-025"_s,
                          Severity::Error,
                          object,
                          path,
                          u"%1 is %2, and %3: %4"_s.arg(path, shown(value), why, refusal()),
                          {},
                          u"correct the field"_s});
    }

    void go(const edge::Value &value, QStringView rest, const QString &path)
    {
        const qsizetype dot = rest.indexOf(u'.');
        const QStringView part = dot < 0 ? rest : rest.left(dot);
        const auto next = [&](const edge::Value &child, const QString &place) {
            if (dot < 0)
                judge(child, place);
            else
                go(child, rest.mid(dot + 1), place);
        };
        if (part == u"[]") {
            for (std::size_t i = 0; i < value.items().size(); ++i)
                next(value.items()[i], u"%1[%2]"_s.arg(path).arg(i));
        } else if (part == u"*") {
            for (const auto &[key, child] : value.members())
                next(child, path + u'.' + text(key));
        } else if (const edge::Value *child = value.find(part.toString().toStdString())) {
            next(*child, path.isEmpty() ? part.toString() : path + u'.' + part);
        }
    }
};

} // namespace

bool countsForNothing(const QList<Finding> &faults)
{
    return std::any_of(faults.begin(), faults.end(),
                       [](const Finding &fault) { return fault.severity == Severity::Error; });
}

QList<Finding> fieldFaults(const edge::Value &object)
{
    QList<Finding> found;
    const std::span<const Rule> rules = rulesOf(object);
    if (rules.empty())
        return found;
    const ObjectRef ref{text(object["kind"]), text(object.at({"metadata", "namespace"})),
                        text(object.at({"metadata", "name"}))};
    for (const Rule &rule : rules)
        Walk{rule, ref, found}.go(object, QString::fromLatin1(rule.path), {});
    if (found.isEmpty() && ref.kind == "PeerAuthentication"_L1
        && !object.at({"spec", "portLevelMtls"}).members().empty()
        && object.at({"spec", "selector", "matchLabels"}).members().empty())
        found.append({u"MT-025"_s,
                      Severity::Warning,
                      ref,
                      u"spec.portLevelMtls"_s,
                      u"portLevelMtls needs a selector: without one the modes of ports have no effect"_s,
                      {},
                      u"select the workloads that the ports are of"_s});
    return found;
}

} // namespace models
