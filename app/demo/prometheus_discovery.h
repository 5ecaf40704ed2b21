// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Kubernetes' service discovery for a Prometheus that has none built in (Debian's has not): the targets and
// __meta_kubernetes_… labels that kubernetes_sd_configs would give, for its http_sd_configs.  Roles pod,
// endpoints, service, node.
#include "app/demo/store.h"

namespace demo {

struct DiscoveryQuery
{
    std::string role;
    std::vector<std::string> namespaces; // empty: all
};

Value discoverTargets(const Store &store,
                      const DiscoveryQuery &query); // [{"targets": ["10.244.0.7:8877"], "labels": {…}}, …]

std::string discoveryPath(const Value &kubernetesDiscovery); // of one kubernetes_sd_config: /discovery?role=…
std::optional<DiscoveryQuery> readDiscoveryPath(std::string_view target); // nullopt: another path

// The text that Prometheus gets: each kubernetes_sd_config becomes an http_sd_config, each job gets a
// proxy_url; nothing else changes.
edge::Result<std::string> prometheusConfiguration(const std::string &text, std::uint16_t proxyPort);

} // namespace demo
