// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A Mapping's add_*_headers and remove_*_headers, with the %COMMANDS% (header_commands.h) that Envoy offers in their
// values.
#include "edge/config.h"
#include "edge/connection_info.h"
#include "edge/http_message.h"

#include <chrono>

namespace edge {

struct HeaderFacts // what commands can name; anything may be absent
{
    const RequestHead *request = nullptr;
    const ConnectionInfo *connection = nullptr;
    const HttpOptions *http = nullptr; // of the listener
    std::chrono::system_clock::time_point startedAt = {};
    const Cluster *cluster = nullptr; // none of a redirect
    std::string_view upstreamAddress; // "127.0.0.1:40123", once an answer is there
    const TlsFacts *upstreamTls = nullptr;
    const ResponseHead *response = nullptr;
    bool isLocal = false;   // the response is the edge's own
    std::string_view flags; // why, where it was to be forwarded: "UF", "UH", "URX,UT"
};

// A value that is empty, or that would break the message's lines, is not sent; Envoy does the first and refuses a
// configuration with the second.
void applyHeaderRules(Headers &headers, const std::vector<HeaderToAdd> &add,
                      const std::vector<std::string> &remove, const HeaderFacts &facts);

} // namespace edge
