// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A copy of a request to a shadow Mapping's service: sent beside the real one, its answer read and dropped.
#include "edge/http_message.h"
#include "edge/upstream_pool.h"

namespace edge {

struct Shadow
{
    std::shared_ptr<UpstreamPool> pool;
    std::shared_ptr<ClusterStats> stats;
    UpstreamTarget target;
    std::chrono::milliseconds connectTimeout{3000};
    std::chrono::milliseconds timeout{3000};
};

RequestHead shadowHead(
    const RequestHead &head); // host NAME-shadow, x-envoy-internal, the address once more (as Envoy does)
asio::awaitable<void> sendShadow(Shadow shadow, RequestHead head, std::string body);

} // namespace edge
