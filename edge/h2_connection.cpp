// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/h2_connection.h"

#include "edge/gentle_close.h"
#include "edge/h2_session.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

namespace edge {

namespace {

constexpr std::size_t ReadBytes = 16 * 1024;
constexpr std::size_t WriteBytes = 64 * 1024;         // collected before the socket is asked
constexpr std::size_t KeptBytes = 32 * 1024;          // of that buffer, on an idle connection
constexpr std::chrono::milliseconds GoAwayTime{1000}; // that a client gets to answer the first GOAWAY
constexpr std::chrono::milliseconds RestTime{5000};   // that a client gets to end a request that is answered
constexpr std::uint32_t HandlersPerStream = 4;

H2Limits sessionLimits(const HttpLimits &limits)
{
    H2Limits all;
    all.streams = limits.streams;
    all.headerBytes = std::uint32_t(limits.headBytes);
    all.headerLines = std::uint32_t(limits.headers);
    return all;
}

struct Served // one request, as its handler and the connection see it
{
    Served(H2StreamId i, const asio::any_io_executor &executor)
        : id(i)
        , readable(executor)
        , writable(executor)
    {
    }

    void close()
    {
        isClosed = true;
        readable.cancel();
        writable.cancel();
        if (const auto call = std::exchange(gone, {}); call && !isAnswered)
            call();
    }

    H2StreamId id;
    RequestHead head;
    std::string input; // of the body; bounded by the stream's window
    bool isWhole = false, isClosed = false, isLeftUnread = false;
    bool isDrained = true;                 // what was lent has left
    bool isAnswered = false;               // the end of the answer is said, or lent
    asio::steady_timer readable, writable; // cancelled when there is something to see
    std::function<void()> gone;
};

asio::awaitable<void> waitFor(asio::steady_timer &timer, Deadline deadline)
{
    timer.expires_at(deadline);
    asio::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

tl::unexpected<Error> streamGone()
{
    return failure(Error::Kind::Closed, "the client has closed the HTTP/2 stream");
}

} // namespace

struct H2Connection::State : std::enable_shared_from_this<H2Connection::State>
{
    State(Stream s, ConnectionInfo i, Handler &h, const HttpLimits &l)
        : stream(std::move(s))
        , info(std::move(i))
        , handler(h)
        , limits(l)
        , session(sessionLimits(l), callbacks())
        , output(stream.socket().get_executor())
        , rest(stream.socket().get_executor())
        , quietSince(Clock::now())
    {
        info.isHttp2 = true;
    }

    H2Callbacks callbacks();
    void begin(H2StreamId id, RequestHead head, bool isWhole);
    void wakeWriter() { output.cancel(); }
    void goAway();
    Deadline nextLook() const;
    void look();
    void endAll();
    asio::awaitable<void> read();

    static asio::awaitable<void> write(std::shared_ptr<State> self);
    static asio::awaitable<void> serve(std::shared_ptr<State> self, std::shared_ptr<Served> served);
    static asio::awaitable<void> dropRest(State &self, Served &served);

    Stream stream;
    ConnectionInfo info;
    Handler &handler;
    HttpLimits limits;
    H2Session session;
    std::unordered_map<H2StreamId, std::shared_ptr<Served>> open;
    std::vector<std::shared_ptr<Served>> begun; // to be served once nghttp2 has returned
    asio::steady_timer output;                  // the writer waits on it
    asio::steady_timer rest;                    // the end waits on it for writer and handlers
    Clock::time_point quietSince;               // without a stream, or since GOAWAY
    std::uint32_t running = 0;                  // handlers
    bool isWriting = false, isEnding = false;
    bool fallsSilent = false, isSilent = false;
};

namespace {

template<typename Connection>
class H2Request : public Request
{
public:
    H2Request(Connection &owner, Served &served, bool expectsContinue)
        : m_connection(owner)
        , m_served(served)
        , m_expectsContinue(expectsContinue)
    {
    }

