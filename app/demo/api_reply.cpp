// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_reply.h"

#include "app/demo/api_status.h"
#include "edge/edge_headers.h"

#include <zlib.h>

namespace demo {

namespace {

constexpr std::size_t GzipFrom = 128 * 1024; // smaller answers go as they are

std::string gzipped(const std::string &text)
{
    z_stream stream{};
    if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return {};
    std::string out(deflateBound(&stream, uLong(text.size())), '\0');
    stream.next_in =
        reinterpret_cast<Bytef *>(const_cast<char *>(text.data())); // zlib's interface is not const
    stream.avail_in = uInt(text.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return done ? out : std::string();
}

} // namespace

asio::awaitable<void> sendAnswer(const edge::RequestHead &head, Answer answer,
                                 const std::vector<std::string> &warnings, const Flow &flow,
                                 edge::Responder &responder)
{
    edge::ResponseHead reply;
    reply.status = answer.status;
    reply.headers = {{"audit-id", newUid()}, {"cache-control", "no-cache, private"}, {"date", edge::httpDate()}};
    if (!answer.contentType.empty())
        reply.headers.set("content-type", answer.contentType);
    for (const edge::Header &header : answer.headers)
        reply.headers.set(header.name, header.value);
    reply.headers.set("x-kubernetes-pf-flowschema-uid", flow.schemaUid);
    reply.headers.set("x-kubernetes-pf-prioritylevel-uid", flow.priorityLevelUid);
    for (const std::string &warning : warnings)
        reply.headers.add("warning", "299 - " + quoted(warning));
    if (answer.body.size() > GzipFrom && head.headers.hasToken("accept-encoding", "gzip")) {
        if (std::string packed = gzipped(answer.body); !packed.empty()) {
            answer.body = std::move(packed);
            reply.headers.set("content-encoding", "gzip");
            reply.headers.set("vary", "Accept-Encoding");
        }
    }
    edge::Result<void> sent = co_await responder.start(std::move(reply), answer.body.size());
    if (sent && !answer.body.empty())
        sent = co_await responder.write(answer.body);
    if (sent)
        sent = co_await responder.finish();
}

} // namespace demo
