// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The HTTP filter chain of a sidecar's inbound side for one connection: what it does to the headers, and the
// record it leaves.
#include "app/demo/inbound_listener.h"

namespace demo {

class InboundHttp : public edge::Handler
{
public:
    InboundHttp(const InboundSettings &settings, std::string client, std::function<bool()> draining);
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override;

private:
    void rewriteHeaders(edge::Request &request, InboundRecord &record) const;

    const InboundSettings &m_settings;
    const std::string m_client;
    std::function<bool()> m_draining;
};

} // namespace demo
