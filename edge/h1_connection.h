// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A Stream with a read buffer that speaks HTTP/1.1 heads and bodies: shared by the server side and the client side.
// One coroutine at a time.
#include "edge/h1_codec.h"
#include "edge/stream.h"

namespace edge {

struct H1Limits
{
    std::size_t headBytes = 60 * 1024;
    std::size_t headers = 100;
};

class H1Connection
{
public:
    explicit H1Connection(Stream stream);

    Stream stream;

    // Everything up to the blank line, without it; "" if the peer closed before the first byte.
    // Error::Protocol: too long ("431 …") or cut in the middle.  A first line that is none of HTTP/1, or a bare line feed, ends
    // the head there: the parser refuses it without waiting for a blank line that may never come.
    asio::awaitable<Result<std::string>> readHead(std::size_t limit, Deadline deadline);
    std::string takeBuffered(); // what was read past the last head or body: the first bytes of a tunnel
    bool hasBuffered() const { return m_begin < m_buffer.size(); }
    void skipEmptyLine();        // one CR LF before a request (RFC 9112 §2.2)
    bool beginsLikeHttp() const; // false: no head can begin with what is buffered, however it goes on
    asio::awaitable<Result<bool>> waitForData(Deadline deadline); // false: the peer closed

    // The body that follows a head; read() gives "" at its end.
    void startBody(BodyLength length);
    bool bodyEnded() const { return m_ended; }
    asio::awaitable<Result<std::string>> readBody(Deadline deadline);

private:
    asio::awaitable<Result<std::size_t>>
    fill(Deadline deadline); // appends to the buffer; 0 at the end of the stream
    std::optional<std::size_t> brokenHeadEnd(std::size_t from) const;
    std::string take(std::size_t size);
    void compact();

    std::string m_buffer;
    std::size_t m_begin = 0;
    BodyLength m_length;
    std::uint64_t m_left = 0;
    ChunkDecoder m_chunks;
    bool m_ended = true;
};

} // namespace edge
