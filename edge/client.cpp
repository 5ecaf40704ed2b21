// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/client.h"

#include "edge/h1_connection.h"

namespace edge {

namespace {

std::chrono::microseconds since(Clock::time_point start)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

bool isSound(const RequestHead &head) // nothing that could end the head early
{
    if (!isToken(head.method) || head.target.find_first_of(" \r\n") != std::string::npos)
        return false;
    for (const Header &header : head.headers) {
        if (!isToken(header.name)
            || header.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            return false;
    }
    return true;
}

asio::awaitable<Result<ResponseHead>> readFinalHead(H1Connection &connection, Deadline deadline)
{
    for (;;) {
        const Result<std::string> text = co_await connection.readHead(H1Limits().headBytes, deadline);
        if (!text)
            co_return tl::unexpected(text.error());
        if (text->empty())
            co_return failure(Error::Kind::Closed, "the server closed the connection without an answer");
        auto head = parseResponseHead(*text, H1Limits().headers);
        if (!head)
            co_return failure(Error::Kind::Protocol, "the server's answer is no HTTP: " + head.error().why);
        if (head->status >= 200 || head->status == 101)
            co_return std::move(*head);
    }
}

} // namespace

asio::awaitable<Result<Reply>> fetch(ClientRequest request)
{
    if (!isSound(request.head))
        co_return failure(
            Error::Kind::Protocol,
            "the request has a line break or a space where none may be: check method, path and headers");
    const Clock::time_point start = Clock::now();
    const Deadline deadline = start + request.timeout;
    Reply reply;
    Result<Stream> stream = co_await Stream::connect(request.address, request.port, deadline, request.source);
    if (!stream)
        co_return tl::unexpected(stream.error());
    reply.timings.connected = since(start);
    if (request.tls) {
        Result<TlsFacts> facts =
            co_await stream->handshakeAsClient(request.tls, request.serverName, deadline);
        if (!facts)
            co_return tl::unexpected(facts.error());
        reply.tls = std::move(*facts);
        reply.timings.tlsDone = since(start);
    }
    H1Connection connection(std::move(*stream));
    if (!request.body.empty() && !request.head.headers.has("content-length"))
        request.head.headers.add("content-length", std::to_string(request.body.size()));
    request.head.headers.set("connection", "close");
    const Result<void> sent =
        co_await connection.stream.write(formatRequestHead(request.head) + request.body, deadline);
    if (!sent
        && sent.error().kind == Error::Kind::Timeout) // an early answer may be there even if writing failed
        co_return tl::unexpected(sent.error());
    Result<ResponseHead> head = co_await readFinalHead(connection, deadline);
    if (!head)
        co_return tl::unexpected(head.error());
    reply.timings.firstByte = since(start);
    const auto length = bodyLength(*head, request.head.method);
    if (!length)
        co_return failure(Error::Kind::Protocol, "the server's answer is no HTTP: " + length.error().why);
    reply.head = std::move(*head);
    connection.startBody(*length);
    while (!connection.bodyEnded() && !reply.bodyCut) {
        Result<std::string> piece = co_await connection.readBody(deadline);
        if (!piece)
            co_return tl::unexpected(piece.error());
        reply.body += *piece;
        reply.bodyCut = reply.body.size() > request.bodyLimit;
    }
    if (reply.bodyCut)
        reply.body.resize(request.bodyLimit);
    reply.timings.done = since(start);
    co_return reply;
}

} // namespace edge
