// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The app of the measurements in shared conformance/sidecar: answers HTTP, echoes text after "ECHO:", ends TLS
// itself where TLS reaches it (as web.example.com), may speak first.  Thread: the loop; the atomics from anywhere.
#include "app/demo/authority.h"
#include "edge/server.h"

#include <atomic>

class LabApplication : public edge::Handler
{
public:
    LabApplication(asio::io_context &loop, const demo::Authority &own, bool speaksFirst);
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override;

    std::uint16_t port = 0; // of 127.0.0.1
    std::atomic<bool> sawClientCertificate{false}, sawTls{false};

private:
    asio::awaitable<void> serve(edge::Stream &stream, edge::ConnectionInfo info);

    edge::Server m_server;
    bool m_speaksFirst;
    std::shared_ptr<edge::TlsCredentials> m_credentials;
};
