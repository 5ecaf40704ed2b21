// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/applications.h"

#include "app/demo/pod_logs.h"

#include <array>
#include <random>

namespace demo {

namespace {

using edge::Value;

constexpr std::array<std::string_view, 8> quotes{// our own, in the spirit of the guide's
                                                 "A gateway without a certificate is an open door.",
                                                 "The last hop is the longest one.",
                                                 "Trust is a chain, and every chain ends somewhere.",
                                                 "A late policy does not make any traffic safe.",
                                                 "Plaintext travels fast and talks a lot.",
                                                 "What is renewed at half of its life never ends.",
                                                 "The oldest rule wins, even if nobody remembers it.",
                                                 "By routing, we vibrate."};
constexpr std::array<std::string_view, 6> adjectives{"bewitched", "quiet",  "salty",
                                                     "brave",     "mellow", "northern"};
constexpr std::array<std::string_view, 6> fruits{"acai", "quince", "plum", "mango", "cherry", "lemon"};

std::size_t random(std::size_t below)
{
    static thread_local std::mt19937 generator(std::random_device{}());
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(generator);
}

class Application : public edge::Handler
{
public:
    Application(std::string image, const PodIdentity &pod, std::function<void(const std::string &)> log)
        : m_log(std::move(log))
        , m_image(std::move(image))
        , m_pod(pod.name)
        , m_version(pod.version)
        , m_server(std::string(adjectives[random(adjectives.size())]) + "-"
                   + std::string(fruits[random(fruits.size())]) + "-"
                   + pod.name.substr(pod.name.rfind('-') + 1))
    {
    }

    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override
    {
        const std::string_view path = request.head.path();
        m_log(utcText(true) + " " + request.connection.peerAddress + " \"" + request.head.method + " "
              + request.head.target + "\" 200 \"" + std::string(request.head.headers.value("user-agent"))
              + "\"");
        if (path == "/health" || path == "/healthz")
            (void)co_await responder.send(200, "application/json", "{\"status\": \"healthy\"}\n");
        else if (m_image == "web")
            (void)co_await responder.send(200, "text/html; charset=utf-8",
                                          "<!doctype html><title>Shop</title><h1>Shop</h1><p>Served by "
                                              + m_pod + "</p>\n");
        else
            (void)co_await responder.send(200, "application/json", edge::toJson(answer(path), 4) + "\n");
    }

private:
    Value answer(std::string_view path) const
    {
        if (m_image == "quote")
            return Value::object(
                {{"server", m_server}, {"quote", quotes[random(quotes.size())]}, {"time", utcText(true)}});
        if (m_image == "cart")
            return Value::object({{"server", m_pod},
                                  {"items", std::int64_t(random(9))},
                                  {"total", std::int64_t(random(20'000))}});
        return Value::object({{"server", m_pod},
                              {"version", m_version},
                              {"order", std::int64_t(100'000 + random(900'000))},
                              {"path", path}});
    }

    std::function<void(const std::string &)> m_log;
    std::string m_image, m_pod, m_version, m_server;
};

} // namespace

std::shared_ptr<edge::Handler> makeApplication(const std::string &image, const PodIdentity &pod,
                                               std::function<void(const std::string &)> log)
{
    for (const char *known : {"quote", "cart", "orders", "web"}) {
        if (image == known)
            return std::make_shared<Application>(image, pod, std::move(log));
    }
    return nullptr;
}

} // namespace demo
