// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/client_rule.h"

#include <algorithm>

namespace demo {

namespace {

using edge::Value;
using Rules = std::vector<const Value *>;

constexpr std::string_view RootNamespace = "istio-system";

const std::string &homeOf(const Value &rule) { return rule.at({"metadata", "namespace"}).text(); }

std::string fullHost(const Value &rule)
{
    const std::string &host = rule.at({"spec", "host"}).text();
    const bool isShort = !host.empty() && host != "*" && host.find('.') == std::string::npos;
    return isShort ? host + "." + homeOf(rule) + ".svc.cluster.local" : host;
}

bool isFor(const Value &rule, const std::string &host)
{
    const std::string own = fullHost(rule);
    return own.starts_with("*") ? host.ends_with(own.substr(1)) : own == host;
}

const Value &selectorOf(const Value &rule) { return rule.at({"spec", "workloadSelector", "matchLabels"}); }
bool hasSelector(const Value *rule) { return !selectorOf(*rule).members().empty(); }

bool isExportedTo(const Value &rule, const std::string &nameSpace)
{
    const auto &targets = rule.at({"spec", "exportTo"}).items();
    return targets.empty() || std::any_of(targets.begin(), targets.end(), [&](const Value &target) {
               return target.text() == "*" || target.text() == nameSpace
                   || (target.text() == "." && homeOf(rule) == nameSpace);
           });
}

Rules mostExact(const Rules &rules)
{
    const auto rank = [](const Value *rule) {
        const std::string host = fullHost(*rule);
        return std::pair(!host.starts_with("*"), host.size());
    };
    std::pair<bool, std::size_t> best;
    for (const Value *rule : rules)
        best = std::max(best, rank(rule));
    Rules exact;
    std::copy_if(rules.begin(), rules.end(), std::back_inserter(exact),
                 [&](const Value *rule) { return rank(rule) == best; });
    return exact;
}

// One whose selector is for the caller stands alone; those without a selector are read together, the oldest first.
Rules takenBy(const LabelMap &caller, Rules rules)
{
    const auto own = std::find_if(rules.begin(), rules.end(), [&caller](const Value *rule) {
        return hasSelector(rule) && isSubset(labelMap(selectorOf(*rule)), caller);
    });
    if (own != rules.end())
        return {*own};
    std::erase_if(rules, hasSelector);
    std::stable_sort(rules.begin(), rules.end(), [](const Value *a, const Value *b) {
        const auto age = [](const Value *rule) {
            return std::pair(rule->at({"metadata", "creationTimestamp"}).text(),
                             rule->at({"metadata", "name"}).text());
        };
        return age(a) < age(b);
    });
    return rules;
}

Rules rulesFor(const std::vector<std::shared_ptr<const Value>> &all, const HostCall &call)
{
    for (const std::string_view place :
         {std::string_view(call.callersNamespace), std::string_view(call.serversNamespace), RootNamespace}) {
        const bool isOwn = place == call.callersNamespace; // a selector is for workloads beside the rule
        Rules here;
        for (const auto &rule : all) {
            if (homeOf(*rule) == place && isFor(*rule, call.host) && (isOwn || !hasSelector(rule.get()))
                && isExportedTo(*rule, call.callersNamespace))
                here.push_back(rule.get());
        }
        if (!here.empty())
            return takenBy(call.callersLabels, mostExact(here));
    }
    return {};
}

ClientTls tlsOf(const Value &tls)
{
    const std::string &mode = tls["mode"].text(); // absent: DISABLE, the zero value of istio.io/api's TLSmode
    return mode == "ISTIO_MUTUAL"              ? ClientTls::Mesh
        : mode == "SIMPLE" || mode == "MUTUAL" ? ClientTls::Foreign
                                               : ClientTls::None;
}

// An entry for the port counts for it wholly: without tls the cluster's TLS is automatic.  Its endpoints are marked for mutual TLS
// by the rule's own tls even then, so they get clear text where that is another than ISTIO_MUTUAL (pilot mtls_checker.go,
// trafficPolicyTLSModeForPort).
std::optional<ClientTls> tlsOfPolicy(const Value &policy, std::uint16_t port)
{
    const Value &whole = policy["tls"];
    for (const Value &entry : policy["portLevelSettings"].items()) {
        if (entry.at({"port", "number"}).toInteger() != port)
            continue;
        if (entry["tls"].isObject())
            return tlsOf(entry["tls"]);
        return whole.isObject() && tlsOf(whole) != ClientTls::Mesh ? std::optional(ClientTls::None)
                                                                   : std::nullopt;
    }
    return whole.isObject() ? std::optional(tlsOf(whole)) : std::nullopt;
}

} // namespace

std::optional<ClientTls> ruledTls(const std::vector<std::shared_ptr<const Value>> &destinationRules,
                                  const HostCall &call)
{
    for (const Value *rule : rulesFor(destinationRules, call)) {
        if (const Value &policy = rule->at({"spec", "trafficPolicy"}); policy.isObject())
            return tlsOfPolicy(policy, call.port);
    }
    return {};
}

} // namespace demo
