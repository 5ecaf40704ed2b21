// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/listener_text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

QString protocolText(const edge::Listener &listener)
{
    const auto &chains = listener.chains;
    const bool tcp = std::any_of(chains.begin(), chains.end(),
                                 [](const edge::FilterChain &chain) { return !chain.tcpClusters.empty(); });
    const bool tls =
        std::any_of(chains.begin(), chains.end(), [](const edge::FilterChain &chain) { return chain.tls; });
    return (listener.udp ? u"HTTP/3"_s
                : tcp    ? u"TCP"_s
                         : u"HTTP"_s)
        + (tls ? u", TLS"_s : QString()) + (listener.proxyProtocol ? u", PROXY"_s : QString());
}

} // namespace models
