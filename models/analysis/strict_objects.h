// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The objects that the staged switch to STRICT writes (facts mesh-security.md §2.4), as they are sent to the server.
#include "edge/value.h"
#include "models/resources/istio_security.h"

namespace models {

// Complete: an UNSET mode and what is empty are left out; security.istio.io/v1beta1 unless the policy was read otherwise.
edge::Value policyObject(const PeerAuthentication &policy);

// The MeshPolicy or Policy of Istio up to 1.4: its peers as the mode wants them, its targets where it had no spec yet, and all
// else as it was read.
edge::Value policyObject(const AuthenticationPolicy &policy);

// An AuthorizationPolicy that denies every caller without an identity, as a dry run only: it counts them and refuses nobody.
edge::Value shadowObject(const QString &nameSpace, const QString &name, const Labels &selector);

} // namespace models
