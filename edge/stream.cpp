// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/stream.h"

#include "edge/name_lookup.h"

#include <asio/ip/address.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#ifndef _WIN32
#include <fcntl.h>
#endif

#include <array>
#include <csignal>

namespace edge {

namespace {

using Tcp = asio::ip::tcp;
constexpr std::size_t PeekBytes = 4096;

struct SslFree
{
    void operator()(SSL *ssl) const { SSL_free(ssl); }
};

// OpenSSL writes to the socket itself, and a peer that has gone must be an error, not the end of the process.
void ignoreBrokenPipes()
{
#ifdef SIGPIPE
    static const bool once = std::signal(SIGPIPE, SIG_IGN) != SIG_ERR;
    (void)once;
#endif
}

tl::unexpected<Error> socketFailure(const asio::error_code &error, const char *what)
{
    const bool reset = error == asio::error::connection_reset || error == asio::error::broken_pipe;
    return failure(error == asio::error::operation_aborted || reset ? Error::Kind::Closed
                                                                    : Error::Kind::Connect,
                   std::string(what) + ": " + error.message());
}

// A program started beside this one would hold the connection open: its end here would never reach the peer.
void keepFromChildren(Tcp::socket &socket)
{
#ifndef _WIN32
    if (socket.is_open())
        ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
#endif
}

bool isAddress(const std::string &name)
{
    asio::error_code error;
    (void)asio::ip::make_address(name, error);
    return !error;
}

} // namespace

struct Stream::State : std::enable_shared_from_this<Stream::State>
{
    enum Direction { Reading, Writing };

    explicit State(Tcp::socket s)
        : socket(std::move(s))
        , timer(socket.get_executor())
    {
        keepFromChildren(socket);
    }

    // One lazy timer for both directions: an operation only notes its deadline, and the timer is moved only if it would fire too late.
    void arm(Direction direction, Deadline deadline)
    {
        deadlines[direction] = deadline;
        if (timerRunning && timerAt <= deadline)
            return;
        timerAt = deadline;
        timerRunning = true;
        const int run = ++timerRun;
        timer.expires_at(deadline);
        timer.async_wait([weak = weak_from_this(), run](const asio::error_code &) {
            if (const auto state = weak.lock(); state && state->timerRun == run)
                state->timerFired();
        });
    }

    void timerFired()
    {
        timerRunning = false;
        const Deadline next = std::min(deadlines[Reading], deadlines[Writing]);
        if (next == Deadline::max())
            return;
        if (Clock::now() < next) {
            const Direction direction = deadlines[Reading] == next ? Reading : Writing;
            arm(direction, next);
            return;
        }
        timedOut = true;
        asio::error_code ignored;
        socket.close(ignored);
    }

    void watch()
    {
        watching = true;
        socket.async_wait(Tcp::socket::wait_read, [self = shared_from_this()](const asio::error_code &error) {
            self->watching = false;
            const std::function<void()> ended = std::exchange(self->peerEnded, {});
            if (ended && !error && self->endIsNext())
                ended();
        });
    }

    // -1: nothing to read yet, 0: the end or an error, 1: data
    int nextByte()
    {
        char byte = 0;
        if (isTls) {
            ERR_clear_error();
            const int n = SSL_peek(ssl.get(), &byte, 1);
            const int why = SSL_get_error(ssl.get(), n);
            return n > 0 ? 1 : why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? -1 : 0;
        }
        asio::error_code error;
        if (!socket.non_blocking())
            socket.non_blocking(true, error);
        const std::size_t n = socket.receive(asio::buffer(&byte, 1), Tcp::socket::message_peek, error);
        return n > 0 ? 1 : error == asio::error::would_block ? -1 : 0;
    }
    bool endIsNext() { return !socket.is_open() || nextByte() == 0; }

    void disarm(Direction direction) { deadlines[direction] = Deadline::max(); }

    tl::unexpected<Error> explain(const asio::error_code &error, const char *what) const
    {
        return timedOut ? failure(Error::Kind::Timeout, std::string(what) + ": no progress in time")
                        : socketFailure(error, what);
    }

