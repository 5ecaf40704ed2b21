// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who a pod is, read from its object: what telemetry, certificates and policies go by.
#include "app/demo/peer_authentication.h"

namespace demo {

struct PodIdentity
{
    std::string nameSpace, name, uid, address, serviceAccount;
    std::string workload; // of the Deployment: the ReplicaSet's name without its hash
    std::string app, version;
    LabelMap labels;
};

PodIdentity podIdentity(const edge::Value &pod);
bool isReady(const edge::Value &pod);
bool hasEnded(const edge::Value &pod); // a Job's: Succeeded or Failed
bool isInjected(
    const edge::Value &pod); // its istio-proxy captures traffic (annotation sidecar.istio.io/status)
const edge::Value *containerNamed(const edge::Value &podOrTemplate,
                                  std::string_view name); // in spec.containers; nullptr if absent
std::string environmentOf(const edge::Value &container, std::string_view name); // literal values only
std::string imageName(const std::string &image); // docker.io/datawire/aes:1.11.2 → aes
std::string imageTag(const std::string &image);

} // namespace demo
