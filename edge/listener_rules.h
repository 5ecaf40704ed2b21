// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a listener's HTTP settings do to a request before any route is looked for: refusals, merged slashes,
// dropped ports (Module settings; facts emissary-routing.md §1.6).  The path itself is normalised by
// request_target.h.
#include "edge/config.h"
#include "edge/http_message.h"

namespace edge {

// 0: go on; else the status that the client gets.
int refusedByListener(const RequestHead &head, const HttpOptions &http);

// merge_slashes, strip_matching_host_port, headers_with_underscores_action DROP_HEADER.
void applyListenerRules(RequestHead &head, const Listener &listener);

} // namespace edge
