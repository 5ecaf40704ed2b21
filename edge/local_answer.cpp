// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/local_answer.h"

#include "edge/edge_headers.h"

namespace edge {

namespace {

int grpcStatus(int httpStatus) // Envoy's httpToGrpcStatus
{
    switch (httpStatus) {
    case 400: return 13;
    case 401: return 16;
    case 403: return 7;
    case 404: return 12;
    case 429:
    case 502:
    case 503:
    case 504: return 14;
    default: return 2;
    }
}

} // namespace

asio::awaitable<Result<int>> sendLocalAnswer(Request &request, Responder &responder, LocalAnswer answer)
{
    ResponseHead head;
    head.headers = std::move(answer.headers);
    head.status = answer.status;
    const bool isRedirect = answer.status >= 300 && answer.status < 400;
    if (isGrpc(request.head.headers) && !isRedirect && answer.status >= 400) {
        head.status = 200;
        head.headers.set("content-type", "application/grpc"); // whatever a rule says
        head.headers.add("grpc-status", std::to_string(grpcStatus(answer.status)));
        if (!answer.body.empty())
            head.headers.add("grpc-message", std::exchange(answer.body, {}));
    } else if (!answer.body.empty() && !head.headers.has("content-type")) {
        head.headers.add("content-type", "text/plain");
    }
    head.headers.remove("content-length"); // a route's rule may say one; the body's counts
    head.headers.remove("transfer-encoding");
    if (!head.headers.has("date"))
        head.headers.add("date", httpDate());
    head.headers.set("server", answer.server);
    if (!request.bodyEnded() || answer.close)
        responder.closeAfter();
    const int status = head.status;
    const bool lengthless =
        isRedirect && request.head.method == "HEAD"; // Envoy's answer to HEAD has chunks and no length
    const std::optional<std::uint64_t> length =
        lengthless ? std::optional<std::uint64_t>() : answer.body.size();
    Result<void> sent = co_await responder.start(std::move(head), length);
    if (sent && !answer.body.empty())
        sent = co_await responder.write(answer.body);
    if (sent)
        sent = co_await responder.finish();
    if (!sent)
        co_return tl::unexpected(sent.error());
    co_return status;
}

} // namespace edge