    asio::awaitable<Result<std::string>> read() override
    {
        if (m_expectsContinue && m_served.input.empty() && !m_served.isWhole)
            (void)co_await sayContinue();
        const Deadline deadline = in(m_connection.limits.idleTimeout);
        while (m_served.input.empty()) {
            if (m_served.isWhole)
                co_return std::string();
            if (m_served.isClosed || m_served.isLeftUnread)
                co_return streamGone();
            if (Clock::now() >= deadline)
                co_return failure(Error::Kind::Timeout, "reading: no progress in time");
            co_await waitFor(m_served.readable, deadline);
        }
        co_return take();
    }

    bool bodyEnded() const override { return m_served.isWhole && m_served.input.empty(); }
    void stopReading() override
    {
        m_served.isLeftUnread = true;
        m_served.readable.cancel();
    }
    void watchClient(std::function<void()> gone) override
    {
        if (m_served.isClosed)
            asio::post(m_served.readable.get_executor(), std::move(gone));
        else
            m_served.gone = std::move(gone);
    }
    asio::awaitable<Result<void>> sayContinue() override
    {
        if (std::exchange(m_expectsContinue, false)) {
            ResponseHead interim;
            interim.status = 100;
            m_connection.session.respond(m_served.id, interim, false);
            m_connection.wakeWriter();
        }
        co_return Result<void>();
    }
    asio::awaitable<void> dropArrived() override
    {
        (void)take();
        co_return;
    }

private:
    std::string take()
    {
        std::string piece = std::exchange(m_served.input, {});
        m_connection.session.credit(m_served.id, piece.size());
        m_connection.wakeWriter();
        return piece;
    }

    Connection &m_connection;
    Served &m_served;
    bool m_expectsContinue;
};

template<typename Connection>
class H2Responder : public Responder
{
public:
    H2Responder(Connection &owner, Served &served, bool isHead)
        : m_connection(owner)
        , m_served(served)
        , m_isHead(isHead)
    {
    }

    asio::awaitable<Result<void>> start(ResponseHead head,
                                        std::optional<std::uint64_t> contentLength) override
    {
        const bool isInterim = head.status < 200;
        const bool isBodiless = head.status == 204 || head.status == 304;
        if (!isInterim) {
            m_started = true;
            m_isWhole = m_isHead || isBodiless || contentLength == std::uint64_t(0);
            m_served.isAnswered = m_isWhole;
            m_left = contentLength;
            if (contentLength && !isBodiless)
                head.headers.set("content-length", std::to_string(*contentLength));
            if (m_close || head.headers.hasToken("connection", "close"))
                m_connection.goAway();
        }
        m_connection.session.respond(m_served.id, head, m_isWhole);
        m_connection.wakeWriter();
        co_return m_served.isClosed ? streamGone() : Result<void>();
    }

    asio::awaitable<Result<void>> write(std::string_view data) override
    {
        if (m_isWhole || data.empty())
            co_return Result<void>();
        if (m_served.isClosed || m_served.isAnswered)
            co_return streamGone();
        lend(data);
        for (std::size_t left = data.size(); !m_served.isDrained;) {
            co_await waitFor(m_served.writable, in(m_connection.limits.writeTimeout));
            if (m_served.isDrained)
                break;
            if (m_served.isClosed)
                co_return streamGone();
            const std::size_t before = std::exchange(left, m_connection.session.unsent(m_served.id));
            if (left == before && Clock::now() >= m_served.writable.expiry()) {
                m_connection.session.reset(m_served.id, H2Reason::Cancel);
                m_connection.wakeWriter();
                co_return failure(Error::Kind::Timeout, "writing: no progress in time");
            }
        }
        co_return Result<void>();
    }

    asio::awaitable<Result<void>> finish() override
    {
        m_finished = true;
        if (m_served.isAnswered)
            co_return Result<void>();
        m_served.isAnswered = true;
        m_connection.session.finish(m_served.id);
        m_connection.wakeWriter();
        co_return m_served.isClosed ? streamGone() : Result<void>();
    }

