// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/webhook_program.h"

namespace demo {

namespace {

constexpr std::size_t ReviewLimit = 3 * 1024 * 1024;

// What a sidecar in front takes for the application: it never ends the webhook's TLS, so plaintext is all it
// sees.
class PlaintextRefusal : public edge::Handler
{
public:
    asio::awaitable<void> handle(edge::Request &, edge::Responder &responder) override
    {
        (void)co_await responder.send(400, "text/plain", "Client sent an HTTP request to an HTTPS server.\n");
    }
};

} // namespace

edge::Result<std::shared_ptr<edge::TlsCredentials>> webhookCredentials(const std::string &service,
                                                                       const std::string &nameSpace)
{
    const auto authority = Authority::make(service, std::chrono::hours(24 * 365));
    if (!authority)
        return tl::unexpected(authority.error());
    const WallTime now = std::chrono::system_clock::now();
    CertificateWish wish;
    wish.commonName = service + "." + nameSpace + ".svc";
    wish.names = {"DNS:" + wish.commonName};
    wish.notBefore = now - std::chrono::minutes(2);
    wish.notAfter = now + std::chrono::hours(24 * 90);
    const auto pair = (*authority)->issue(wish);
    if (!pair)
        return tl::unexpected(pair.error());
    edge::TlsSettings settings;
    settings.certificateChainPem = pair->certificateChain;
    settings.privateKeyPem = pair->privateKey;
    settings.alpnProtocols = "http/1.1";
    return edge::TlsCredentials::make(edge::TlsCredentials::Side::Server, settings);
}

std::string allowingReview(const std::string &review)
{
    Value response = Value::object({{"allowed", true}});
    response.set("uid", edge::parseJson(review).value_or(Value()).at({"request", "uid"}));
    return edge::toJson(Value::object({{"apiVersion", "admission.k8s.io/v1"},
                                       {"kind", "AdmissionReview"},
                                       {"response", std::move(response)}}));
}

WebhookProgram::WebhookProgram(const ContainerContext &context)
    : m_context(context)
    , m_server(context.world.loop, *this)
{
}

edge::Result<void> WebhookProgram::start()
{
    const auto &declared = m_context.container["ports"].items();
    const std::uint16_t port =
        declared.empty() ? 8443 : std::uint16_t(declared.front()["containerPort"].toInteger());
    const auto credentials = webhookCredentials(m_context.pod.app, m_context.pod.nameSpace);
    if (!credentials)
        return tl::unexpected(credentials.error());
    const auto bound =
        m_server.listen({"127.0.0.1", 0, port}, edge::tlsAcceptor([own = *credentials] { return own; }));
    if (!bound)
        return tl::unexpected(bound.error());
    m_ports.push_back({port, *bound, std::make_shared<PlaintextRefusal>()});
    return {};
}

asio::awaitable<void> WebhookProgram::handle(edge::Request &request, edge::Responder &responder)
{
    const std::weak_ptr<bool> alive = m_alive;
    const auto body = co_await request.readAll(ReviewLimit);
    if (alive.lock())
        m_context.log("reviewed a request: allowed");
    const std::string answer = allowingReview(body.value_or(std::string()));
    (void)co_await responder.send(200, "application/json", answer);
}

} // namespace demo
