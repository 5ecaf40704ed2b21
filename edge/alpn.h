// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A TLSContext's alpn_protocols: one text, as Emissary hands it on.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace edge {

// As Envoy splits it: at commas, and a blank behind one belongs to the name ("h2, istio" has no "istio").
inline std::vector<std::string> protocolsOf(std::string_view list)
{
    std::vector<std::string> protocols;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        protocols.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return protocols;
}

} // namespace edge
