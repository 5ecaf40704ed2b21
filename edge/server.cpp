// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/server.h"

#include "edge/edge_headers.h"
#include "edge/gentle_close.h"
#include "edge/h1_connection.h"
#include "edge/h2_connection.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/address.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#ifndef _WIN32
#include <fcntl.h>
#endif

namespace edge {

namespace {

using Tcp = asio::ip::tcp;
constexpr std::size_t DrainBytes = 256 * 1024; // of an unread request body, before the connection is given up
constexpr std::chrono::milliseconds AcceptPause{50};

class H1Request : public Request
{
public:
    H1Request(H1Connection &h1, const HttpLimits &limits, bool expectsContinue)
        : m_connection(h1)
        , m_limits(limits)
        , m_expectsContinue(expectsContinue)
    {
    }

    asio::awaitable<Result<std::string>> read() override
    {
        if (m_expectsContinue && !m_connection.bodyEnded()) {
            const Result<void> sent = co_await sayContinue();
            if (!sent)
                co_return tl::unexpected(sent.error());
        }
        co_return co_await m_connection.readBody(in(m_limits.idleTimeout));
    }

    bool bodyEnded() const override { return m_connection.bodyEnded(); }
    void stopReading() override { m_connection.stream.cancel(); }
    void watchClient(std::function<void()> gone) override { m_connection.stream.watchEnd(std::move(gone)); }

    asio::awaitable<Result<void>> sayContinue() override
    {
        if (!std::exchange(m_expectsContinue, false))
            co_return Result<void>();
        co_return co_await m_connection.stream.write("HTTP/1.1 100 Continue\r\n\r\n",
                                                     in(m_limits.writeTimeout));
    }

    asio::awaitable<void> dropArrived() override
    {
        while (!m_connection.bodyEnded() && (m_connection.hasBuffered() || m_connection.stream.hasInput())) {
            const Result<std::string> piece = co_await m_connection.readBody(in(m_limits.idleTimeout));
            if (!piece)
                break;
        }
    }
    std::string takeBuffered() override { return m_connection.takeBuffered(); }
    bool awaitsContinue() const { return m_expectsContinue; }

private:
    H1Connection &m_connection;
    const HttpLimits &m_limits;
    bool m_expectsContinue;
};

class H1Responder : public Responder
{
public:
    H1Responder(H1Connection &h1, const HttpLimits &limits, const RequestHead &request)
        : m_connection(h1)
        , m_limits(limits)
        , m_isHead(request.method == "HEAD")
        , m_isHttp10(request.minorVersion == 0)
    {
    }

    asio::awaitable<Result<void>> start(ResponseHead head,
                                        std::optional<std::uint64_t> contentLength) override
    {
        if (head.status < 200) // interim: the final one is still to come
            co_return co_await flush(formatResponseHead(head));
        m_started = true;
        const bool bodiless = head.status == 204 || head.status == 304;
        const bool open = !contentLength && !bodiless;
        m_chunked = open && !m_isHttp10;
        m_close = m_close || m_isHttp10;
        m_writesBody = !m_isHead && !bodiless;
        if (m_chunked)
            head.headers.set("transfer-encoding", "chunked");
        else if (contentLength && !bodiless)
            head.headers.set("content-length", std::to_string(*contentLength));
        if (m_close)
            head.headers.set("connection", "close");
        if (m_limits.properCase)
            head.headers.properCaseNames();
        m_pending = formatResponseHead(head);
        if (m_isHttp10)
            m_pending.replace(0, 8, "HTTP/1.0");
        if (open) // an open-ended answer (a watch) must be seen to begin
            co_return co_await flush(std::string());
        co_return Result<void>();
    }

    asio::awaitable<Result<void>> write(std::string_view data) override
    {
        if (!m_writesBody || data.empty())
            co_return Result<void>();
        std::string framed = m_chunked
            ? chunk(data)
            : std::string(data); // named: GCC 12 destroys a conditional temporary of a co_await twice
        co_return co_await flush(std::move(framed));
    }

    asio::awaitable<Result<void>> finish() override
    {
        std::string end(m_chunked && m_writesBody ? "0\r\n\r\n" : "");
        const Result<void> sent = co_await flush(std::move(end));
        m_finished = sent.has_value();
        co_return sent;
    }

    void abort() override
    {
        m_close = true;
        m_connection.stream.reset();
    }
    void closeAfter() override { m_close = true; }
    bool started() const override { return m_started; }
    asio::any_io_executor executor() override { return m_connection.stream.socket().get_executor(); }
    bool clientGone() const override { return m_connection.stream.peerClosed(); }

    asio::awaitable<Result<Stream *>> upgrade(ResponseHead head) override
    {
        m_started = true;
        m_close = true;
        const Result<void> sent = co_await flush(formatResponseHead(head));
        if (!sent)
            co_return tl::unexpected(sent.error());
        m_finished = true;
        co_return &m_connection.stream;
    }

