// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What happens to a request before a route is looked for, in Envoy's order (facts envoy-truth.md, "Headers", "Routing and
// paths"): for the proxy that serves it, and for whoever predicts what the proxy will do.
#include "edge/config.h"
#include "edge/connection_info.h"
#include "edge/http_message.h"
#include "edge/request_target.h"

#include <random>

namespace edge {

struct Arrival
{
    TargetVerdict target;
    bool sound = true; // false: its connection header names host, so nothing could be forwarded
};
// Names are lower-case already.  The target is normalised, what only belongs to this connection or may not be said by an outsider is
// taken away, and who asks and how is added: x-forwarded-proto is the connection's unless whoever is in front is believed.
Arrival arrive(RequestHead &head, const HttpOptions &http, const ConnectionInfo &connection,
               std::mt19937_64 &random);

struct Refusal
{
    int status = 0;          // 0: go on
    bool saysReason = false; // its body is the status' reason; else it has none
};
// Whether the listener refuses it; if not, merge_slashes and the other settings have been applied to the head.
Refusal refuse(RequestHead &head, const Listener &listener, const Arrival &arrival);

// Of a request that refuse() lets go on and that is no CORS preflight which a route answers: the status that it gets for the
// faults of an AuthService, whatever its route (Emissary 3.0 and later); 0: go on.
int refusedForAuth(const RequestHead &head, const Config &config);

} // namespace edge
