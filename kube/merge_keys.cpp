// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/merge_keys.h"

namespace kube {
namespace {

struct Rule
{
    std::string_view field, where, key; // where: a kind, or the parent; "" anywhere
};

constexpr Rule Rules[] = {
    {"ports", "Service", "port"},
    {"ports", "containers", "containerPort"},
    {"ports", "initContainers", "containerPort"},
    {"ports", "ephemeralContainers", "containerPort"},
    {"containers", "spec", "name"},
    {"initContainers", "spec", "name"},
    {"ephemeralContainers", "spec", "name"},
    {"env", "", "name"},
    {"volumeMounts", "", "mountPath"},
    {"volumeDevices", "", "devicePath"},
    {"volumes", "spec", "name"},
    {"imagePullSecrets", "spec", "name"},
    {"hostAliases", "spec", "ip"},
    {"topologySpreadConstraints", "spec", "topologyKey"},
    {"resourceClaims", "spec", "name"},
    {"schedulingGates", "spec", "name"},
    {"conditions", "status", "type"},
    {"podIPs", "status", "ip"},
    {"hostIPs", "status", "ip"},
    {"ownerReferences", "metadata", "uid"},
    {"finalizers", "metadata", ""},
    {"webhooks", "MutatingWebhookConfiguration", "name"},
    {"webhooks", "ValidatingWebhookConfiguration", "name"},
    {"matchConditions", "", "name"},
    {"variables", "ValidatingAdmissionPolicy", "name"},
    {"secrets", "ServiceAccount", "name"},
    {"addresses", "Node", "type"},
    {"podCIDRs", "Node", ""},
};

} // namespace

std::optional<std::string_view> mergeKeyOf(std::string_view kind, std::string_view parent,
                                           std::string_view field)
{
    for (const Rule &rule : Rules) {
        if (rule.field == field && (rule.where.empty() || rule.where == parent || rule.where == kind))
            return rule.key;
    }
    return {};
}

bool retainsKeys(std::string_view kind, std::string_view field)
{
    return field == "volumes" || field == "resourceClaims" || (field == "strategy" && kind == "Deployment");
}

} // namespace kube