    bool finished() const { return m_finished; }
    bool closes() const { return m_close; }

private:
    asio::awaitable<Result<void>> flush(std::string data)
    {
        m_pending += data;
        const std::string bytes = std::exchange(m_pending, {});
        co_return co_await m_connection.stream.write(bytes, in(m_limits.writeTimeout));
    }

    H1Connection &m_connection;
    const HttpLimits &m_limits;
    bool m_isHead;
    bool m_isHttp10;       // no chunks: the body ends with the connection
    std::string m_pending; // a head of known length waits for its body: one packet
    bool m_started = false;
    bool m_finished = false;
    bool m_chunked = false;
    bool m_writesBody = true;
    bool m_close = false;
};

asio::awaitable<void> refuse(H1Connection &connection, const BadMessage &problem, const HttpLimits &limits)
{
    const std::string body(problem.bare ? std::string_view() : reasonPhrase(problem.status));
    ResponseHead head;
    head.status = problem.status;
    head.headers = {{"content-length", std::to_string(body.size())}, {"connection", "close"}};
    if (!body.empty())
        head.headers.add("content-type", "text/plain");
    if (!limits.serverName.empty())
        head.headers.add("server", limits.serverName);
    if (!limits.serverName.empty())
        head.headers.add("date", httpDate());
    (void)co_await connection.stream.write(formatResponseHead(head) + body, in(limits.writeTimeout));
}

// Unread rests of a small body are taken away so that the connection can be used again.
asio::awaitable<bool> drained(H1Connection &connection, const HttpLimits &limits)
{
    std::size_t dropped = 0;
    while (!connection.bodyEnded()) {
        const Result<std::string> piece = co_await connection.readBody(in(limits.headTimeout));
        if (!piece || (dropped += piece->size()) > DrainBytes)
            co_return false;
    }
    co_return true;
}

asio::awaitable<bool> serveRequest(H1Connection &connection, std::string headText, const ConnectionInfo &info,
                                   Handler &handler, const HttpLimits &limits)
{
    auto head = parseRequestHead(headText, limits.headers, limits.acceptHttp10);
    if (head && limits.allowChunkedLength && head->headers.has("transfer-encoding"))
        head->headers.remove("content-length");
    const auto length = head ? bodyLength(*head) : Parsed<BodyLength>(tl::unexpected(head.error()));
    if (!length) {
        co_await refuse(connection, length.error(), limits);
        co_return false;
    }
    connection.startBody(*length);
    H1Request request(connection, limits, head->headers.hasToken("expect", "100-continue"));
    H1Responder responder(connection, limits, *head);
    request.head = std::move(*head);
    request.connection = info;
    if (!keepsAlive(request.head))
        responder.closeAfter();
    co_await handler.handle(request, responder);
    connection.stream.stopWatching();
    if (!responder.finished()) {
        connection.stream.reset(); // an answer cut in the middle must not look whole
        co_return false;
    }
    if (responder.closes()
        || request.awaitsContinue()) // no co_await behind && in a co_return: GCC 12 evaluates it in any case
        co_return false;
    co_return co_await drained(connection, limits);
}

} // namespace

asio::awaitable<void> serveConnection(Stream stream, ConnectionInfo info, Handler &handler, HttpLimits limits)
{
    H1Connection connection(std::move(stream));
    for (bool alive = true; alive;) {
        const Result<bool> data = co_await connection.waitForData(in(limits.idleTimeout));
        if (!data || !*data)
            break;
        connection.skipEmptyLine();
        connection.skipEmptyLine();
        if (!connection.beginsLikeHttp()) { // a TLS hello, say: waiting for a blank line would be vain
            const BadMessage noHttp{400, "no HTTP"};
            co_await refuse(connection, noHttp, limits);
            break;
        }
        Result<std::string> head = co_await connection.readHead(limits.headBytes, in(limits.headTimeout));
        if (!head && head.error().kind == Error::Kind::Protocol) {
            const BadMessage tooLong{431, head.error().message};
            co_await refuse(connection, tooLong, limits);
        }
        if (!head || head->empty())
            break;
        alive = co_await serveRequest(connection, std::move(*head), info, handler, limits);
    }
    co_await closeGently(connection.stream);
}

struct Server::State
{
    State(asio::io_context &l, Handler &h)
        : loop(l)
        , handler(h)
    {
    }

    // Both keep the state: they begin when the loop runs, and the server may have gone by then.
    static asio::awaitable<void> accept(std::shared_ptr<State> self, std::shared_ptr<Tcp::acceptor> acceptor,
                                        ListenOptions options, Acceptor prepare)
    {
        asio::io_context &loop = self->loop;
        while (acceptor->is_open()) {
            asio::error_code error;
            Tcp::socket socket(loop);
            co_await acceptor->async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
            if (self->stopped || error == asio::error::operation_aborted
                || error == asio::error::bad_descriptor)
                co_return;
            if (error) { // out of descriptors, or a client that has gone: not our end
                asio::steady_timer pause(loop, AcceptPause);
                co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
                continue;
            }
            asio::co_spawn(loop, serve(self, std::move(socket), options, prepare), asio::detached);
        }
    }

