// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The edge as a whole: listeners by the configuration, TLS by SNI, and the proxy behind them.
// apply() swaps the table between two requests: a request sees one table from start to end.  Listeners that
// the new configuration no longer has are closed; connections in flight finish.  Thread: the loop given.
#include "edge/endpoint.h"
#include "edge/exchange.h"
#include "edge/route_table.h"
#include "edge/secret_store.h"
#include "edge/server.h"

#include <map>

namespace edge {

struct GatewayOptions
{
    std::string listenAddress = "127.0.0.1";
    // Configured listener port → port to bind; absent: any free one.
    std::map<std::uint16_t, std::uint16_t> ports;
    // Where a listener is bound instead; nullopt: it is not served.
    std::function<std::optional<Endpoint>(const Config &, const Listener &)> bind;
    // Where a cluster's host:port really lives; nullopt: no healthy upstream.  Empty: what the cluster says.
    std::function<std::optional<Endpoint>(const Cluster &)> resolve;
    std::function<void(const Exchange &)> exchangeFinished;
    ReadFile readFile; // at each apply(); empty: TLSContexts that name files are not served
};

// What one TLS context really has in use, which may be older than its secret.  No keys.
struct LoadedTls
{
    std::string context;                           // its name; "" the upstream side without one
    std::string certificateChainPem, trustedCaPem; // "" none
};

class Gateway
{
public:
    Gateway(asio::io_context &loop, GatewayOptions options);
    ~Gateway();
    Gateway(const Gateway &) = delete;
    Gateway &operator=(const Gateway &) = delete;

    // Broken TLS material fails no more than its chains, which refuse handshakes; the messages say which and why.
    std::vector<Error> apply(std::shared_ptr<const RouteTable> table, const SecretStore &secrets);
    std::map<std::uint16_t, std::uint16_t> boundPorts() const; // configured → bound
    std::vector<LoadedTls> loadedTls() const; // of contexts that work, servers' before clients'
    // Envoy's metric names: envoy_http_downstream_rq_total, envoy_cluster_upstream_rq_xx …
    std::string prometheusText() const;
    void stop();

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace edge
