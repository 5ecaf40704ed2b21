// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demo_options.h"

#include "app/demo/generation.h"
#include "app/demo/history.h"
#include "app/demo/incidents.h"
#include "app/demo/scale.h"
#include "app/demo/server_age.h"

namespace demo {

namespace {

tl::unexpected<edge::Error> notYet(const std::string &what, const std::string &known)
{
    return edge::failure(edge::Error::Kind::Config, "the demo cluster has no " + what + " yet; use " + known);
}

} // namespace

edge::Result<void> validate(const DemoOptions &options)
{
    using edge::Error;
    if (options.state != "start" && options.state != "guide-done" && options.state != "empty")
        return edge::failure(Error::Kind::Config,
                             "the demo cluster knows no state '" + options.state
                                 + "'; use start, guide-done or empty");
    if (options.certLife < std::chrono::seconds(5))
        return edge::failure(Error::Kind::Config,
                             "workload certificates must live 5s or longer, not "
                                 + std::to_string(options.certLife.count()) + "s");
    if (!(options.rate >= 0 && options.rate <= 1000))
        return edge::failure(Error::Kind::Config,
                             "the rate of background requests must be from 0 to 1000 a second");
    const auto generation = readGeneration(options.generation);
    if (!generation)
        return notYet(
            "generation " + options.generation,
            "1.4 (Istio 1.4, Ambassador 1.11), 1.5 (Istio 1.10, Ambassador 1.11) or 3.x (Istio 1.24, "
            "Emissary 3.9)");
    if (!readServerAge(options.kubeVersion))
        return notYet("API server of Kubernetes " + options.kubeVersion, "1.15, 1.21 or 1.37");
    if (const auto history = readHistory(options.history); !history)
        return tl::unexpected(history.error());
    if (const auto scale = readScale(options.scale); !scale)
        return tl::unexpected(scale.error());
    for (const std::string &incident : options.incidents) {
        if (!findIncident(incident))
            return edge::failure(Error::Kind::Config,
                                 "the demo cluster knows no incident '" + incident
                                     + "'; --incident list shows them");
        if (const std::string why = whyNotIn(*generation, incident); !why.empty())
            return edge::failure(Error::Kind::Config,
                                 "the incident '" + incident + "' " + why + "; use another --generation");
    }
    return {};
}

} // namespace demo
