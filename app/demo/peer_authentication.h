// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Istio's own rules for PeerAuthentication, as its control plane applies them (facts mesh-security.md §1.6):
// mesh, then namespace, then workload; the oldest of a scope wins; objects with a selector in the root
// namespace do not count; ports of the winning workload object only.  Written for the demo's sidecars alone:
// what the console predicts is computed elsewhere and may be wrong.
#include "edge/value.h"

#include <map>
#include <memory>

namespace demo {

enum class MtlsMode { Permissive, Strict, Disable };
std::string_view mtlsModeName(MtlsMode mode); // "PERMISSIVE"

using LabelMap = std::map<std::string, std::string>;
LabelMap labelMap(const edge::Value &labels);
bool isSubset(const LabelMap &wanted, const LabelMap &labels);

struct WorkloadModes
{
    MtlsMode mode = MtlsMode::Permissive;
    std::map<std::uint16_t, MtlsMode> ports; // exceptions, by container port
    MtlsMode of(std::uint16_t port) const;
    bool operator==(const WorkloadModes &) const = default;
};

WorkloadModes workloadModes(const std::vector<std::shared_ptr<const edge::Value>> &peerAuthentications,
                            std::string_view nameSpace, const LabelMap &podLabels);

// What a client's auto-mTLS hint for a whole Service is: mesh and namespace level only (§1.8 rule 3).
MtlsMode namespaceMode(const std::vector<std::shared_ptr<const edge::Value>> &peerAuthentications,
                       std::string_view nameSpace);

} // namespace demo