    void abort() override
    {
        if (m_connection.isSilent)
            m_connection.stream.reset();
        m_connection.session.reset(m_served.id, H2Reason::Internal);
        m_connection.wakeWriter();
    }
    void closeAfter() override { m_close = true; }
    void fallSilent() override
    {
        m_connection.fallsSilent = true;
        m_connection.wakeWriter();
    }
    bool started() const override { return m_started; }
    asio::any_io_executor executor() override { return m_served.readable.get_executor(); }
    bool clientGone() const override { return m_served.isClosed; }
    asio::awaitable<Result<Stream *>> upgrade(ResponseHead) override
    {
        co_return failure(Error::Kind::Protocol, "HTTP/2 has no upgrade; ask for it over HTTP/1.1");
    }

    bool finished() const { return m_finished; }

private:
    // The last piece of a known length ends the stream with it: one frame and one turn of the loop fewer.
    void lend(std::string_view data)
    {
        m_served.isDrained = false;
        m_connection.session.send(m_served.id, data);
        if (m_left)
            *m_left -= std::min<std::uint64_t>(*m_left, data.size());
        m_served.isAnswered = m_left == std::uint64_t(0);
        if (m_served.isAnswered)
            m_connection.session.finish(m_served.id);
        m_connection.wakeWriter();
    }

