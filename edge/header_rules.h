// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A Mapping's add_*_headers and remove_*_headers, with the %COMMANDS% that Envoy offers in their values.
#include "edge/config.h"
#include "edge/handler.h"

namespace edge {

struct HeaderFacts // what commands can name; anything may be absent
{
    const RequestHead *request = nullptr;
    const ConnectionInfo *connection = nullptr;
    std::string_view upstreamAddress; // "127.0.0.1:40123"
    std::string_view upstreamCluster;
    const ResponseHead *response = nullptr;
};

void applyHeaderRules(Headers &headers, const std::vector<HeaderToAdd> &add,
                      const std::vector<std::string> &remove, const HeaderFacts &facts);

// %REQ(x)%, %PROTOCOL%, … ; %% is a percent sign.  What is not known stays as it was written.
std::string expandCommands(std::string_view text, const HeaderFacts &facts);

} // namespace edge
