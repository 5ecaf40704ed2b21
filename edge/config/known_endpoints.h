// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where clusters lead that are not found by DNS: Emissary's watcher knows the addresses behind each port of a Service
// from its Endpoints (cmd/entrypoint/endpoint_routing.go; it reads no EndpointSlices).
#include "edge/config.h"
#include "edge/shared_list.h"
#include "edge/value.h"

#include <map>
#include <string>
#include <vector>

namespace edge {

using KnownEndpoints = std::map<std::string, std::vector<UpstreamAddress>>; // by Cluster::edsName

// Of each cluster whose Service has an Endpoints object; none in it, if no port of it is the cluster's.
KnownEndpoints knownEndpoints(const Config &config, const SharedList<Value> &objects,
                              const std::string &defaultNamespace);

} // namespace edge