    static asio::awaitable<void> serve(std::shared_ptr<State> self, Tcp::socket socket, ListenOptions options,
                                       Acceptor prepare)
    {
        if (self->stopped) // and what it would ask has gone with it
            co_return;
        asio::error_code ignored;
        socket.set_option(Tcp::no_delay(true), ignored);
        Stream stream(std::move(socket));
        const int id = self->nextConnection++;
        self->open[id].close = stream.closer();
        self->open[id].socket = &stream.socket();
        ConnectionInfo info;
        const ConnectionEnds ends = stream.ends();
        info.peerAddress = ends.peer;
        info.peerPort = ends.peerPort;
        info.localAddress = ends.local;
        info.listenerPort = options.configuredPort != 0 ? options.configuredPort : ends.localPort;
        bool served = true;
        if (prepare)
            served = co_await prepare(stream, info);
        const HttpLimits limits = info.limits ? *info.limits : HttpLimits();
        if (served && !self->stopped && info.tls && info.tls->alpn == "h2") {
            const auto connection =
                std::make_shared<H2Connection>(std::move(stream), std::move(info), self->handler, limits);
            self->open[id].goAway = [weak = std::weak_ptr(connection)] {
                if (const auto alive = weak.lock())
                    alive->goAway();
            };
            co_await connection->run();
        } else if (served && !self->stopped) {
            co_await serveConnection(std::move(stream), std::move(info), self->handler, limits);
        }
        self->open.erase(id);
    }

    asio::io_context &loop;
    Handler &handler;
    std::vector<std::shared_ptr<Tcp::acceptor>> acceptors;
    struct Open
    {
        std::function<void()> close, goAway; // goAway: of HTTP/2
        Tcp::socket *socket = nullptr;       // until it is served no more
    };
    std::map<int, Open> open;
    int nextConnection = 0;
    bool stopped = false;
};

Server::Server(asio::io_context &loop, Handler &handler)
    : m_state(std::make_shared<State>(loop, handler))
{
}

Server::~Server() { stop(); }

Result<std::uint16_t> Server::listen(const ListenOptions &options, Acceptor acceptor)
{
    asio::error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    const std::string where = options.address + ":" + std::to_string(options.port);
    if (error)
        return failure(Error::Kind::Config, where + " cannot be listened on: no address");
    auto socket = std::make_shared<Tcp::acceptor>(m_state->loop);
    const Tcp::endpoint endpoint(address, options.port);
    socket->open(endpoint.protocol(), error);
#ifndef _WIN32
    if (!error) // a program started beside this one must not keep the port
        ::fcntl(socket->native_handle(), F_SETFD, FD_CLOEXEC);
#endif
    if (!error)
        socket->set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error)
        socket->bind(endpoint, error);
    if (!error)
        socket->listen(asio::socket_base::max_listen_connections, error);
    if (error)
        return failure(Error::Kind::Connect, where + " cannot be listened on: " + error.message());
    m_state->acceptors.push_back(socket);
    asio::co_spawn(m_state->loop, State::accept(m_state, socket, options, std::move(acceptor)),
                   asio::detached);
    return socket->local_endpoint().port();
}

void Server::stop()
{
    m_state->stopped = true;
    stopListening();
    const auto all = m_state->open; // closing may end a connection at once
    for (const auto &[id, connection] : all)
        connection.close();
}

void Server::stopListening()
{
    asio::error_code ignored;
    for (const auto &acceptor : m_state->acceptors)
        acceptor->close(ignored);
}

std::size_t Server::openConnections() const { return m_state->open.size(); }

void Server::closeConnections()
{
    const auto all = m_state->open; // closing may end a connection at once
    asio::error_code ignored;
    for (const auto &[id, connection] : all) {
        connection.socket->set_option(asio::socket_base::linger(true, 0), ignored); // RST
        connection.close();
    }
}

void Server::sendAway()
{
    const auto all = m_state->open;
    for (const auto &[id, connection] : all)
        connection.goAway ? connection.goAway() : connection.close();
}

Acceptor tlsAcceptor(std::function<std::shared_ptr<TlsCredentials>()> current)
{
    return [current = std::move(current)](Stream &stream, ConnectionInfo &info) -> asio::awaitable<bool> {
        const std::shared_ptr<TlsCredentials> credentials = current();
        if (!credentials)
            co_return false;
        const Result<TlsFacts> facts =
            co_await stream.handshakeAsServer(credentials, in(std::chrono::seconds(10)));
        if (facts)
            info.tls = *facts;
        co_return facts.has_value();
    };
}

} // namespace edge
