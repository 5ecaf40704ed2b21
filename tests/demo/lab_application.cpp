// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/lab_application.h"

LabApplication::LabApplication(asio::io_context &loop, const demo::Authority &own, bool speaksFirst)
    : m_server(loop, *this)
    , m_speaksFirst(speaksFirst)
{
    demo::CertificateWish wish;
    wish.names = {"DNS:web.example.com"};
    wish.notBefore = std::chrono::system_clock::now() - std::chrono::hours(1);
    wish.notAfter = wish.notBefore + std::chrono::hours(9);
    const auto pair = own.issue(wish);
    edge::TlsSettings settings;
    settings.certificateChainPem = pair->certificateChain;
    settings.privateKeyPem = pair->privateKey;
    settings.alpnProtocols = "http/1.1,istio";
    m_credentials =
        edge::TlsCredentials::make(edge::TlsCredentials::Side::Server, settings).value_or(nullptr);
    port = m_server
               .listen({},
                       [this](edge::Stream &stream, edge::ConnectionInfo &info) -> asio::awaitable<bool> {
                           co_await serve(stream, info);
                           co_return false;
                       })
               .value_or(0);
}

asio::awaitable<void> LabApplication::handle(edge::Request &request, edge::Responder &responder)
{
    sawClientCertificate = request.head.headers.has("x-forwarded-client-cert");
    sawTls = request.connection.tls.has_value();
    (void)co_await responder.send(200, "text/plain", "hello\n");
}

asio::awaitable<void> LabApplication::serve(edge::Stream &stream, edge::ConnectionInfo info)
{
    if (m_speaksFirst)
        (void)co_await stream.write("220 lab banner\r\n", edge::Deadline::max());
    auto first = co_await stream.peek(4096, edge::Deadline::max());
    if (first && edge::readClientHello(*first)) {
        const auto facts = co_await stream.handshakeAsServer(m_credentials, edge::Deadline::max());
        if (!facts)
            co_return;
        sawTls = true;
        first = "";
    }
    if (first && (first->starts_with("GET "))) {
        const edge::HttpLimits limits; // named: GCC 12 destroys a temporary inside co_await twice
        co_await edge::serveConnection(std::move(stream), std::move(info), *this, limits);
        co_return;
    }
    std::string buffer(4096, '\0');
    for (;;) {
        const auto size = co_await stream.read(buffer.data(), buffer.size(), edge::Deadline::max());
        if (!size || *size == 0)
            co_return;
        const std::string text = buffer.substr(0, *size);
        const std::string answer = text.starts_with("GET ")
            ? "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhello\n"
            : "ECHO:" + text + (text.ends_with('\n') ? "" : "\n");
        (void)co_await stream.write(answer, edge::Deadline::max());
    }
}
