// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/context_uses.h"

namespace edge {

ContextUses contextUses(const Config &config)
{
    ContextUses uses;
    for (const Listener &listener : config.listeners) {
        for (const FilterChain &chain : listener.chains) {
            if (chain.tls)
                uses.asServer.insert(chain.tlsContext);
        }
    }
    for (const auto &[name, cluster] : config.clusters) {
        if (cluster.tls)
            uses.asClient.insert(cluster.tlsContext);
    }
    return uses;
}

} // namespace edge
