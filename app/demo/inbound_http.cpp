// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/inbound_http.h"

namespace demo {

namespace {

using Elapsed = std::chrono::steady_clock;

std::chrono::microseconds since(Elapsed::time_point start)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(Elapsed::now() - start);
}

class ObservedResponder : public edge::Responder // passes on, adds Envoy's headers and counts
{
public:
    ObservedResponder(edge::Responder &inner, InboundRecord &record, const std::string &decorator,
                      bool closes)
        : m_inner(inner)
        , m_record(record)
        , m_decorator(decorator)
        , m_closes(closes)
        , m_start(Elapsed::now())
    {
    }

    asio::awaitable<edge::Result<void>> start(edge::ResponseHead head,
                                              std::optional<std::uint64_t> contentLength) override
    {
        if (head.status >= 200)
            dress(head);
        co_return co_await m_inner.start(std::move(head), contentLength);
    }
    asio::awaitable<edge::Result<void>> write(std::string_view data) override
    {
        m_record.sent += data.size();
        co_return co_await m_inner.write(data);
    }
    asio::awaitable<edge::Result<void>> finish() override { co_return co_await m_inner.finish(); }
    void abort() override { m_inner.abort(); }
    void closeAfter() override { m_inner.closeAfter(); }
    bool started() const override { return m_inner.started(); }
    asio::any_io_executor executor() override { return m_inner.executor(); }
    bool clientGone() const override { return m_inner.clientGone(); }
    asio::awaitable<edge::Result<edge::Stream *>> upgrade(edge::ResponseHead head) override
    {
        dress(head);
        co_return co_await m_inner.upgrade(std::move(head));
    }

private:
    void dress(edge::ResponseHead &head)
    {
        m_record.status = head.status;
        head.headers.set("server", "istio-envoy");
        head.headers.set("x-envoy-upstream-service-time", std::to_string(since(m_start).count() / 1000));
        head.headers.set("x-envoy-decorator-operation", m_decorator);
        if (m_closes)
            m_inner.closeAfter();
    }

    edge::Responder &m_inner;
    InboundRecord &m_record;
    const std::string &m_decorator;
    bool m_closes;
    Elapsed::time_point m_start;
};

std::string clientCertificateElement(const std::string &ownIdentity, const edge::PeerCertificate &peer)
{
    const std::string uri = peer.uriNames.empty() ? std::string() : peer.uriNames.front();
    return "By=" + ownIdentity + ";Hash=" + peer.fingerprint + ";Subject=\"" + peer.subject + "\";URI=" + uri;
}

} // namespace

InboundHttp::InboundHttp(const InboundSettings &settings, std::string client, std::function<bool()> draining)
    : m_settings(settings)
    , m_client(std::move(client))
    , m_draining(std::move(draining))
{
}

// Plaintext: a client's own x-forwarded-client-cert is not believed.  mTLS: it stays, and the real one is
// appended.
void InboundHttp::rewriteHeaders(edge::Request &request, InboundRecord &record) const
{
    edge::Headers &headers = request.head.headers;
    record.peerMetadata = headers.value("x-envoy-peer-metadata");
    headers.remove("x-envoy-peer-metadata");
    headers.set("x-forwarded-proto", request.connection.tls ? "https" : "http");
    if (request.connection.tls && !request.connection.tls->peerChain.empty()) {
        const std::string element =
            clientCertificateElement(m_settings.identity, request.connection.tls->peerChain.front());
        const std::string before(headers.value("x-forwarded-client-cert"));
        headers.set("x-forwarded-client-cert", before.empty() ? element : before + "," + element);
    } else {
        headers.remove("x-forwarded-client-cert");
    }
    record.tls = request.connection.tls;
    record.serverName = record.tls ? record.tls->serverName : std::string();
    request.connection.tls.reset(); // the application sees plaintext from a local address
    request.connection.peerAddress = "127.0.0.6";
    request.connection.listenerPort = m_settings.containerPort;
}

asio::awaitable<void> InboundHttp::handle(edge::Request &request, edge::Responder &responder)
{
    const Elapsed::time_point start = Elapsed::now();
    InboundRecord record;
    record.isHttp = true;
    record.containerPort = m_settings.containerPort;
    record.client = m_client;
    record.method = request.head.method;
    record.path = request.head.target;
    record.authority = request.head.headers.value("host");
    record.userAgent = request.head.headers.value("user-agent");
    record.requestId = request.head.headers.value("x-request-id");
    record.forwardedFor = request.head.headers.value("x-forwarded-for");
    record.details = "via_upstream";
    rewriteHeaders(request, record);
    ObservedResponder observed(responder, record, m_settings.decorator, m_draining());
    co_await m_settings.application->handle(request, observed);
    record.duration = since(start);
    if (m_settings.record)
        m_settings.record(record);
}

} // namespace demo
