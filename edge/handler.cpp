// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/handler.h"

namespace edge {

asio::awaitable<Result<std::string>> Request::readAll(std::size_t limit)
{
    std::string body;
    for (;;) {
        Result<std::string> piece = co_await read();
        if (!piece)
            co_return piece;
        if (piece->empty())
            co_return body;
        if (body.size() + piece->size() > limit)
            co_return failure(Error::Kind::Protocol,
                              "a body of more than " + std::to_string(limit) + " bytes");
        body += *piece;
    }
}

asio::awaitable<Result<void>> Responder::send(int status, std::string contentType, std::string body)
{
    ResponseHead head;
    head.status = status;
    if (!contentType.empty())
        head.headers.add("content-type", std::move(contentType));
    Result<void> sent = co_await start(std::move(head), body.size());
    if (sent && !body.empty())
        sent = co_await write(body);
    if (sent)
        sent = co_await finish();
    co_return sent;
}

} // namespace edge
