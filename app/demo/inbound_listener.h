// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One captured port of an injected pod: what Istio's virtualInbound does with a connection, decided on its
// first bytes, then ALPN, then the port's kind (facts sidecar-truth.md §1 and §7; measured rows in shared
// conformance/sidecar: truth.jsonl, hold.jsonl, and of switches switch.jsonl). HTTP goes to the application's
// Handler, everything else to its socket.  A changed policy is for new connections; the old ones drain as
// Envoy's do: HTTP/1.1 is told to close from 0.5 s on, everything is cut after 45 s.  Thread: the loop.
#include "app/demo/peer_authentication.h"
#include "app/demo/timer.h"
#include "edge/handler.h"

#include <list>

namespace demo {

enum class PortKind {
    Http,
    Tcp,
    Auto
}; // declared http*, declared tcp or https, without protocol or in no Service

struct InboundPolicy
{
    MtlsMode mode = MtlsMode::Permissive;
    PortKind kind = PortKind::Auto;
    bool operator==(const InboundPolicy &) const = default;
};

// What a new policy is to the connections that are there (facts sidecar-truth.md §4).  Port: the port's own chains are new, so its
// connections drain, and one that has not said a byte meets the new ones.  Listener: the whole listener is new, so connections of
// every port drain, and the silent ones are judged by the rules under which they came.
enum class PolicyChange { Port, Listener };

struct InboundRecord // of one request, or of one connection without requests
{
    bool isHttp = false;
    std::uint16_t containerPort = 0;
    std::string client; // address and port, as the cluster's network has it
    std::string method, path, authority, userAgent, requestId, forwardedFor;
    std::string peerMetadata; // what a sidecar says of itself, "" unknown
    int status = 0;
    std::string flags, details; // Envoy's; NR filter_chain_not_found
    std::string serverName;     // SNI
    std::optional<edge::TlsFacts> tls;
    std::chrono::microseconds duration{0};
    std::uint64_t received = 0, sent = 0;
};

struct InboundSettings
{
    std::uint16_t containerPort = 0;
    std::uint16_t applicationPort = 0;          // of the application's own socket on 127.0.0.1
    std::shared_ptr<edge::Handler> application; // serves HTTP
    std::string decorator;                      // x-envoy-decorator-operation
    std::string identity;                       // own SPIFFE name, for x-forwarded-client-cert
    std::function<std::shared_ptr<edge::TlsCredentials>(const std::string &alpn)> credentials;
    std::function<void(const InboundRecord &)> record;
    std::chrono::milliseconds drainStart{500}, drainEnd{45'400};
};

class InboundListener
{
public:
    InboundListener(asio::io_context &loop, InboundSettings settings, InboundPolicy policy);
    ~InboundListener();
    InboundListener(const InboundListener &) = delete;
    InboundListener &operator=(const InboundListener &) = delete;

    edge::Result<std::uint16_t> listen(); // the bound port on 127.0.0.1
    void setPolicy(InboundPolicy policy, PolicyChange change);
    InboundPolicy policy() const;
    void stop();

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace demo