    Connection &m_connection;
    Served &m_served;
    bool m_isHead;
    std::optional<std::uint64_t> m_left; // of the body; absent: nobody knows
    bool m_isWhole = false;              // the head was all
    bool m_started = false, m_finished = false, m_close = false;
};

} // namespace

H2Callbacks H2Connection::State::callbacks()
{
    const auto find = [this](H2StreamId id) {
        const auto found = open.find(id);
        return found == open.end() ? nullptr : found->second.get();
    };
    H2Callbacks all;
    all.request = [this](H2StreamId id, RequestHead head, bool isWhole) {
        begin(id, std::move(head), isWhole);
    };
    all.data = [find](H2StreamId id, std::string_view data) {
        if (Served *served = find(id)) {
            served->input += data;
            served->readable.cancel();
        }
    };
    all.ended = [find](H2StreamId id, const Headers &) { // nobody here asks for a request's trailers yet
        if (Served *served = find(id)) {
            served->isWhole = true;
            served->readable.cancel();
        }
    };
    all.drained = [find](H2StreamId id) {
        if (Served *served = find(id)) {
            served->isDrained = true;
            served->writable.cancel();
        }
    };
    all.closed = [this](H2StreamId id, std::uint32_t) {
        const auto found = open.find(id);
        if (found == open.end())
            return;
        const std::shared_ptr<Served> served = found->second;
        open.erase(found);
        if (open.empty())
            quietSince = Clock::now();
        served->close();
    };
    return all;
}

void H2Connection::State::begin(H2StreamId id, RequestHead head, bool isWhole)
{
    if (running + begun.size() >= HandlersPerStream * limits.streams)
        return session.terminate(H2Reason::Calm);
    const auto served = std::make_shared<Served>(id, stream.socket().get_executor());
    served->head = std::move(head);
    served->isWhole = isWhole;
    open.emplace(id, served);
    begun.push_back(served);
}

asio::awaitable<void> H2Connection::State::serve(std::shared_ptr<State> self, std::shared_ptr<Served> served)
{
    const std::shared_ptr<void> leaving(nullptr, [state = self.get()](void *) {
        if (--state->running == 0)
            state->rest.cancel();
    });
    const bool expectsContinue = served->head.headers.hasToken("expect", "100-continue");
    H2Request<State> request(*self, *served, expectsContinue);
    H2Responder<State> responder(*self, *served, served->head.method == "HEAD");
    request.head = std::move(served->head);
    request.connection = self->info;
    co_await self->handler.handle(request, responder);
    served->gone = {};
    if (!responder.finished())
        responder.abort(); // an answer cut in the middle must not look whole
    else
        co_await dropRest(*self, *served);
}

asio::awaitable<void> H2Connection::State::dropRest(State &self, Served &served)
{
    self.session.credit(served.id, std::exchange(served.input, {}).size());
    for (const Deadline deadline = in(std::min(RestTime, self.limits.idleTimeout));
         !served.isWhole && !served.isClosed && Clock::now() < deadline;)
        co_await waitFor(served.readable, deadline);
    if (served.isWhole || served.isClosed)
        co_return;
    self.session.refuseRest(served.id);
    self.wakeWriter();
}

// What has to be done if nothing happens until then.
Deadline H2Connection::State::nextLook() const
{
    if (isSilent)
        return Deadline::max();
    if (session.isGoingAway())
        return quietSince + GoAwayTime;
    if (session.openStreams() > 0)
        return Deadline::max();
    return quietSince + (session.hasBegun() ? limits.idleTimeout : limits.headTimeout);
}

void H2Connection::State::look()
{
    if (Clock::now() < nextLook())
        return;
    if (session.isGoingAway())
        return session.endGoAway();
    goAway();
}

void H2Connection::State::goAway()
{
    if (session.isGoingAway() || session.isOver())
        return;
    session.goAway();
    quietSince = Clock::now();
    wakeWriter();
}

asio::awaitable<void> H2Connection::State::write(std::shared_ptr<State> self)
{
    std::string bytes;
    while (!self->isEnding && self->stream.isOpen()) {
        bytes.clear();
        if (!self->isSilent)
            self->session.collect(bytes, WriteBytes);
        if (!bytes.empty()) {
            const Result<void> sent = co_await self->stream.write(bytes, in(self->limits.writeTimeout));
            if (!sent)
                break;
            continue;
        }
        if (self->session.isOver())
            break;
        self->isSilent = self->fallsSilent;
        if (bytes.capacity() > KeptBytes)
            bytes = {};
        const Deadline next = self->nextLook();
        co_await waitFor(self->output, next);
        self->look();
    }
    self->isWriting = false;
    self->stream.cancel(); // there is nothing left to read for
    self->rest.cancel();
}

asio::awaitable<void> H2Connection::State::read()
{
    std::string bytes(ReadBytes, '\0');
    while (isWriting) {
        const Result<std::size_t> size = co_await stream.read(bytes.data(), bytes.size(), Deadline::max());
        if (!size || *size == 0)
            break;
        if (isSilent)
            continue;
        const Result<void> taken = session.receive(std::string_view(bytes.data(), *size), Clock::now());
        for (const auto &served : std::exchange(begun, {})) {
            if (served->isClosed) // cancelled in the same breath
                continue;
            ++running;
            asio::co_spawn(stream.socket().get_executor(), serve(shared_from_this(), served), asio::detached);
        }
        wakeWriter();
        if (!taken)
            break;
    }
}

// No stream survives its connection.
void H2Connection::State::endAll()
{
    isEnding = true;
    for (const auto &[id, served] : std::exchange(open, {}))
        served->close();
    wakeWriter();
    if (isWriting)
        stream.cancel();
}

H2Connection::H2Connection(Stream stream, ConnectionInfo info, Handler &handler, const HttpLimits &limits)
    : m_state(std::make_shared<State>(std::move(stream), std::move(info), handler, limits))
{
}

H2Connection::~H2Connection() = default;

asio::awaitable<void> H2Connection::run()
{
    const std::shared_ptr<State> state = m_state;
    state->isWriting = true;
    asio::co_spawn(state->stream.socket().get_executor(), State::write(state), asio::detached);
    co_await state->read();
    state->endAll();
    while (state->isWriting)
        co_await waitFor(state->rest, Deadline::max());
    co_await closeGently(state->stream);
    while (state->running > 0)
        co_await waitFor(state->rest, Deadline::max());
}

void H2Connection::goAway() { m_state->goAway(); }

} // namespace edge
