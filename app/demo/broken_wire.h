// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Answers that leave as those of a bad network do: in small pieces, slowly, or cut after some bytes of the body (HTTP/2: the stream
// is reset, or the whole connection; HTTP/1.1: the connection ends).  Thread: the loop.
#include "edge/handler.h"

#include <chrono>
#include <functional>

namespace demo {

struct WireFault
{
    std::size_t pieceSize = 0; // bytes of one write; 0: as they come
    std::chrono::milliseconds pause{0};
    std::optional<std::size_t> cutAfter; // bytes of the body
    std::function<void()> cut;           // how, then; absent: the stream, or HTTP/1.1's connection, is reset
};

class BrokenWire : public edge::Responder
{
public:
    BrokenWire(edge::Responder &wire, WireFault fault);
    asio::awaitable<edge::Result<void>> start(edge::ResponseHead head,
                                              std::optional<std::uint64_t> contentLength) override;
    asio::awaitable<edge::Result<void>> write(std::string_view data) override;
    asio::awaitable<edge::Result<void>> finish() override;
    void abort() override { m_wire.abort(); }
    void closeAfter() override { m_wire.closeAfter(); }
    void fallSilent() override { m_wire.fallSilent(); }
    bool started() const override { return m_wire.started(); }
    asio::any_io_executor executor() override { return m_wire.executor(); }
    bool clientGone() const override { return m_wire.clientGone(); }
    asio::awaitable<edge::Result<edge::Stream *>> upgrade(edge::ResponseHead head) override;

private:
    edge::Responder &m_wire;
    WireFault m_fault;
    std::size_t m_sent = 0;
};

} // namespace demo
