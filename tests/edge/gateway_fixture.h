// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A gateway on one loop together with its upstreams and clients.  Configurations are built as values: how
// they come from YAML is tested elsewhere.
#include "edge/client.h"
#include "edge/gateway.h"
#include "tests/edge/loop_runner.h"
#include "tests/edge/scripted_upstream.h"
#include "tests/edge/test_authority.h"

namespace edge_test {

edge::Route forwardTo(std::string prefix, std::string cluster);
edge::Config plainConfig(
    std::vector<edge::Route> routes); // one listener 8080 with vhost *, clusters of that name on any host

struct RawAnswer // what a bare socket got
{
    std::string bytes;
    bool closed = false; // by the edge
};

class GatewayTest : public testing::Test
{
protected:
    GatewayTest();
    ~GatewayTest() override;

    // Clusters are sent to the port of that name; others have no endpoint.
    void serve(const std::string &cluster, std::uint16_t port) { m_ports[cluster] = port; }
    std::vector<edge::Error> apply(const edge::Config &config, const edge::SecretStore &secrets = {});
    std::uint16_t port(std::uint16_t configured = 8080) const;

    edge::ClientRequest request(std::string target, std::string method = "GET", std::string body = {}) const;
    edge::Result<edge::Reply> fetch(edge::ClientRequest wanted);
    // Sends the pieces with the loop running between them, reads until `enough` bytes of text are seen or the
    // end.
    RawAnswer raw(std::vector<std::string> pieces, std::string until = {}, std::uint16_t configured = 8080);
    RawAnswer rawSlowly(std::vector<std::string> pieces,
                        std::uint16_t configured); // 30 ms between pieces; the first bytes of the answer
    const edge::Exchange &last() const { return m_exchanges.back(); }
    void settle(); // runs what is ready

    asio::io_context loop{1};
    std::unique_ptr<edge::Gateway> gateway;
    std::vector<edge::Exchange> m_exchanges;

private:
    std::map<std::string, std::uint16_t> m_ports;
};

} // namespace edge_test