    asio::awaitable<asio::error_code> wait(Tcp::socket::wait_type type)
    {
        asio::error_code error;
        co_await socket.async_wait(type, asio::redirect_error(asio::use_awaitable, error));
        co_return error;
    }

    tl::unexpected<Error> tlsFailure(const char *what)
    {
        const long verified = SSL_get_verify_result(ssl.get());
        const bool verifyFailed =
            verified != X509_V_OK && ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_CERTIFICATE_VERIFY_FAILED;
        const std::string reason = openSslError();
        if (timedOut)
            return failure(Error::Kind::Timeout, std::string(what) + ": no progress in time");
        if (verifyFailed)
            return failure(Error::Kind::Tls,
                           std::string(what) + ": " + X509_verify_cert_error_string(verified));
        return failure(Error::Kind::Tls, std::string(what) + ": " + reason);
    }

    // Runs one OpenSSL call until it no longer wants the socket.  n: its result; 0 and less: closed or failed.
    template<typename Call>
    asio::awaitable<Result<int>> drive(Call call, const char *what)
    {
        for (;;) {
            if (!socket.is_open())
                co_return explain(asio::error::operation_aborted, what);
            ERR_clear_error();
            errno = 0;
            const int n = call(ssl.get());
            if (n > 0)
                co_return n;
            const int wants = SSL_get_error(ssl.get(), n);
            asio::error_code error;
            if (wants == SSL_ERROR_WANT_READ)
                error = co_await wait(Tcp::socket::wait_read);
            else if (wants == SSL_ERROR_WANT_WRITE)
                error = co_await wait(Tcp::socket::wait_write);
            else if (wants == SSL_ERROR_ZERO_RETURN)
                co_return 0;
            else if (wants == SSL_ERROR_SYSCALL)
                co_return failure(Error::Kind::Closed,
                                  std::string(what)
                                      + (errno != 0 ? ": connection reset" : ": closed by the peer"));
            else
                co_return tlsFailure(what);
            if (error)
                co_return explain(error, what);
        }
    }

    asio::awaitable<Result<TlsFacts>> handshake(std::shared_ptr<TlsCredentials> with, Deadline deadline)
    {
        ignoreBrokenPipes();
        credentials = std::move(with);
        asio::error_code ignored;
        socket.native_non_blocking(true, ignored);
        SSL_set_fd(ssl.get(), int(socket.native_handle()));
        arm(Reading, deadline);
        const Result<int> done = co_await drive([](SSL *s) { return SSL_do_handshake(s); }, "TLS handshake");
        disarm(Reading);
        if (!done)
            co_return tl::unexpected(done.error());
        if (*done <= 0)
            co_return failure(Error::Kind::Closed, "TLS handshake: closed by the peer");
        facts = tlsFacts(ssl.get());
        isTls = true;
        co_return facts;
    }

