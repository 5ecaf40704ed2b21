// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Brings a request into the form that routes are matched on, as Envoy does under Emissary's settings (facts
// envoy-truth.md, "Routing and paths"): absolute targets become path and Host, the path is normalised.
#include "edge/http_message.h"

namespace edge {

struct TargetVerdict
{
    int status = 0;    // 0: go on; else what the client is told before the connection is closed
    bool bare = false; // without a body
};

// isNewestEnvoy: as by HttpOptions.
TargetVerdict normaliseTarget(RequestHead &head, bool tls, bool isNewestEnvoy = false);

// Dot segments resolved, \ as /, unreserved escapes decoded, {}|^"<>` escaped; %2f, %5c and // stay.  The newest Envoy
// takes ;x from a dot segment as it was sent, before.  false: %00 or a fragment.
bool normalisePath(std::string &target, bool isNewestEnvoy = false);

} // namespace edge
