// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// MeshPolicy and Policy of authentication.istio.io/v1alpha1, as Istio up to 1.4 applies them (facts mesh-security.md §1.10):
// a Policy that targets the Service and its port, else the Service, else the namespace's, else the MeshPolicy "default"; none
// of them, or one without mtls, is plaintext.  For the demo's sidecars alone, as peer_authentication.h.
#include "app/demo/peer_authentication.h"

namespace demo {

struct AuthenticationPolicies
{
    using Objects = std::vector<std::shared_ptr<const edge::Value>>;
    Objects mesh, policies; // of all namespaces

    // Of one port of a Service.
    MtlsMode modeOf(std::string_view nameSpace, const std::string &service, const edge::Value &port) const;
    MtlsMode modeOf(std::string_view nameSpace) const; // of what no Service names
};

} // namespace demo
