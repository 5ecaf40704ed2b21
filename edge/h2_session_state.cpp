// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/h2_session_state.h"

#include "edge/h2_fields.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace edge {

namespace {

constexpr std::uint32_t LineOverhead = 32; // RFC 9113 §6.5.2

} // namespace

void H2Session::State::take(OpenStream &stream, std::string_view name, std::string_view value)
{
    stream.headerBytes += name.size() + value.size() + LineOverhead;
    ++stream.headerLines;
    stream.isTooLarge = stream.isTooLarge || stream.headerBytes > limits.headerBytes
        || stream.headerLines > limits.headerLines;
    if (stream.isTooLarge)
        return; // still read, since the other streams' heads are packed with it, but not kept
    if (stream.readsTrailers)
        stream.trailers.add(std::string(name), std::string(value));
    else if (name == ":method")
        stream.head.method = value;
    else if (name == ":path")
        stream.head.target = value;
    else if (name == ":authority")
        stream.authority = value;
    else if (name == "cookie") // may come in pieces, §8.2.3
        stream.cookies.append(stream.cookies.empty() ? "" : "; ").append(value);
    else if (!name.starts_with(':'))
        stream.head.headers.add(std::string(name), std::string(value));
}

void H2Session::State::headWhole(H2StreamId id, OpenStream &stream, bool isWhole)
{
    stream.isWhole = isWhole;
    if (id > lastAnswered || isLeft)
        return reset(id, H2Reason::Refused); // begun before, whole after GOAWAY
    const std::string *host = stream.head.headers.find("host");
    if (host && !stream.authority.empty()
        && *host != stream.authority) // whom would a filter have believed? §8.3.1
        stream.isMalformed = true;
    if (stream.isMalformed)
        return reset(id, H2Reason::Protocol);
    if (stream.isTooLarge) {
        const nghttp2_nv field = fieldOf(":status", "431");
        nghttp2_submit_response(session.get(), id, &field, 1, nullptr);
        return;
    }
    RequestHead head = std::move(stream.head);
    if (head.method == "CONNECT")
        head.target = stream.authority;
    Headers headers;
    if (host || !stream.authority.empty())
        headers.add("host",
                    stream.authority.empty() ? std::string(head.headers.value("host"))
                                             : std::move(stream.authority));
    for (const Header &header : head.headers) {
        if (header.name != "host")
            headers.add(header.name, header.value);
    }
    if (!stream.cookies.empty())
        headers.add("cookie", std::move(stream.cookies));
    head.headers = std::move(headers);
    stream.isTold = true;
    const nghttp2_extpri fair{NGHTTP2_EXTPRI_DEFAULT_URGENCY,
                              1}; // a long answer does not hold up a short one
    nghttp2_session_change_extpri_stream_priority(session.get(), id, &fair, 1);
    callbacks.request(id, std::move(head), isWhole);
}

void H2Session::State::trailersWhole(H2StreamId id, OpenStream &stream)
{
    stream.isWhole = true;
    if (stream.isMalformed || stream.isTooLarge)
        return reset(id, stream.isMalformed ? H2Reason::Protocol : H2Reason::Calm);
    if (stream.isTold && !stream.isReset)
        callbacks.ended(id, std::move(stream.trailers));
}

void H2Session::State::dataCame(H2StreamId id, std::string_view data)
{
    OpenStream *stream = find(id);
    if (!stream || !stream->isTold || stream->isReset) { // nobody reads it
        nghttp2_session_consume(session.get(), id, data.size());
        return;
    }
    if (stream->isAnswered)
        return dropRest(id, *stream, data.size());
    stream->uncredited += data.size();
    callbacks.data(id, data);
}

void H2Session::State::resetCame()
{
    const double seconds = std::chrono::duration<double>(now - refilledAt).count();
    resetsLeft = std::min<double>(limits.resets, resetsLeft + seconds * limits.resetsPerSecond);
    refilledAt = now;
    resetsLeft -= 1;
    if (resetsLeft < 0)
        nghttp2_session_terminate_session(session.get(), std::uint32_t(H2Reason::Calm));
}

void H2Session::State::sent(const nghttp2_frame &frame)
{
    const bool isNotice = frame.hd.type == NGHTTP2_GOAWAY && frame.goaway.last_stream_id == NoStreamYet;
    if (isNotice && frame.goaway.error_code == NGHTTP2_NO_ERROR)
        nghttp2_submit_ping(session.get(), NGHTTP2_FLAG_NONE,
                            GoAwayPing.data()); // its answer: the notice was read
    const bool endsAnswer = (frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA)
        && (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    OpenStream *stream = endsAnswer ? find(frame.hd.stream_id) : nullptr;
    if (!stream || stream->isWhole)
        return;
    stream->isAnswered = true;
    dropRest(frame.hd.stream_id, *stream, std::exchange(stream->uncredited, 0));
}

// The rest of an answered request is of no use: a little of it is read for the client's sake.
void H2Session::State::dropRest(H2StreamId id, OpenStream &stream, std::size_t bytes)
{
    nghttp2_session_consume(session.get(), id, bytes);
    stream.dropped += bytes;
    if (stream.isRestRefused || stream.dropped > limits.unreadRest)
        reset(id, H2Reason::NoError);
}

void H2Session::State::closed(H2StreamId id, std::uint32_t reason)
{
    const auto found = streams.find(id);
    if (found == streams.end())
        return;
    if (found->second.uncredited > 0) // what was not read must not be missing from the others' window
        nghttp2_session_consume_connection(session.get(), found->second.uncredited);
    const bool isTold = found->second.isTold;
    const bool isDrained = std::erase(drained, id) > 0 && found->second.lent.empty();
    streams.erase(found);
    if (isTold && isDrained)
        callbacks.drained(id);
    if (isTold)
        callbacks.closed(id, reason);
}

ssize_t H2Session::State::lend(H2StreamId id, std::uint8_t *into, std::size_t room, std::uint32_t &flags)
{
    OpenStream *stream = find(id);
    if (!stream || stream->isReset || (stream->lent.empty() && !stream->isFinished))
        return NGHTTP2_ERR_DEFERRED;
    const std::size_t size = std::min(room, stream->lent.size());
    std::copy_n(stream->lent.data(), size, into);
    stream->lent.remove_prefix(size);
    if (size > 0 && stream->lent.empty())
        drained.push_back(id);
    if (stream->lent.empty() && stream->isFinished) {
        flags |= NGHTTP2_DATA_FLAG_EOF;
        const Fields trailers(stream->answerTrailers);
        if (!trailers.empty()
            && nghttp2_submit_trailer(session.get(), id, trailers.data(), trailers.size()) == 0)
            flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    }
    return ssize_t(size);
}

void H2Session::State::reset(H2StreamId id, H2Reason reason)
{
    OpenStream *stream = find(id);
    if (!stream || stream->isReset)
        return;
    stream->isReset = true;
    stream->lent = {};
    nghttp2_submit_rst_stream(session.get(), NGHTTP2_FLAG_NONE, id, std::uint32_t(reason));
}

void H2Session::State::endGoAway()
{
    if (!isGoingAway || isLastSaid)
        return;
    isLastSaid = true;
    lastAnswered = nghttp2_session_get_last_proc_stream_id(session.get());
    nghttp2_submit_goaway(session.get(), NGHTTP2_FLAG_NONE, lastAnswered, NGHTTP2_NO_ERROR, nullptr, 0);
}

} // namespace edge
