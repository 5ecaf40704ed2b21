// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/authentication_policy.h"

#include <algorithm>

namespace demo {

using edge::Value;

namespace {

MtlsMode modeIn(const Value &policy)
{
    for (const Value &peer : policy.at({"spec", "peers"}).items()) {
        if (const Value *mtls = peer.find("mtls")) // null too: STRICT
            return (*mtls)["mode"].text() == "PERMISSIVE" ? MtlsMode::Permissive : MtlsMode::Strict;
    }
    return MtlsMode::Disable;
}

bool isIn(const Value &policy, std::string_view nameSpace)
{
    return policy.at({"metadata", "namespace"}).text() == nameSpace;
}

// 0: not at all; 1: the Service; 2: this very port of it.
int closeness(const Value &policy, const std::string &service, const Value &port)
{
    int best = 0;
    for (const Value &target : policy.at({"spec", "targets"}).items()) {
        if (target["name"].text() != service)
            continue;
        const auto &ports = target["ports"].items();
        const bool isMeant = std::any_of(ports.begin(), ports.end(), [&port](const Value &wanted) {
            return wanted["name"].isString() ? wanted["name"] == port["name"]
                                             : wanted["number"] == port["port"];
        });
        best = std::max(best, isMeant ? 2 : ports.empty() ? 1 : 0);
    }
    return best;
}

} // namespace

MtlsMode AuthenticationPolicies::modeOf(std::string_view nameSpace, const std::string &service,
                                        const Value &port) const
{
    const Value *closest = nullptr;
    int best = 0;
    for (const auto &policy : policies) {
        const int close = isIn(*policy, nameSpace) ? closeness(*policy, service, port) : 0;
        if (close > best) {
            best = close;
            closest = policy.get();
        }
    }
    return closest ? modeIn(*closest) : modeOf(nameSpace);
}

MtlsMode AuthenticationPolicies::modeOf(std::string_view nameSpace) const
{
    for (const auto &policy : policies) {
        if (isIn(*policy, nameSpace) && policy->at({"spec", "targets"}).items().empty()
            && policy->at({"metadata", "name"}).text() == "default")
            return modeIn(*policy);
    }
    for (const auto &policy : mesh) {
        if (policy->at({"metadata", "name"}).text() == "default")
            return modeIn(*policy);
    }
    return MtlsMode::Disable;
}

} // namespace demo
