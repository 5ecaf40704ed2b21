// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/edge_state.h"

namespace edge {

std::optional<UpstreamTarget> targetOf(const Upstream &upstream, const Resolve &resolve)
{
    std::optional<Endpoint> endpoint = Endpoint{upstream.cluster->host, upstream.cluster->port};
    if (resolve)
        endpoint = resolve(*upstream.cluster);
    if (!endpoint)
        return {};
    return UpstreamTarget{std::move(endpoint->address), endpoint->port, upstream.tls, upstream.serverName,
                          endpoint->source};
}

} // namespace edge
