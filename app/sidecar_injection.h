// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What Istio's injector would make of a pod, by the Namespaces and the mesh's configuration of a snapshot.  Pure.
#include "models/resources/snapshot.h"

namespace app {

enum class Injection {
    None,
    Sidecar,
    Ambient,   // the node's ztunnel stands before it
    AsWritten, // the proxy is among its containers already
    Unknown    // its Namespace decides, and is not in the snapshot
};
// Of a pod whose metadata and spec are as its owner's template has them.
Injection injectionOf(const edge::Value &pod, const models::Snapshot &snapshot);
// The pod with its sidecar, with probes that ask the agent and, with metrics merging, scrapes that do.  The proxy's image is
// not known.
edge::Value injected(edge::Value pod, const models::MeshConfig &mesh);

} // namespace app
