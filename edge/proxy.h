// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The Handler that serves a route table: decides, answers by itself (404, redirects, CORS preflights) or
// hands over to a ProxiedRequest. Behaves as Envoy does under Emissary's configuration (facts
// envoy-truth.md).  Thread: the loop of its server.
#include "edge/edge_state.h"
#include "edge/endpoint.h"
#include "edge/exchange.h"
#include "edge/handler.h"

#include <random>

namespace edge {

struct ProxyOptions
{
    std::function<std::optional<Endpoint>(const Cluster &)> resolve; // empty: what the cluster says
    std::function<void(const Exchange &)> exchangeFinished;
};

class Proxy : public Handler
{
public:
    explicit Proxy(ProxyOptions options);
    ~Proxy() override;
    void use(std::shared_ptr<const EdgeState> state) { m_state = std::move(state); }
    asio::awaitable<void> handle(Request &request, Responder &responder) override;

private:
    ProxyOptions m_options;
    std::shared_ptr<const EdgeState> m_state;
    std::mt19937_64 m_random;
};

} // namespace edge
