// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/h2_session.h"

#include "edge/h2_fields.h"
#include "edge/h2_session_state.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace edge {

namespace {

constexpr std::uint16_t NoPriorityTree = NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES;

// nghttp2 calls back with the State that it was given.
template<typename State>
struct Bridge
{
    static State &of(void *self) { return *static_cast<State *>(self); }

    static int beginHeaders(nghttp2_session *, const nghttp2_frame *frame, void *self)
    {
        State &state = of(self);
        // Nghttp2 reads no further once nothing is open behind a client's GOAWAY, but only where a piece of input begins.
        state.isLeft = state.isLeft || (state.isLeaving && state.streams.empty());
        OpenStream &stream = state.streams[frame->hd.stream_id];
        stream.readsTrailers = frame->headers.cat != NGHTTP2_HCAT_REQUEST;
        stream.headerBytes = stream.headerLines = 0;
        return 0;
    }

    static int header(nghttp2_session *, const nghttp2_frame *frame, const std::uint8_t *name,
                      std::size_t nameSize, const std::uint8_t *value, std::size_t valueSize, std::uint8_t,
                      void *self)
    {
        if (OpenStream *stream = of(self).find(frame->hd.stream_id))
            of(self).take(*stream, textOf(name, nameSize), textOf(value, valueSize));
        return 0;
    }

    static int invalidHeader(nghttp2_session *, const nghttp2_frame *frame, const std::uint8_t *, std::size_t,
                             const std::uint8_t *, std::size_t, std::uint8_t, void *self)
    {
        if (OpenStream *stream = of(self).find(frame->hd.stream_id))
            stream->isMalformed = true;
        return 0; // else nghttp2 would leave it out and go on
    }

    static int frame(nghttp2_session *, const nghttp2_frame *frame, void *self)
    {
        State &state = of(self);
        state.hasBegun = true;
        OpenStream *stream = state.find(frame->hd.stream_id);
        const bool isLast = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        if (frame->hd.type == NGHTTP2_RST_STREAM)
            state.resetCame();
        else if (frame->hd.type == NGHTTP2_GOAWAY)
            state.isLeaving = true;
        else if (frame->hd.type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK)
                 && std::memcmp(frame->ping.opaque_data, GoAwayPing.data(), GoAwayPing.size()) == 0)
            state.endGoAway();
        else if (stream && frame->hd.type == NGHTTP2_HEADERS && !stream->readsTrailers)
            state.headWhole(frame->hd.stream_id, *stream, isLast);
        else if (stream && frame->hd.type == NGHTTP2_HEADERS && isLast)
            state.trailersWhole(frame->hd.stream_id, *stream);
        else if (stream && frame->hd.type == NGHTTP2_DATA && isLast)
            state.trailersWhole(frame->hd.stream_id, *stream); // of which there are none
        return 0;
    }

    static int data(nghttp2_session *, std::uint8_t, std::int32_t id, const std::uint8_t *bytes,
                    std::size_t size, void *self)
    {
        of(self).dataCame(id, textOf(bytes, size));
        return 0;
    }

    static int frameSent(nghttp2_session *, const nghttp2_frame *frame, void *self)
    {
        of(self).sent(*frame);
        return 0;
    }

    static int streamClosed(nghttp2_session *, std::int32_t id, std::uint32_t reason, void *self)
    {
        of(self).closed(id, reason);
        return 0;
    }

    static int problem(nghttp2_session *, int, const char *text, std::size_t size, void *self)
    {
        of(self).problem.assign(text, size);
        return 0;
    }

    static ssize_t body(nghttp2_session *, std::int32_t id, std::uint8_t *into, std::size_t room,
                        std::uint32_t *flags, nghttp2_data_source *source, void *)
    {
        return of(source->ptr).lend(id, into, room, *flags);
    }

    static nghttp2_session *make(State &state)
    {
        nghttp2_session_callbacks *made = nullptr;
        nghttp2_option *option = nullptr;
        if (nghttp2_session_callbacks_new(&made) != 0 || nghttp2_option_new(&option) != 0)
            throw std::bad_alloc();
        const std::unique_ptr<nghttp2_session_callbacks, CallbacksFree> callbacks(made);
        const std::unique_ptr<nghttp2_option, OptionFree> options(option);
        nghttp2_session_callbacks_set_on_begin_headers_callback(made, beginHeaders);
        nghttp2_session_callbacks_set_on_header_callback(made, header);
        nghttp2_session_callbacks_set_on_invalid_header_callback(made, invalidHeader);
        nghttp2_session_callbacks_set_on_frame_recv_callback(made, frame);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, data);
        nghttp2_session_callbacks_set_on_frame_send_callback(made, frameSent);
        nghttp2_session_callbacks_set_on_stream_close_callback(made, streamClosed);
        nghttp2_session_callbacks_set_error_callback2(made, problem);
        nghttp2_option_set_no_auto_window_update(option, 1);
        nghttp2_option_set_no_closed_streams(option, 1);
        nghttp2_session *session = nullptr;
        if (nghttp2_session_server_new2(&session, made, &state, option) != 0)
            throw std::bad_alloc();
        return session;
    }
};

} // namespace

