// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What H2Session keeps of a connection and its streams; for it alone.
#include "edge/h2_frame_cut.h"
#include "edge/h2_session.h"

#include <nghttp2/nghttp2.h>

#include <array>
#include <unordered_map>
#include <vector>

namespace edge {

constexpr std::int32_t NoStreamYet = (1u << 31) - 1;
constexpr std::array<std::uint8_t, 8> GoAwayPing{'g', 'o', 'a', 'w', 'a', 'y', '?', '!'};

struct SessionFree
{
    void operator()(nghttp2_session *session) const { nghttp2_session_del(session); }
};
struct CallbacksFree
{
    void operator()(nghttp2_session_callbacks *callbacks) const { nghttp2_session_callbacks_del(callbacks); }
};
struct OptionFree
{
    void operator()(nghttp2_option *option) const { nghttp2_option_del(option); }
};

struct OpenStream
{
    RequestHead head;
    std::string authority;
    std::string cookies;
    Headers trailers;
    std::size_t headerBytes = 0, headerLines = 0; // of the block that is being read
    std::size_t uncredited = 0;                   // bytes of the body that count against the windows
    bool readsTrailers = false;
    bool isTooLarge = false, isMalformed = false;
    bool isTold = false;  // request() was called
    bool isWhole = false; // the client has ended its side
    bool isReset = false;
    bool isFinished = false; // the answer ends with what is lent
    bool isAnswered = false; // and that has left
    bool isRestRefused = false;
    std::size_t dropped = 0; // of the body, behind the answer
    std::string_view lent;
    Headers answerTrailers;
};

struct H2Session::State
{
    State(const H2Limits &l, H2Callbacks c)
        : limits(l)
        , callbacks(std::move(c))
        , resetsLeft(l.resets)
    {
    }

    OpenStream *find(H2StreamId id)
    {
        const auto found = streams.find(id);
        return found == streams.end() ? nullptr : &found->second;
    }

    void take(OpenStream &stream, std::string_view name, std::string_view value);
    void headWhole(H2StreamId id, OpenStream &stream, bool isWhole);
    void trailersWhole(H2StreamId id, OpenStream &stream);
    void dataCame(H2StreamId id, std::string_view data);
    void resetCame();
    void sent(const nghttp2_frame &frame);
    void dropRest(H2StreamId id, OpenStream &stream, std::size_t bytes);
    void closed(H2StreamId id, std::uint32_t reason);
    ssize_t lend(H2StreamId id, std::uint8_t *into, std::size_t room, std::uint32_t &flags);
    void reset(H2StreamId id, H2Reason reason);
    void endGoAway();

    H2Limits limits;
    H2Callbacks callbacks;
    H2FrameCut cut;
    std::unique_ptr<nghttp2_session, SessionFree> session;
    std::unordered_map<H2StreamId, OpenStream> streams;
    std::vector<H2StreamId> drained; // told at the end of collect()
    std::chrono::steady_clock::time_point now{}, refilledAt{};
    double resetsLeft;
    H2StreamId lastAnswered = NoStreamYet; // what GOAWAY has promised
    bool isGoingAway = false, isLastSaid = false, isBroken = false, hasBegun = false;
    bool isLeaving = false, isLeft = false; // the client: said GOAWAY; and had nothing open any more
    std::string problem;                    // nghttp2's words
};

} // namespace edge
