// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/h1_connection.h"

#include <algorithm>

namespace edge {

namespace {

constexpr std::size_t ReadBytes = 16 * 1024;

}

H1Connection::H1Connection(Stream s)
    : stream(std::move(s))
{
}

asio::awaitable<Result<std::size_t>> H1Connection::fill(Deadline deadline)
{
    compact();
    const std::size_t before = m_buffer.size();
    m_buffer.resize(before + ReadBytes);
    const Result<std::size_t> n = co_await stream.read(m_buffer.data() + before, ReadBytes, deadline);
    m_buffer.resize(before + n.value_or(0));
    co_return n;
}

std::string H1Connection::take(std::size_t size)
{
    std::string taken = m_buffer.substr(m_begin, size);
    m_begin += taken.size();
    return taken;
}

void H1Connection::skipEmptyLine()
{
    if (m_buffer.compare(m_begin, 2, "\r\n") == 0)
        m_begin += 2;
}

bool H1Connection::beginsLikeHttp() const
{
    const std::string_view bytes = std::string_view(m_buffer).substr(m_begin);
    const std::size_t line = bytes.find('\n');
    if (line != std::string_view::npos && bytes.substr(0, line).find(" HTTP/") == std::string_view::npos)
        return false; // a line of text: Envoy answers it at once
    return bytes.empty() || isToken(bytes.substr(0, 1));
}

std::string H1Connection::takeBuffered() { return take(m_buffer.size()); }

void H1Connection::compact()
{
    m_buffer.erase(0, m_begin);
    m_begin = 0;
}

asio::awaitable<Result<bool>> H1Connection::waitForData(Deadline deadline)
{
    if (hasBuffered())
        co_return true;
    const Result<std::size_t> n = co_await fill(deadline);
    if (!n)
        co_return tl::unexpected(n.error());
    co_return *n > 0;
}

std::optional<std::size_t> H1Connection::brokenHeadEnd(std::size_t from) const
{
    for (std::size_t at = m_buffer.find('\n', from); at != std::string::npos;
         at = m_buffer.find('\n', at + 1)) {
        if (at == m_begin || m_buffer[at - 1] != '\r')
            return at + 1;
        const bool isFirst = m_buffer.find('\n', m_begin) == at;
        if (isFirst
            && std::string_view(m_buffer).substr(m_begin, at - m_begin).find("HTTP/")
                == std::string_view::npos)
            return at - 1;
        if (m_buffer.compare(at - 1, 4, "\r\n\r\n") == 0)
            break;
    }
    return {};
}

asio::awaitable<Result<std::string>> H1Connection::readHead(std::size_t limit, Deadline deadline)
{
    std::size_t searched = m_begin;
    for (;;) {
        if (const auto broken = brokenHeadEnd(searched))
            co_return take(*broken - m_begin);
        const std::size_t end = m_buffer.find("\r\n\r\n", searched);
        if (end != std::string::npos) {
            std::string head = take(end - m_begin);
            m_begin += 4;
            co_return head;
        }
        if (m_buffer.size() - m_begin > limit)
            co_return failure(Error::Kind::Protocol,
                              "a head of more than " + std::to_string(limit) + " bytes");
        const std::size_t known = m_buffer.size() - m_begin;
        const Result<std::size_t> n = co_await fill(deadline);
        if (!n)
            co_return tl::unexpected(n.error());
        if (*n == 0 && known == 0)
            co_return std::string();
        if (*n == 0)
            co_return failure(Error::Kind::Closed, "closed in the middle of a head");
        searched = known > 3 ? known - 3 : 0;
    }
}

void H1Connection::startBody(BodyLength length)
{
    m_length = length;
    m_left = length.bytes;
    m_chunks = ChunkDecoder();
    m_ended = length.kind == BodyLength::Kind::None;
}

asio::awaitable<Result<std::string>> H1Connection::readBody(Deadline deadline)
{
    while (!m_ended) {
        if (!hasBuffered()) {
            const Result<std::size_t> n = co_await fill(deadline);
            if (!n)
                co_return tl::unexpected(n.error());
            if (*n == 0 && m_length.kind == BodyLength::Kind::UntilClose) {
                m_ended = true;
                break;
            }
            if (*n == 0)
                co_return failure(Error::Kind::Closed, "closed in the middle of a body");
        }
        if (m_length.kind == BodyLength::Kind::UntilClose)
            co_return take(m_buffer.size());
        if (m_length.kind == BodyLength::Kind::Known) {
            std::string piece = take(std::size_t(std::min<std::uint64_t>(m_left, m_buffer.size() - m_begin)));
            m_left -= piece.size();
            m_ended = m_left == 0;
            co_return piece;
        }
        std::string piece;
        const auto used = m_chunks.decode(std::string_view(m_buffer).substr(m_begin), piece);
        if (!used)
            co_return failure(Error::Kind::Protocol, used.error().why);
        m_begin += *used;
        m_ended = m_chunks.done();
        if (!piece.empty())
            co_return piece;
    }
    co_return std::string();
}

} // namespace edge
