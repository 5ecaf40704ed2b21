// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The HTTP proxy that Prometheus dials its targets through: GET http://10.244.0.7:8877/metrics goes where
// that pod's port really is, from the address of Prometheus' pod, and the way a plaintext caller from outside
// the mesh goes.  Also answers /discovery (prometheus_discovery.h).  Knows the demo's addresses only.  Thread:
// the loop.
#include "app/demo/service_directory.h"
#include "edge/server.h"

#include <map>

namespace demo {

class ScrapeProxy : public edge::Handler
{
public:
    ScrapeProxy(asio::io_context &loop, const Store &store, ServiceDirectory &directory);
    edge::Result<std::uint16_t> listen();
    void stop();
    int rounds() const; // how often the pod that was scraped most has answered
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override;

private:
    const Store &m_store;
    ServiceDirectory &m_directory;
    edge::Server m_server;
    std::map<std::string, int> m_taken; // by address
};

} // namespace demo
