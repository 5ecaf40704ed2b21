// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What Envoy's admin port answers: /certs from the PEM texts that a program of the demo has in use, /config_dump and
// /clusters from the configuration that it runs.  Real proxies bind that port to the pod's own localhost.
#include "edge/config.h"
#include "edge/value.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace demo {

struct CertificatesInUse
{
    std::string path; // as a proxy would name its file
    std::string chainPem, rootsPem;
};

edge::Value certificatesAnswer(const std::vector<CertificatesInUse> &all,
                               std::chrono::system_clock::time_point now);
// Where Ambassador writes a Secret's certificate for Envoy: its name, and a digest of what is in it.
std::string decodedSecretPath(const std::string &secret, const std::string &chainPem);

// What a control plane has sent: listeners and clusters as Envoy's JSON has them, without their "@type".
struct ReceivedConfiguration
{
    std::vector<edge::Value> listeners, clusters;
    std::string version; // of both
    std::string since;   // utcText() when they came
};
// /config_dump, whole or ?resource=dynamic_listeners and dynamic_active_clusters; nullopt: target asks for another one.
std::optional<edge::Value> configDump(const ReceivedConfiguration &received, std::string_view target);

// /clusters?format=json of an edge; addressOf: what the name of a cluster's host is resolved to, "" it is not.
edge::Value clustersAnswer(const edge::Config &config,
                           const std::function<std::string(const edge::Cluster &)> &addressOf);

} // namespace demo