    Tcp::socket socket;
    asio::steady_timer timer;
    std::array<Deadline, 2> deadlines{Deadline::max(), Deadline::max()};
    Deadline timerAt{};
    int timerRun = 0;
    bool timerRunning = false;
    bool timedOut = false;
    bool isTls = false;
    bool watching = false;
    std::function<void()> peerEnded;
    std::unique_ptr<SSL, SslFree> ssl;
    std::shared_ptr<TlsCredentials> credentials; // OpenSSL's callbacks point into it
    TlsFacts facts;
};

Stream::Stream(Tcp::socket socket)
    : m_state(std::make_shared<State>(std::move(socket)))
{
}

Stream::~Stream()
{
    if (m_state)
        close();
}

Stream::Stream(Stream &&) noexcept = default;

Stream &Stream::operator=(Stream &&other) noexcept
{
    if (m_state && this != &other)
        close();
    m_state = std::move(other.m_state);
    return *this;
}

asio::awaitable<Result<Stream>> Stream::connect(std::string address, std::uint16_t port, Deadline deadline,
                                                std::optional<asio::ip::address> source)
{
    const auto executor = co_await asio::this_coro::executor;
    const std::string where = address + ":" + std::to_string(port);
    asio::error_code error;
    std::vector<Tcp::endpoint> endpoints;
    if (const auto literal = asio::ip::make_address(address, error); !error) {
        endpoints.emplace_back(literal, port);
    } else {
        Result<std::vector<Tcp::endpoint>> found = co_await lookUp(address, port, deadline);
        if (!found)
            co_return tl::unexpected(found.error());
        endpoints = std::move(*found);
    }
    for (const Tcp::endpoint &endpoint : endpoints) {
        Stream stream{Tcp::socket(executor)};
        State &state = *stream.m_state;
        state.socket.open(endpoint.protocol(), error);
        keepFromChildren(state.socket);
        if (asio::error_code absent; source && source->is_v4() == endpoint.address().is_v4())
            state.socket.bind({*source, 0}, absent);
        state.arm(State::Writing, deadline);
        co_await state.socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
        state.disarm(State::Writing);
        if (state.timedOut)
            co_return failure(Error::Kind::Timeout, where + ": no connection in time");
        if (!error) {
            asio::error_code ignored;
            state.socket.set_option(Tcp::no_delay(true), ignored);
            co_return stream;
        }
    }
    co_return failure(
        Error::Kind::Connect,
        where + ": " + (error == asio::error::connection_refused ? "connection refused" : error.message()));
}

asio::awaitable<Result<TlsFacts>> Stream::handshakeAsClient(std::shared_ptr<TlsCredentials> credentials,
                                                            std::string serverName, Deadline deadline)
{
    State &state = *m_state;
    state.ssl.reset(SSL_new(credentials->native()));
    SSL_set_connect_state(state.ssl.get());
    if (!serverName.empty() && !isAddress(serverName))
        SSL_set_tlsext_host_name(state.ssl.get(), serverName.c_str());
    if (credentials->verifiesName() && isAddress(serverName))
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(state.ssl.get()), serverName.c_str());
    else if (credentials->verifiesName())
        SSL_set1_host(state.ssl.get(), serverName.c_str());
    co_return co_await state.handshake(std::move(credentials), deadline);
}

asio::awaitable<Result<TlsFacts>> Stream::handshakeAsServer(std::shared_ptr<TlsCredentials> credentials,
                                                            Deadline deadline)
{
    m_state->ssl.reset(SSL_new(credentials->native()));
    SSL_set_accept_state(m_state->ssl.get());
    co_return co_await m_state->handshake(std::move(credentials), deadline);
}

asio::awaitable<Result<std::size_t>> Stream::read(char *data, std::size_t size, Deadline deadline)
{
    const std::shared_ptr<State> state = m_state;
    state->arm(State::Reading, deadline);
    if (state->isTls) {
        const int room = int(std::min<std::size_t>(size, INT32_MAX));
        const Result<int> n =
            co_await state->drive([data, room](SSL *ssl) { return SSL_read(ssl, data, room); }, "reading");
        state->disarm(State::Reading);
        if (!n)
            co_return tl::unexpected(n.error());
        co_return std::size_t(*n);
    }
    asio::error_code error;
    const std::size_t n = co_await state->socket.async_read_some(
        asio::buffer(data, size), asio::redirect_error(asio::use_awaitable, error));
    state->disarm(State::Reading);
    if (error == asio::error::eof)
        co_return 0;
    if (error)
        co_return state->explain(error, "reading");
    co_return n;
}

asio::awaitable<Result<void>> Stream::write(std::string_view data, Deadline deadline)
{
    const std::shared_ptr<State> state = m_state;
    while (!data.empty()) {
        state->arm(State::Writing, deadline);
        std::size_t written = 0;
        if (state->isTls) {
            const int size = int(std::min<std::size_t>(data.size(), INT32_MAX));
            const Result<int> n = co_await state->drive(
                [data, size](SSL *ssl) { return SSL_write(ssl, data.data(), size); }, "writing");
            state->disarm(State::Writing);
            if (!n)
                co_return tl::unexpected(n.error());
            if (*n == 0)
                co_return failure(Error::Kind::Closed, "writing: closed by the peer");
            written = std::size_t(*n);
        } else {
            asio::error_code error;
            written = co_await state->socket.async_write_some(
                asio::buffer(data.data(), data.size()), asio::redirect_error(asio::use_awaitable, error));
            state->disarm(State::Writing);
            if (error)
                co_return state->explain(error, "writing");
        }
        data.remove_prefix(written);
    }
    co_return Result<void>();
}

