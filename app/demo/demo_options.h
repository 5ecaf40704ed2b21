// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a demo cluster can be asked for (design demo-world.md; the command line's --state --generation … map
// one to one).
#include "edge/result.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace demo {

struct DemoOptions
{
    std::uint16_t port = 0;      // of the API server; 0: any free one
    std::string kubeconfigOut;   // where the kubeconfig goes (0600); "": into the temporary folder
    std::string state = "start"; // start (of the guide), guide-done, empty
    std::chrono::seconds certLife{600};
    std::vector<std::string> incidents; // that the cluster begins with, in this order (incidents.h)
    std::string generation = "1.5";     // the line of Istio and Ambassador: 1.4, 1.5, 3.x (generation.h)
    std::string kubeVersion = "1.37";   // of the API server: 1.15, 1.21, 1.37 (server_age.h)
    std::string history = "0";          // seeded past of Prometheus (history.h); the programs say 8d
    std::string scale;                  // "mappings=10000,pods=10000,events=1000/s" (scale.h)
    std::uint64_t seed = 1;             // of what --scale makes
    double rate = 2;                    // background requests a second
    // "": SALLYPORT_PROMETHEUS, build/peers, PATH; none found, or "built-in": the demo's own responder, which says what it is.
    std::string prometheusProgram;
};

edge::Result<void> validate(const DemoOptions &options); // Error::Config: which option, and what it can be

} // namespace demo
