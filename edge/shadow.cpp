// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/shadow.h"

namespace edge {

RequestHead shadowHead(const RequestHead &head)
{
    RequestHead copy = head;
    std::string host(head.headers.value("host"));
    const std::size_t colon = host.find(':', host.find(']') == std::string::npos ? 0 : host.find(']'));
    host.insert(std::min(colon, host.size()), "-shadow");
    copy.headers.set("host", std::move(host));
    copy.headers.set("x-envoy-internal", "true");
    if (const std::string *known = head.headers.find("x-forwarded-for")) {
        const std::size_t comma = known->rfind(',');
        copy.headers.set("x-forwarded-for",
                         *known + "," + (comma == std::string::npos ? *known : known->substr(comma + 1)));
    }
    return copy;
}

asio::awaitable<void> sendShadow(Shadow shadow, RequestHead head, std::string body)
{
    ++shadow.stats->requests;
    const AcquireLimits limits{true, shadow.connectTimeout, in(shadow.connectTimeout)};
    auto acquired = co_await shadow.pool->acquire(shadow.target, limits);
    if (!acquired)
        co_return;
    const UpstreamPtr connection = *acquired;
    const Deadline deadline = in(shadow.timeout.count() > 0 ? shadow.timeout : std::chrono::minutes(5));
    if (head.headers.has("transfer-encoding")) {
        head.headers.remove("transfer-encoding");
        head.headers.set("content-length", std::to_string(body.size()));
    }
    const std::string bytes = formatRequestHead(head) + body;
    if (!co_await connection->h1.stream.write(bytes, deadline))
        co_return;
    const Result<std::string> text = co_await connection->h1.readHead(H1Limits().headBytes, deadline);
    const auto answer = text ? parseResponseHead(*text, H1Limits().headers)
                             : Parsed<ResponseHead>(tl::unexpected(BadMessage{}));
    const auto length =
        answer ? bodyLength(*answer, head.method) : Parsed<BodyLength>(tl::unexpected(BadMessage{}));
    if (!length || answer->status < 200)
        co_return;
    shadow.stats->answered(answer->status);
    connection->h1.startBody(*length);
    while (!connection->h1.bodyEnded()) {
        const Result<std::string> piece = co_await connection->h1.readBody(deadline);
        if (!piece)
            co_return;
    }
    if (length->kind != BodyLength::Kind::UntilClose && answer->minorVersion == 1
        && !answer->headers.hasToken("connection", "close"))
        shadow.pool->giveBack(connection);
}

} // namespace edge
