// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The headers that the edge itself takes away and adds, as Envoy does under Emissary (facts envoy-truth.md,
// "Headers"). Names are lower-case once lowerNames() was called; these functions expect that.
#include "edge/config.h"
#include "edge/connection_info.h"
#include "edge/http_message.h"

#include <random>

namespace edge {

// Hop-by-hop headers of a request or answer: connection and what a request's names, keep-alive, te but
// trailers, upgrade … false: a request names host, which nothing can be forwarded without.
bool removeHopByHop(Headers &headers, bool isRequest);

// x-envoy-* and client certificates that an outsider may not set.
void removeForgedHeaders(Headers &headers, const HttpOptions &http);

// x-forwarded-for and -proto, x-request-id, x-envoy-external-address: who asks, as far as trusted hops are believed.
void addForwardedHeaders(Headers &headers, const HttpOptions &http, const ConnectionInfo &connection,
                         std::mt19937_64 &random);

// The address that is trustedHops from the right of x-forwarded-for; the peer's if there is none.
std::string trustedAddress(const Headers &headers, const HttpOptions &http, const std::string &peer);

std::string makeRequestId(std::mt19937_64 &random); // UUID, version 4
const std::string &httpDate();                      // now, for the header date; remade once a second

bool isGrpc(const Headers &headers); // content-type application/grpc or application/grpc+…

} // namespace edge
