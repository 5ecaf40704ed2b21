// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The listener virtualInbound as istiod sends it to a proxy with this configuration: a filter chain for each way in
// which a connection to a port is taken (measured: shared conformance/sidecar, chains.json).  What the demo's sidecars do
// is in inbound_listener; this is what they say of it, in Envoy's JSON.
#include "app/demo/sidecar.h"

namespace demo {

edge::Value virtualInbound(const PushedConfiguration &configuration);

} // namespace demo
