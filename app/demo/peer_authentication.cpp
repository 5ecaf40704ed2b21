// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/peer_authentication.h"

#include <charconv>
#include <optional>

namespace demo {

namespace {

constexpr std::string_view RootNamespace = "istio-system";

struct Policy
{
    std::string name, nameSpace, created;
    LabelMap selector;
    const edge::Value *spec = nullptr;
    bool isOlderThan(const Policy &other) const
    {
        return std::tie(created, name, nameSpace) < std::tie(other.created, other.name, other.nameSpace);
    }
};

Policy readPolicy(const edge::Value &object)
{
    Policy policy;
    policy.name = object.at({"metadata", "name"}).text();
    policy.nameSpace = object.at({"metadata", "namespace"}).text();
    policy.created = object.at({"metadata", "creationTimestamp"}).text(); // RFC 3339 in UTC: sorts as text
    policy.selector = labelMap(object.at({"spec", "selector", "matchLabels"}));
    policy.spec = &object["spec"];
    return policy;
}

std::optional<MtlsMode> modeFromName(const std::string &name)
{
    if (name == "STRICT")
        return MtlsMode::Strict;
    if (name == "PERMISSIVE")
        return MtlsMode::Permissive;
    if (name == "DISABLE")
        return MtlsMode::Disable;
    return {}; // UNSET and absent inherit
}

struct Winners
{
    std::optional<Policy> mesh, nameSpace, workload;
};

Winners winners(const std::vector<std::shared_ptr<const edge::Value>> &objects, std::string_view nameSpace,
                const LabelMap *podLabels)
{
    Winners found;
    const auto offer = [](std::optional<Policy> &best, const Policy &policy) {
        if (!best || policy.isOlderThan(*best))
            best = policy;
    };
    for (const auto &object : objects) {
        const Policy policy = readPolicy(*object);
        const bool isRoot = policy.nameSpace == RootNamespace;
        if (policy.selector.empty() && isRoot)
            offer(found.mesh, policy);
        else if (policy.selector.empty() && policy.nameSpace == nameSpace)
            offer(found.nameSpace, policy);
        else if (!policy.selector.empty() && !isRoot && policy.nameSpace == nameSpace && podLabels
                 && isSubset(policy.selector, *podLabels))
            offer(found.workload, policy);
    }
    return found;
}

void applyMode(MtlsMode &mode, const std::optional<Policy> &policy)
{
    if (policy)
        mode = modeFromName(policy->spec->at({"mtls", "mode"}).text()).value_or(mode);
}

} // namespace

std::string_view mtlsModeName(MtlsMode mode)
{
    return mode == MtlsMode::Strict ? "STRICT" : mode == MtlsMode::Disable ? "DISABLE" : "PERMISSIVE";
}

LabelMap labelMap(const edge::Value &labels)
{
    LabelMap map;
    for (const auto &[name, value] : labels.members())
        map.emplace(name, value.text());
    return map;
}

bool isSubset(const LabelMap &wanted, const LabelMap &labels)
{
    for (const auto &[name, value] : wanted) {
        const auto found = labels.find(name);
        if (found == labels.end() || found->second != value)
            return false;
    }
    return true;
}

MtlsMode WorkloadModes::of(std::uint16_t port) const
{
    const auto found = ports.find(port);
    return found == ports.end() ? mode : found->second;
}

WorkloadModes workloadModes(const std::vector<std::shared_ptr<const edge::Value>> &peerAuthentications,
                            std::string_view nameSpace, const LabelMap &podLabels)
{
    const Winners found = winners(peerAuthentications, nameSpace, &podLabels);
    WorkloadModes modes;
    for (const auto *policy : {&found.mesh, &found.nameSpace, &found.workload})
        applyMode(modes.mode, *policy);
    if (!found.workload)
        return modes;
    for (const auto &[key, setting] : (*found.workload->spec)["portLevelMtls"].members()) {
        std::uint16_t port = 0;
        const bool isNumber = std::from_chars(key.data(), key.data() + key.size(), port).ec == std::errc();
        const auto mode = modeFromName(setting["mode"].text());
        if (isNumber && mode)
            modes.ports.emplace(port, *mode);
    }
    return modes;
}

MtlsMode namespaceMode(const std::vector<std::shared_ptr<const edge::Value>> &peerAuthentications,
                       std::string_view nameSpace)
{
    const Winners found = winners(peerAuthentications, nameSpace, nullptr);
    MtlsMode mode = MtlsMode::Permissive;
    applyMode(mode, found.mesh);
    applyMode(mode, found.nameSpace);
    return mode;
}

} // namespace demo
