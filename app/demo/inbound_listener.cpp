// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/inbound_listener.h"

#include "app/demo/byte_tunnel.h"
#include "app/demo/inbound_http.h"
#include "app/demo/network.h"
#include "edge/server.h"

#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <array>

namespace demo {

namespace {

using edge::Deadline;
using edge::Stream;

constexpr std::size_t PeekBytes = 16 * 1024;
constexpr std::size_t RecordHeader = 5;
constexpr std::chrono::milliseconds PeekPause{5};
constexpr int PeekRounds = 200; // of PeekPause, for the rest of a ClientHello or of a first word
constexpr std::chrono::seconds HandshakeTime{15};
constexpr std::chrono::seconds LingerTime{1};
constexpr std::array<std::string_view, 5> istioProtocols{"istio-peer-exchange", "istio", "istio-http/1.0",
                                                         "istio-http/1.1", "istio-h2"};
constexpr std::array<std::string_view, 3> istioHttpProtocols{"istio-http/1.0", "istio-http/1.1", "istio-h2"};
constexpr std::array<std::string_view, 9> methods{"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                  "CONNECT", "OPTIONS", "TRACE", "PATCH"};

template<std::size_t Size>
bool offersOneOf(const std::vector<std::string> &alpn, const std::array<std::string_view, Size> &wanted)
{
    return std::any_of(alpn.begin(), alpn.end(), [&](const std::string &one) {
        return std::find(wanted.begin(), wanted.end(), one) != wanted.end();
    });
}

enum class FirstWord { Http, Other, Open }; // Open: more bytes decide

FirstWord firstWord(std::string_view bytes)
{
    const std::size_t space = bytes.find(' ');
    const std::string_view word = bytes.substr(0, space);
    for (const std::string_view method : methods) {
        if (space != std::string_view::npos ? word == method : method.starts_with(word))
            return space != std::string_view::npos ? FirstWord::Http : FirstWord::Open;
    }
    return FirstWord::Other;
}

bool mayBecomeHello(std::string_view bytes)
{
    static constexpr std::string_view start("\x16\x03", 2);
    if (!start.starts_with(bytes.substr(0, 2)))
        return false;
    if (bytes.size() < RecordHeader + 1)
        return true;
    const std::size_t length =
        std::size_t(static_cast<unsigned char>(bytes[3])) << 8 | static_cast<unsigned char>(bytes[4]);
    return bytes[5] == 1 && bytes.size() < std::min(RecordHeader + length, PeekBytes);
}

struct Opening // what a connection begins with
{
    std::string bytes;
    std::optional<edge::ClientHello> hello;
};

asio::awaitable<edge::Result<Opening>> readOpening(Stream &stream, bool wantsWord)
{
    asio::steady_timer pause(co_await asio::this_coro::executor);
    std::size_t before = 0;
    for (int round = 0;; ++round) {
        auto bytes = co_await stream.peek(PeekBytes, Deadline::max());
        if (!bytes)
            co_return tl::unexpected(bytes.error());
        if (bytes->empty())
            co_return edge::failure(edge::Error::Kind::Closed, "the client closed without a byte");
        const bool waits = mayBecomeHello(*bytes) || (wantsWord && firstWord(*bytes) == FirstWord::Open);
        if (!waits || round == PeekRounds || (bytes->size() == before && stream.peerClosed()))
            co_return Opening{*bytes, edge::readClientHello(*bytes)};
        before = bytes->size();
        asio::error_code ignored;
        pause.expires_after(PeekPause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

// So that the alert or answer just written is read before the reset that unread bytes would bring.
asio::awaitable<void> closeGently(Stream &stream)
{
    asio::error_code ignored;
    stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    std::string buffer(4096, '\0');
    const Deadline end = edge::in(LingerTime);
    asio::ip::tcp::socket &socket = stream.socket();
    asio::steady_timer timer(co_await asio::this_coro::executor, end);
    timer.async_wait([cut = stream.closer()](asio::error_code error) {
        if (!error)
            cut();
    });
    for (;;) {
        const std::size_t size = co_await socket.async_read_some(
            asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, ignored));
        if (ignored || size == 0)
            break;
    }
    stream.close();
}

} // namespace

struct InboundListener::State : std::enable_shared_from_this<State>, edge::Handler
{
    struct Connection
    {
        std::uint64_t generation = 0;
        std::function<void()> cut;
        bool isSilent = true;
    };

    State(asio::io_context &l, InboundSettings s, InboundPolicy p)
        : loop(l)
        , settings(std::move(s))
        , policy(p)
        , server(l, *this)
    {
    }

    asio::awaitable<void> handle(edge::Request &, edge::Responder &) override
    {
        co_return;
    } // each connection has its own

    asio::awaitable<void> serve(Stream &stream, edge::ConnectionInfo info)
    {
        const auto self = shared_from_this();
        const int id = nextId++;
        open[id] = {generation, stream.closer()};
        InboundRecord record;
        record.containerPort = settings.containerPort;
        asio::error_code ignored;
        record.client = callerOf(stream.socket().remote_endpoint(ignored));
        co_await admit(stream, std::move(info), record, policy, id);
        open.erase(id);
    }

    void startDrain()
    {
        const std::uint64_t bound = generation;
        drains.remove_if([](const Timer &timer) { return !timer.isArmed(); });
        drains.emplace_back(loop).after(settings.drainStart,
                                        [this, bound] { drainingBelow = std::max(drainingBelow, bound); });
        drains.emplace_back(loop).after(settings.drainEnd, [this, bound] { cutBelow(bound); });
    }

    // Those of the listener as it is; what drains already stays with its own.
    void takeSilentAlong()
    {
        for (auto &[id, connection] : open) {
            if (connection.isSilent && connection.generation + 1 == generation)
                connection.generation = generation;
        }
    }

    // The policy of the moment of accepting, even if the first byte comes later, unless the silent were taken along.
    asio::awaitable<void> admit(Stream &stream, edge::ConnectionInfo info, InboundRecord &record,
                                InboundPolicy current, int id)
    {
        if (current.mode == MtlsMode::Disable && current.kind == PortKind::Tcp) {
            open[id].isSilent = false; // nothing is waited for
            co_await passOn(stream, record);
            co_return;
        }
        const edge::Result<Opening> opening = co_await readOpening(stream, current.kind != PortKind::Tcp);
        if (!opening) {
            stream.close();
            co_return;
        }
        Connection &connection = open[id];
        connection.isSilent = false;
        const std::uint64_t born = connection.generation;
        if (born == generation)
            current = policy;
        const bool http = current.kind == PortKind::Http;
        const std::optional<edge::ClientHello> hello = opening->hello;
        if (hello)
            record.serverName = hello->serverName;
        const bool isTls = hello && current.mode != MtlsMode::Disable;
        const bool looksHttp = !isTls && firstWord(opening->bytes) == FirstWord::Http;
        if (isTls && (current.mode == MtlsMode::Strict || offersOneOf(hello->alpn, istioProtocols)))
            co_await admitMesh(stream, std::move(info), record, current, born, *hello);
        else if (current.mode == MtlsMode::Strict || (isTls && http))
            refuse(stream, record);
        else if (http && !looksHttp)
            co_await badRequest(stream, record);
        else if (http || (current.kind == PortKind::Auto && looksHttp))
            co_await serveHttp(stream, std::move(info), record, born);
        else
            co_await passOn(stream, record);
    }

    asio::awaitable<void> admitMesh(Stream &stream, edge::ConnectionInfo info, InboundRecord &record,
                                    InboundPolicy current, std::uint64_t born, const edge::ClientHello &hello)
    {
        const bool http = current.kind == PortKind::Http
            || (current.kind == PortKind::Auto && offersOneOf(hello.alpn, istioHttpProtocols));
        const auto credentials = settings.credentials(http ? "http/1.1" : "istio-peer-exchange,h2,http/1.1");
        if (!credentials) {
            stream.reset();
            co_return;
        }
        const edge::Result<edge::TlsFacts> facts =
            co_await stream.handshakeAsServer(credentials, edge::in(HandshakeTime));
        if (!facts) {
            if (!http && settings.record) // on an HTTP chain a refused certificate leaves no line
                settings.record(record);
            co_await closeGently(stream);
            co_return;
        }
        info.tls = *facts;
        record.tls = *facts;
        if (http)
            co_await serveHttp(stream, std::move(info), record, born);
        else
            co_await passOn(stream, record);
    }

    asio::awaitable<void> serveHttp(Stream &stream, edge::ConnectionInfo info, const InboundRecord &record,
                                    std::uint64_t born)
    {
        InboundHttp handler(settings, record.client, [this, born] { return born < drainingBelow; });
        const edge::HttpLimits limits; // named: GCC 12 destroys a temporary inside co_await twice
        co_await edge::serveConnection(std::move(stream), std::move(info), handler, limits);
    }

    // Temporaries with destructors stay out of co_await expressions here: GCC 12 destroys some of them twice.
    asio::awaitable<void> passOn(Stream &stream, InboundRecord &record)
    {
        const auto start = std::chrono::steady_clock::now();
        const std::string address = "127.0.0.1";
        edge::Result<Stream> application =
            co_await Stream::connect(address, settings.applicationPort, edge::in(std::chrono::seconds(10)));
        if (application) {
            const TunnelBytes bytes = co_await tunnel(stream, *application);
            record.received = bytes.fromFirst;
            record.sent = bytes.fromSecond;
        } else {
            record.flags = "UF,URX";
            record.details = "upstream_reset_before_response_started{connection_failure}";
            stream.reset();
        }
        record.duration =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
        if (settings.record)
            settings.record(record);
    }

    void refuse(Stream &stream, InboundRecord &record) const
    {
        record.flags = "NR";
        record.details = "filter_chain_not_found";
        stream.reset();
        if (settings.record)
            settings.record(record);
    }

    asio::awaitable<void> badRequest(Stream &stream, InboundRecord &record) const
    {
        record.isHttp = true;
        record.status = 400;
        record.flags = "DPE";
        record.details = "http1.codec_error";
        static constexpr std::string_view answer =
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 11\r\ncontent-type: text/plain\r\nserver: "
            "istio-envoy\r\nconnection: close\r\n\r\nBad Request";
        (void)co_await stream.write(answer, edge::in(LingerTime));
        if (settings.record)
            settings.record(record);
        co_await closeGently(stream);
    }

    void cutBelow(std::uint64_t bound) const
    {
        std::vector<std::function<void()>> old;
        for (const auto &[id, connection] : open) {
            if (connection.generation < bound)
                old.push_back(connection.cut);
        }
        for (const auto &cut : old)
            cut();
    }

    asio::io_context &loop;
    InboundSettings settings;
    InboundPolicy policy;
    edge::Server server;
    std::map<int, Connection> open;
    std::list<Timer> drains;
    std::uint64_t generation = 0, drainingBelow = 0;
    int nextId = 0;
};

InboundListener::InboundListener(asio::io_context &loop, InboundSettings settings, InboundPolicy policy)
    : m_state(std::make_shared<State>(loop, std::move(settings), policy))
{
}

InboundListener::~InboundListener() { stop(); }

edge::Result<std::uint16_t> InboundListener::listen()
{
    edge::ListenOptions options;
    options.configuredPort = m_state->settings.containerPort;
    const std::weak_ptr<State> weak = m_state;
    return m_state->server.listen(
        options, [weak](Stream &stream, edge::ConnectionInfo &info) -> asio::awaitable<bool> {
            if (const auto state = weak.lock())
                co_await state->serve(stream, info);
            co_return false;
        });
}

void InboundListener::setPolicy(InboundPolicy policy, PolicyChange change)
{
    State &state = *m_state;
    if (policy == state.policy && change == PolicyChange::Port)
        return;
    state.policy = policy;
    ++state.generation;
    if (change == PolicyChange::Port)
        state.takeSilentAlong();
    state.startDrain();
}

InboundPolicy InboundListener::policy() const { return m_state->policy; }

void InboundListener::stop()
{
    m_state->server.stop();
    m_state->drains.clear();
    m_state->cutBelow(UINT64_MAX);
}

} // namespace demo
