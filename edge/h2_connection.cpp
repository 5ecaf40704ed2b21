// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/h2_connection.h"

#include "edge/gentle_close.h"
#include "edge/h2_served.h"
#include "edge/h2_session.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
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
    static asio::awaitable<void> serve(std::shared_ptr<State> self, std::shared_ptr<H2Served> served);
    static asio::awaitable<void> dropRest(State &self, H2Served &served);

    Stream stream;
    ConnectionInfo info;
    Handler &handler;
    HttpLimits limits;
    H2Session session;
    std::unordered_map<H2StreamId, std::shared_ptr<H2Served>> open;
    std::vector<std::shared_ptr<H2Served>> begun; // to be served once nghttp2 has returned
    asio::steady_timer output;                    // the writer waits on it
    asio::steady_timer rest;                      // the end waits on it for writer and handlers
    Clock::time_point quietSince;                 // without a stream, or since GOAWAY
    std::uint32_t running = 0;                    // handlers
    bool isWriting = false, isEnding = false;
    bool fallsSilent = false, isSilent = false;
};

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
        if (H2Served *served = find(id)) {
            served->input += data;
            served->readable.cancel();
        }
    };
    all.ended = [find](H2StreamId id, const Headers &) { // nobody here asks for a request's trailers yet
        if (H2Served *served = find(id)) {
            served->isWhole = true;
            served->readable.cancel();
        }
    };
    all.drained = [find](H2StreamId id) {
        if (H2Served *served = find(id)) {
            served->isDrained = true;
            served->writable.cancel();
        }
    };
    all.closed = [this](H2StreamId id, std::uint32_t) {
        const auto found = open.find(id);
        if (found == open.end())
            return;
        const std::shared_ptr<H2Served> served = found->second;
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
    const auto served = std::make_shared<H2Served>(id, stream.socket().get_executor());
    served->head = std::move(head);
    served->isWhole = isWhole;
    open.emplace(id, served);
    begun.push_back(served);
}

asio::awaitable<void> H2Connection::State::serve(std::shared_ptr<State> self,
                                                 std::shared_ptr<H2Served> served)
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

asio::awaitable<void> H2Connection::State::dropRest(State &self, H2Served &served)
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