H2Session::H2Session(const H2Limits &limits, H2Callbacks callbacks)
    : m_state(std::make_unique<State>(limits, std::move(callbacks)))
{
    m_state->session.reset(Bridge<State>::make(*m_state));
    const std::array<nghttp2_settings_entry, 4> settings{
        {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.streams},
         {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.streamWindow},
         {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.headerBytes},
         {NoPriorityTree, 1}}};
    nghttp2_submit_settings(m_state->session.get(), NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(m_state->session.get(), NGHTTP2_FLAG_NONE, 0,
                                          std::int32_t(limits.connectionWindow));
}

H2Session::~H2Session() = default;

Result<void> H2Session::receive(std::string_view bytes, std::chrono::steady_clock::time_point now)
{
    State &state = *m_state;
    if (state.isBroken)
        return failure(Error::Kind::Protocol, state.problem);
    if (state.refilledAt == decltype(now){})
        state.refilledAt = now;
    state.now = now;
    ssize_t taken = 0;
    const auto read = [&state, &taken](std::string_view piece) {
        taken = nghttp2_session_mem_recv(state.session.get(),
                                         reinterpret_cast<const std::uint8_t *>(piece.data()), piece.size());
        return taken >= 0;
    };
    if (state.cut.feed(bytes, read))
        return {};
    state.isBroken = true;
    if (state.problem.empty())
        state.problem = nghttp2_strerror(int(taken));
    return failure(Error::Kind::Protocol, "the client's HTTP/2 cannot be read: " + state.problem);
}

void H2Session::collect(std::string &output, std::size_t enough)
{
    State &state = *m_state;
    while (!state.isBroken && output.size() < enough) {
        const std::uint8_t *bytes = nullptr;
        const ssize_t size = nghttp2_session_mem_send(state.session.get(), &bytes);
        state.isBroken = size < 0;
        if (size <= 0)
            break;
        output.append(textOf(bytes, std::size_t(size)));
    }
    for (const H2StreamId id : std::exchange(state.drained, {})) {
        const OpenStream *stream = state.find(id); // whoever was told first may have lent anew
        if (stream && stream->lent.empty() && !stream->isReset)
            state.callbacks.drained(id);
    }
}

bool H2Session::isOver() const
{
    nghttp2_session *session = m_state->session.get();
    return m_state->isBroken || (!nghttp2_session_want_read(session) && !nghttp2_session_want_write(session));
}

std::size_t H2Session::openStreams() const { return m_state->streams.size(); }

bool H2Session::hasBegun() const { return m_state->hasBegun; }

void H2Session::respond(H2StreamId id, const ResponseHead &head, bool isWhole)
{
    State &state = *m_state;
    const OpenStream *stream = state.find(id);
    if (!stream || stream->isReset)
        return;
    const std::string status = std::to_string(head.status);
    Fields fields(head.headers);
    fields.prepend(fieldOf(":status", status));
    nghttp2_data_provider body{{}, Bridge<State>::body};
    body.source.ptr = &state;
    if (head.status < 200)
        nghttp2_submit_headers(state.session.get(), NGHTTP2_FLAG_NONE, id, nullptr, fields.data(),
                               fields.size(), nullptr);
    else
        nghttp2_submit_response(state.session.get(), id, fields.data(), fields.size(),
                                isWhole ? nullptr : &body);
}

void H2Session::send(H2StreamId id, std::string_view data)
{
    OpenStream *stream = m_state->find(id);
    if (!stream || stream->isReset || data.empty())
        return;
    stream->lent = data;
    nghttp2_session_resume_data(m_state->session.get(), id);
}

std::size_t H2Session::unsent(H2StreamId id) const
{
    const OpenStream *stream = m_state->find(id);
    return stream ? stream->lent.size() : 0;
}

void H2Session::finish(H2StreamId id, const Headers &trailers)
{
    OpenStream *stream = m_state->find(id);
    if (!stream || stream->isReset)
        return;
    stream->isFinished = true;
    stream->answerTrailers = trailers;
    nghttp2_session_resume_data(m_state->session.get(), id);
}

void H2Session::reset(H2StreamId id, H2Reason reason) { m_state->reset(id, reason); }

void H2Session::refuseRest(H2StreamId id)
{
    OpenStream *stream = m_state->find(id);
    if (!stream || stream->isWhole)
        return;
    stream->isRestRefused = true;
    if (stream->isAnswered)
        m_state->reset(id, H2Reason::NoError);
}

void H2Session::credit(H2StreamId id, std::size_t bytes)
{
    OpenStream *stream = m_state->find(id);
    if (!stream)
        return; // given back when it was closed
    const std::size_t given = std::min(bytes, stream->uncredited);
    stream->uncredited -= given;
    nghttp2_session_consume(m_state->session.get(), id, given);
}

void H2Session::goAway()
{
    if (std::exchange(m_state->isGoingAway, true))
        return;
    nghttp2_submit_shutdown_notice(m_state->session.get());
}

void H2Session::endGoAway() { m_state->endGoAway(); }

bool H2Session::isGoingAway() const { return m_state->isGoingAway && !m_state->isLastSaid; }

void H2Session::terminate(H2Reason reason)
{
    nghttp2_session_terminate_session(m_state->session.get(), std::uint32_t(reason));
}

} // namespace edge
