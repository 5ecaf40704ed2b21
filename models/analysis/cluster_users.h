// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who sends to which cluster of the edge, by what the edge makes of all objects, wherever they stand: annotations and Ingresses, too.
// A cluster itself names only the first that asked for it; objects of several kinds may share one.  Pure.
#include "models/analysis/configured_objects.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace models {

using ClusterUsers = std::unordered_map<std::string, std::vector<edge::ResourceRef>>; // by the cluster's name

struct EdgeService // an AuthService, RateLimitService, LogService or TracingService that the edge takes
{
    edge::ResourceRef by;
    std::string host; // that it names, without its port
};
// Of these objects, those that this edge asks or tells besides where a Mapping leads, by kind, namespace and name.
std::vector<EdgeService> edgeServices(const std::vector<ConfiguredObject> &objects,
                                      const EdgeInstallation &installation);
ClusterUsers clusterUsers(const edge::Config &config, const std::vector<EdgeService> &services);

// Where a cluster's connections go: several AuthServices are one.
std::vector<edge::UpstreamAddress> addressesOf(const edge::Cluster &cluster);

} // namespace models
