// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/client_rule_fix.h"

#include "models/analysis/mesh_mode.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using edge::Value;

struct Direction
{
    ClientTls from;
    const char *before, *after; // tls.mode
    bool isToMutual;
};
constexpr Direction ToMutual{ClientTls::Disable, "DISABLE", "ISTIO_MUTUAL", true};
constexpr Direction ToClear{ClientTls::IstioMutual, "ISTIO_MUTUAL", "DISABLE", false};

struct Port
{
    int number = 0;
    bool isRight = false;  // every pod behind it takes what the change makes clients send
    bool isAsked = false;  // and some pod refuses what they send now
    bool isByRule = false; // no entry of its own says otherwise
};

const DestinationRule *ruleOf(const Finding &finding, const Snapshot &snapshot)
{
    const auto &rules = snapshot.destinationRules;
    const auto found = std::find_if(rules.begin(), rules.end(), [&finding](const DestinationRule &one) {
        return one.nameSpace == finding.subject.nameSpace && one.name == finding.subject.name;
    });
    return found == rules.end() ? nullptr : &*found;
}

const Service *serviceOf(const DestinationRule &rule, const Snapshot &snapshot)
{
    const auto &services = snapshot.services;
    const auto found = std::find_if(services.begin(), services.end(), [&rule](const Service &one) {
        return serviceHost(one.nameSpace, one.name) == rule.fullHost();
    });
    return found == services.end() ? nullptr : &*found;
}

Port portOf(const Snapshot &snapshot, const Service &service, const ServicePort &port,
            const Direction &direction)
{
    Port judged;
    judged.number = port.port;
    const QList<const Pod *> pods = snapshot.podsOf(service);
    judged.isRight = !pods.isEmpty();
    for (const Pod *pod : pods) {
        const EffectiveMode mode = effectiveMode(snapshot, *pod, service.targetPortOf(port, *pod));
        const bool takesClear = !mode.enforced || mode.mode == MtlsMode::Disable;
        judged.isRight = judged.isRight && mode.known && takesClear != direction.isToMutual;
        judged.isAsked = judged.isAsked
            || (mode.enforced && mode.mode == (direction.isToMutual ? MtlsMode::Strict : MtlsMode::Disable));
    }
    judged.isAsked = judged.isAsked && judged.isRight;
    return judged;
}

QList<Port> portsOf(const Snapshot &snapshot, const DestinationRule &rule, const Service &service,
                    const Direction &direction)
{
    QList<Port> ports;
    for (const ServicePort &one : service.ports) {
        if (!one.isTcp())
            continue;
        Port port = portOf(snapshot, service, one, direction);
        const auto entry = rule.portTls.constFind(one.port);
        // One without tls leaves the endpoints to the rule's own where that is not mutual (see client_rules.cpp).
        port.isByRule = entry == rule.portTls.constEnd()
            || (direction.isToMutual && *entry == ClientTls::Unset && rule.tls == direction.from);
        ports.append(port);
    }
    return ports;
}

Value tlsOf(const Direction &direction) { return Value::object({{"mode", direction.after}}); }

// An entry counts for its port wholly, so it says again what else the rule says.
Value newEntry(int port, const Value &policy, const Direction &direction)
{
    Value entry = Value::object({{"port", Value::object({{"number", port}})}, {"tls", tlsOf(direction)}});
    for (const char *field : {"connectionPool", "loadBalancer", "outlierDetection"}) {
        if (!policy[field].isNull())
            entry.set(field, policy[field]);
    }
    return entry;
}

// The entries that there are, of which those of asked ports are turned; and new ones for ports that go by a rule that stays.
Value entriesOf(const DestinationRule &rule, const QList<Port> &ports, const Direction &direction,
                bool doesRuleStay)
{
    Value entries = Value::array();
    QSet<int> known;
    for (Value entry : rule.policy["portLevelSettings"].items()) {
        const int number = int(entry.at({"port", "number"}).toInteger());
        known.insert(number);
        const auto port = std::find_if(ports.begin(), ports.end(),
                                       [number](const Port &one) { return one.number == number; });
        const bool says = entry.at({"tls", "mode"}).text() == direction.before;
        if (port != ports.end() && port->isAsked && (says || (port->isByRule && doesRuleStay)))
            entry.set("tls", tlsOf(direction));
        entries.push(std::move(entry));
    }
    for (const Port &port : ports) {
        if (doesRuleStay && rule.tls == direction.from && port.isByRule && port.isAsked
            && !known.contains(port.number))
            entries.push(newEntry(port.number, rule.policy, direction));
    }
    return entries;
}

std::optional<Value> policyOf(const DestinationRule &rule, const QList<Port> &ports,
                              const Direction &direction)
{
    bool isAsked = false, isRight = true;
    for (const Port &port : ports) {
        isAsked = isAsked || (port.isByRule && port.isAsked);
        isRight = isRight && (!port.isByRule || port.isRight);
    }
    // Entries without tls would follow a rule that speaks in clear text.
    const bool areFollowers = !direction.isToMutual && rule.portTls.values().contains(ClientTls::Unset);
    const bool isTurned = rule.tls == direction.from && isAsked && isRight && !areFollowers;
    Value policy = Value::object({});
    if (isTurned)
        policy.set("tls", tlsOf(direction));
    Value entries = entriesOf(rule, ports, direction, !isTurned);
    if (!entries.items().empty() && entries != rule.policy["portLevelSettings"])
        policy.set("portLevelSettings", std::move(entries));
    return policy.members().empty() ? std::nullopt : std::optional(policy);
}

} // namespace

std::optional<Value> clientRuleFix(const Finding &finding, const Snapshot &snapshot)
{
    const DestinationRule *rule = ruleOf(finding, snapshot);
    const Service *service = rule ? serviceOf(*rule, snapshot) : nullptr;
    if (!service || !finding.path.startsWith("spec.trafficPolicy."_L1))
        return {};
    const Direction &direction = finding.code == "MT-014"_L1 ? ToMutual : ToClear;
    auto policy = policyOf(*rule, portsOf(snapshot, *rule, *service, direction), direction);
    if (!policy)
        return {};
    return Value::object(
        {{"apiVersion", rule->apiVersion.toStdString()},
         {"kind", "DestinationRule"},
         {"metadata",
          Value::object({{"name", rule->name.toStdString()}, {"namespace", rule->nameSpace.toStdString()}})},
         {"spec", Value::object({{"trafficPolicy", std::move(*policy)}})}});
}

} // namespace models