asio::awaitable<Result<std::string>> Stream::peek(std::size_t size, Deadline deadline)
{
    const std::shared_ptr<State> state = m_state;
    std::string bytes(size, '\0');
    state->arm(State::Reading, deadline);
    asio::error_code error;
    const std::size_t n = co_await state->socket.async_receive(
        asio::buffer(bytes), Tcp::socket::message_peek, asio::redirect_error(asio::use_awaitable, error));
    state->disarm(State::Reading);
    if (error && error != asio::error::eof)
        co_return state->explain(error, "reading");
    bytes.resize(n);
    co_return bytes;
}

asio::awaitable<Result<std::string>> Stream::peekAtLeast(std::size_t size, Deadline deadline)
{
    const std::shared_ptr<State> state = m_state;
    asio::error_code ignored;
    state->socket.set_option(asio::socket_base::receive_low_watermark(int(size)), ignored);
    Result<std::string> bytes = std::string();
    // A wait ends when so much is there, when the peer has ended, or once for an earlier event: hence the few tries.
    for (int idle = 0; idle < 4 && bytes && bytes->size() < size;) {
        state->arm(State::Reading, deadline);
        const asio::error_code error = co_await state->wait(Tcp::socket::wait_read);
        state->disarm(State::Reading);
        if (error)
            co_return state->explain(error, "reading");
        const std::size_t before = bytes->size();
        bytes = co_await peek(std::max(size, PeekBytes), deadline);
        if (bytes && bytes->empty())
            break;
        idle = bytes && bytes->size() == before ? idle + 1 : 0;
    }
    state->socket.set_option(asio::socket_base::receive_low_watermark(1), ignored);
    co_return bytes;
}

void Stream::close()
{
    asio::error_code ignored;
    if (m_state->isTls && m_state->socket.is_open())
        SSL_shutdown(m_state->ssl.get()); // close_notify only; the peer's is not waited for
    m_state->timer.cancel();
    m_state->socket.shutdown(Tcp::socket::shutdown_send, ignored);
    m_state->socket.close(ignored);
}

void Stream::reset()
{
    asio::error_code ignored;
    m_state->timer.cancel();
    m_state->socket.set_option(asio::socket_base::linger(true, 0), ignored);
    m_state->socket.close(ignored);
    m_state->isTls = false;
}

bool Stream::isOpen() const { return m_state->socket.is_open(); }

bool Stream::peerClosed() const { return m_state->endIsNext(); }

bool Stream::hasInput() const { return !isOpen() || m_state->nextByte() >= 0; }

void Stream::finishWriting()
{
    asio::error_code ignored;
    if (m_state->isTls && m_state->socket.is_open())
        SSL_shutdown(m_state->ssl.get());
    m_state->socket.shutdown(Tcp::socket::shutdown_send, ignored);
}

void Stream::cancel()
{
    asio::error_code ignored;
    m_state->socket.cancel(ignored);
}

void Stream::limitReading(Deadline deadline) { m_state->arm(State::Reading, deadline); }

void Stream::watchEnd(std::function<void()> ended)
{
    m_state->peerEnded = std::move(ended);
    if (!m_state->watching && isOpen())
        m_state->watch();
}

void Stream::stopWatching()
{
    m_state->peerEnded = {}; // the wait itself may go on: it harms nobody
}

std::function<void()> Stream::closer() const
{
    return [weak = std::weak_ptr<State>(m_state)] {
        asio::error_code ignored;
        if (const auto state = weak.lock())
            state->socket.close(ignored);
    };
}

const TlsFacts *Stream::tls() const { return m_state->isTls ? &m_state->facts : nullptr; }

Tcp::socket &Stream::socket() { return m_state->socket; }

ConnectionEnds Stream::ends() const
{
    ConnectionEnds ends;
    asio::error_code error;
    if (const Tcp::endpoint peer = m_state->socket.remote_endpoint(error); !error) {
        ends.peer = peer.address().to_string();
        ends.peerPort = peer.port();
    }
    if (const Tcp::endpoint local = m_state->socket.local_endpoint(error); !error) {
        ends.local = local.address().to_string();
        ends.localPort = local.port();
    }
    return ends;
}

} // namespace edge
