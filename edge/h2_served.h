// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One request of an HTTP/2 connection between its handler and the connection: what has arrived, what was lent, and who waits for it.
// Connection is H2Connection's inside, for nobody else.
#include "edge/h2_session.h"
#include "edge/handler.h"

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace edge {

struct H2Served // one request, as its handler and the connection see it
{
    H2Served(H2StreamId i, const asio::any_io_executor &executor)
        : id(i)
        , readable(executor)
        , writable(executor)
    {
    }

    void close()
    {
        isClosed = true;
        readable.cancel();
        writable.cancel();
        if (const auto call = std::exchange(gone, {}); call && !isAnswered)
            call();
    }

    H2StreamId id;
    RequestHead head;
    std::string input; // of the body; bounded by the stream's window
    bool isWhole = false, isClosed = false, isLeftUnread = false;
    bool isDrained = true;                 // what was lent has left
    bool isAnswered = false;               // the end of the answer is said, or lent
    asio::steady_timer readable, writable; // cancelled when there is something to see
    std::function<void()> gone;
};

inline asio::awaitable<void> waitFor(asio::steady_timer &timer, Deadline deadline)
{
    timer.expires_at(deadline);
    asio::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

inline tl::unexpected<Error> streamGone()
{
    return failure(Error::Kind::Closed, "the client has closed the HTTP/2 stream");
}

template<typename Connection>
class H2Request : public Request
{
public:
    H2Request(Connection &owner, H2Served &served, bool expectsContinue)
        : m_connection(owner)
        , m_served(served)
        , m_expectsContinue(expectsContinue)
    {
    }

    asio::awaitable<Result<std::string>> read() override
    {
        if (m_expectsContinue && m_served.input.empty() && !m_served.isWhole)
            (void)co_await sayContinue();
        const Deadline deadline = in(m_connection.limits.idleTimeout);
        while (m_served.input.empty()) {
            if (m_served.isWhole)
                co_return std::string();
            if (m_served.isClosed || m_served.isLeftUnread)
                co_return streamGone();
            if (Clock::now() >= deadline)
                co_return failure(Error::Kind::Timeout, "reading: no progress in time");
            co_await waitFor(m_served.readable, deadline);
        }
        co_return take();
    }

    bool bodyEnded() const override { return m_served.isWhole && m_served.input.empty(); }
    void stopReading() override
    {
        m_served.isLeftUnread = true;
        m_served.readable.cancel();
    }
    void watchClient(std::function<void()> gone) override
    {
        if (m_served.isClosed)
            asio::post(m_served.readable.get_executor(), std::move(gone));
        else
            m_served.gone = std::move(gone);
    }
    asio::awaitable<Result<void>> sayContinue() override
    {
        if (std::exchange(m_expectsContinue, false)) {
            ResponseHead interim;
            interim.status = 100;
            m_connection.session.respond(m_served.id, interim, false);
            m_connection.wakeWriter();
        }
        co_return Result<void>();
    }
    asio::awaitable<void> dropArrived() override
    {
        (void)take();
        co_return;
    }

private:
    std::string take()
    {
        std::string piece = std::exchange(m_served.input, {});
        m_connection.session.credit(m_served.id, piece.size());
        m_connection.wakeWriter();
        return piece;
    }

    Connection &m_connection;
    H2Served &m_served;
    bool m_expectsContinue;
};

template<typename Connection>
class H2Responder : public Responder
{
public:
    H2Responder(Connection &owner, H2Served &served, bool isHead)
        : m_connection(owner)
        , m_served(served)
        , m_isHead(isHead)
    {
    }

    asio::awaitable<Result<void>> start(ResponseHead head,
                                        std::optional<std::uint64_t> contentLength) override
    {
        const bool isInterim = head.status < 200;
        const bool isBodiless = head.status == 204 || head.status == 304;
        if (!isInterim) {
            m_started = true;
            m_isWhole = m_isHead || isBodiless || contentLength == std::uint64_t(0);
            m_served.isAnswered = m_isWhole;
            m_left = contentLength;
            if (contentLength && !isBodiless)
                head.headers.set("content-length", std::to_string(*contentLength));
            if (m_close || head.headers.hasToken("connection", "close"))
                m_connection.goAway();
        }
        m_connection.session.respond(m_served.id, head, m_isWhole);
        m_connection.wakeWriter();
        co_return m_served.isClosed ? streamGone() : Result<void>();
    }

    asio::awaitable<Result<void>> write(std::string_view data) override
    {
        if (m_isWhole || data.empty())
            co_return Result<void>();
        if (m_served.isClosed || m_served.isAnswered)
            co_return streamGone();
        lend(data);
        for (std::size_t left = data.size(); !m_served.isDrained;) {
            co_await waitFor(m_served.writable, in(m_connection.limits.writeTimeout));
            if (m_served.isDrained)
                break;
            if (m_served.isClosed)
                co_return streamGone();
            const std::size_t before = std::exchange(left, m_connection.session.unsent(m_served.id));
            if (left == before && Clock::now() >= m_served.writable.expiry()) {
                m_connection.session.reset(m_served.id, H2Reason::Cancel);
                m_connection.wakeWriter();
                co_return failure(Error::Kind::Timeout, "writing: no progress in time");
            }
        }
        co_return Result<void>();
    }

    asio::awaitable<Result<void>> finish() override
    {
        m_finished = true;
        if (m_served.isAnswered)
            co_return Result<void>();
        m_served.isAnswered = true;
        m_connection.session.finish(m_served.id);
        m_connection.wakeWriter();
        co_return m_served.isClosed ? streamGone() : Result<void>();
    }

    void abort() override
    {
        if (m_connection.isSilent)
            m_connection.stream.reset();
        m_connection.session.reset(m_served.id, H2Reason::Internal);
        m_connection.wakeWriter();
    }
    void closeAfter() override { m_close = true; }
    void fallSilent() override
    {
        m_connection.fallsSilent = true;
        m_connection.wakeWriter();
    }
    bool started() const override { return m_started; }
    asio::any_io_executor executor() override { return m_served.readable.get_executor(); }
    bool clientGone() const override { return m_served.isClosed; }
    asio::awaitable<Result<Stream *>> upgrade(ResponseHead) override
    {
        co_return failure(Error::Kind::Protocol, "HTTP/2 has no upgrade; ask for it over HTTP/1.1");
    }

    bool finished() const { return m_finished; }

private:
    // The last piece of a known length ends the stream with it: one frame and one turn of the loop fewer.
    void lend(std::string_view data)
    {
        m_served.isDrained = false;
        m_connection.session.send(m_served.id, data);
        if (m_left)
            *m_left -= std::min<std::uint64_t>(*m_left, data.size());
        m_served.isAnswered = m_left == std::uint64_t(0);
        if (m_served.isAnswered)
            m_connection.session.finish(m_served.id);
        m_connection.wakeWriter();
    }

    Connection &m_connection;
    H2Served &m_served;
    bool m_isHead;
    std::optional<std::uint64_t> m_left; // of the body; absent: nobody knows
    bool m_isWhole = false;              // the head was all
    bool m_started = false, m_finished = false, m_close = false;
};

} // namespace edge
