// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/broken_wire.h"

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>

namespace demo {

BrokenWire::BrokenWire(edge::Responder &wire, WireFault fault)
    : m_wire(wire)
    , m_fault(fault)
{
}

asio::awaitable<edge::Result<void>> BrokenWire::start(edge::ResponseHead head,
                                                      std::optional<std::uint64_t> contentLength)
{
    return m_wire.start(std::move(head), contentLength);
}

asio::awaitable<edge::Result<void>> BrokenWire::write(std::string_view data)
{
    asio::steady_timer timer(m_wire.executor());
    while (!data.empty()) {
        std::size_t size = m_fault.pieceSize > 0 ? std::min(m_fault.pieceSize, data.size()) : data.size();
        if (m_fault.cutAfter)
            size = std::min(size, *m_fault.cutAfter - std::min(*m_fault.cutAfter, m_sent));
        if (size > 0) {
            edge::Result<void> written = co_await m_wire.write(data.substr(0, size));
            if (!written)
                co_return written;
        }
        m_sent += size;
        data.remove_prefix(size);
        if (m_fault.cutAfter && m_sent >= *m_fault.cutAfter) {
            m_fault.cut ? m_fault.cut() : m_wire.abort();
            co_return edge::failure(edge::Error::Kind::Closed, "cut by a fault");
        }
        if (m_fault.pause.count() == 0 || data.empty())
            continue;
        timer.expires_after(m_fault.pause);
        asio::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return edge::Result<void>();
}

asio::awaitable<edge::Result<void>> BrokenWire::finish() { return m_wire.finish(); }

asio::awaitable<edge::Result<edge::Stream *>> BrokenWire::upgrade(edge::ResponseHead head)
{
    return m_wire.upgrade(std::move(head));
}

} // namespace demo
