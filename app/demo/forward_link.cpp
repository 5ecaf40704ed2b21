// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/forward_link.h"

#include "app/demo/base64.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace demo {

namespace {

using namespace std::chrono_literals;
constexpr std::size_t OutputLimit = 1 << 20;
constexpr std::uint64_t MessageLimit = 16 << 20;
enum Opcode { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

} // namespace

ForwardLink::ForwardLink(asio::io_context &loop, edge::Stream &stream, Framing framing)
    : m_loop(loop)
    , m_stream(stream)
    , m_framing(framing)
    , m_wake(loop)
    , m_pause(loop)
{
}

void ForwardLink::start()
{
    m_isWriting = true;
    asio::co_spawn(m_loop, write(shared_from_this()), asio::detached);
}

asio::awaitable<void> ForwardLink::write(std::shared_ptr<ForwardLink> self)
{
    while (self->m_stream.isOpen()) {
        const std::string bytes = std::exchange(self->m_output, {});
        if (!bytes.empty()) {
            const auto sent = co_await self->m_stream.write(bytes, edge::in(60s));
            if (!sent)
                break;
            continue;
        }
        if (self->m_isClosing)
            break;
        self->m_wake.expires_after(60s);
        asio::error_code ignored;
        co_await self->m_wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    self->m_isWriting = false;
}

void ForwardLink::put(int opcode, std::string_view payload)
{
    m_output += char(0x80 | opcode);
    if (payload.size() < 126) {
        m_output += char(payload.size());
    } else {
        const int bytes = payload.size() < 65536 ? 2 : 8;
        m_output += char(bytes == 2 ? 126 : 127);
        for (int i = bytes - 1; i >= 0; --i)
            m_output += char(std::uint64_t(payload.size()) >> (8 * i) & 0xff);
    }
    m_output += payload;
}

void ForwardLink::send(const QByteArray &bytes)
{
    const std::string_view view(bytes.constData(), std::size_t(bytes.size()));
    if (m_framing == Framing::Bare)
        m_output += view;
    else if (m_framing == Framing::Binary)
        put(Binary, view);
    else if (!view.empty())
        put(Text, char('0' + view.front()) + base64(view.substr(1)));
    m_wake.cancel();
}

void ForwardLink::take(std::string message)
{
    if (m_framing == Framing::Base64 && !message.empty())
        message = char(message.front() - '0') + fromBase64(std::string_view(message).substr(1));
    if (!message.empty())
        m_messages.push_back(std::move(message));
}

bool ForwardLink::unwrap()
{
    for (;;) {
        const auto byte = [this](std::size_t at) { return static_cast<unsigned char>(m_input[at]); };
        if (m_input.size() < 2)
            return true;
        const int opcode = byte(0) & 0x0f;
        const bool isLast = (byte(0) & 0x80) != 0;
        std::uint64_t size = byte(1) & 0x7f;
        const std::size_t sizeBytes = size == 126 ? 2 : size == 127 ? 8 : 0;
        if (!(byte(1) & 0x80))
            return false; // a client must mask
        if (m_input.size() < 2 + sizeBytes + 4)
            return true;
        if (sizeBytes > 0)
            size = 0;
        for (std::size_t i = 0; i < sizeBytes; ++i)
            size = size << 8 | byte(2 + i);
        if (size > MessageLimit)
            return false;
        const std::size_t start = 2 + sizeBytes + 4;
        if (m_input.size() < start + size)
            return true;
        std::string payload = m_input.substr(start, std::size_t(size));
        for (std::size_t i = 0; i < payload.size(); ++i)
            payload[i] = char(payload[i] ^ m_input[start - 4 + i % 4]);
        m_input.erase(0, start + std::size_t(size));
        if (opcode == Close) {
            put(Close, payload.substr(0, 2));
            m_wake.cancel();
            return false;
        }
        if (opcode == Ping) {
            put(Pong, payload);
            m_wake.cancel();
        } else if (opcode == Binary || opcode == Continuation || opcode == Text) {
            m_partial += payload;
            if (m_partial.size() > MessageLimit)
                return false;
            if (isLast)
                take(std::exchange(m_partial, {}));
        }
    }
}

asio::awaitable<std::string> ForwardLink::read()
{
    std::string buffer(16 * 1024, '\0');
    while (m_messages.empty()) {
        if (m_hasEnded)
            co_return std::string();
        const auto size = co_await m_stream.read(buffer.data(), buffer.size(), edge::in(24h));
        if (!size || *size == 0)
            co_return std::string();
        if (m_framing == Framing::Bare)
            co_return buffer.substr(0, *size);
        m_input.append(buffer, 0, *size);
        m_hasEnded = !unwrap();
    }
    std::string message = std::move(m_messages.front());
    m_messages.pop_front();
    co_return message;
}

asio::awaitable<void> ForwardLink::drained()
{
    while (m_output.size() > OutputLimit && m_isWriting) {
        m_pause.expires_after(5ms);
        asio::error_code ignored;
        co_await m_pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

asio::awaitable<void> ForwardLink::close()
{
    if (!std::exchange(m_isClosing, true) && m_framing != Framing::Bare && !m_hasEnded)
        put(Close, {"\x03\xe8", 2}); // 1000: done
    m_wake.cancel();
    while (m_isWriting) {
        m_pause.expires_after(5ms);
        asio::error_code ignored;
        co_await m_pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    m_stream.close();
}

} // namespace demo
