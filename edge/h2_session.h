// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The server's side of one HTTP/2 connection (RFC 9113) without any socket: bytes in, events and bytes out.
// Frames, HPACK and windows are nghttp2's; what a request may be, how much of it is held and how a connection ends is decided here.
// Streams: a request is told once its head is whole, then its body in pieces and its end; closed() is the last that is heard of it.
// Flow control: a piece of a body counts against the windows until credit() gives it back.  Of an answer nothing is kept: send()
//   lends bytes, they leave as the client's windows and collect() let them, and drained() says that they have.
// What is malformed (RFC 9113 §8.1.1) ends its stream, a body that is longer than said maybe behind its first pieces; a broken frame
//   or a flood ends the connection by GOAWAY with its reason.
// Thread: one.  Callbacks come from receive() and collect(), and may call everything but these two.
#include "edge/http_message.h"
#include "edge/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace edge {

using H2StreamId = std::int32_t;

enum class H2Reason : std::uint32_t { // RFC 9113 §7, those that are said here
    NoError = 0,
    Protocol = 1,
    Internal = 2,
    Refused = 7, // nothing was done: the client may ask again
    Cancel = 8,
    Calm = 11
};

struct H2Limits
{
    std::uint32_t streams = 100; // at once
    std::uint32_t headerBytes =
        60 * 1024; // of a head or of trailers as §6.5.2 counts them; a longer head is answered 431
    std::uint32_t headerLines = 100; // the same
    std::uint32_t streamWindow = 256 * 1024,
                  connectionWindow = 1024 * 1024; // bytes of bodies that nobody has read yet
    // What is read and dropped of a request whose answer has left, before its stream is reset (§8.1): clients that are still sending
    // take such a reset for the loss of the answer (curl 7.88: error 92).  As net/http of Go does for HTTP/1.1.
    std::uint32_t unreadRest = 256 * 1024;
    // A client that cancels more than this makes work without waiting for it (CVE-2023-44487): a bucket, and what refills it.
    std::uint32_t resets = 1000, resetsPerSecond = 33;
};

struct H2Callbacks
{
    std::function<void(H2StreamId, RequestHead, bool isWhole)>
        request; // :authority is its first header, Host
    std::function<void(H2StreamId, std::string_view)> data;
    std::function<void(H2StreamId, Headers trailers)> ended; // the request is whole; not after isWhole
    std::function<void(H2StreamId)> drained;
    std::function<void(H2StreamId, std::uint32_t reason)> closed; // by either side, or in peace
};

class H2Session
{
public:
    H2Session(const H2Limits &limits, H2Callbacks callbacks);
    ~H2Session();
    H2Session(const H2Session &) = delete;
    H2Session &operator=(const H2Session &) = delete;

    // What the client has sent, cut anywhere.  Error::Protocol: this is no HTTP/2, and nothing more can be said to it.
    Result<void> receive(std::string_view bytes, std::chrono::steady_clock::time_point now);
    // Appends what is to be sent: until there is nothing, or at least `enough` bytes are there.
    void collect(std::string &output, std::size_t enough);
    bool isOver() const; // both have said all they will: the connection can be closed
    std::size_t openStreams() const;
    bool hasBegun() const; // a frame of the client's has come

    // Answers.  A stream that is closed or reset takes none, silently.
    // 1xx are interim.  Names are lowered, headers of HTTP/1.1's connections left out.  isWhole: no body follows.
    void respond(H2StreamId stream, const ResponseHead &head, bool isWhole);
    void send(H2StreamId stream, std::string_view data); // lent until drained() or closed(); one at a time
    std::size_t unsent(H2StreamId stream) const;         // bytes of that
    void finish(H2StreamId stream, const Headers &trailers = {});
    void reset(H2StreamId stream, H2Reason reason); // what was lent is forgotten at once
    void refuseRest(
        H2StreamId stream); // of the request: reset as soon as the answer has left, if it is not whole then
    void credit(H2StreamId stream, std::size_t bytes);

    // The graceful end (§6.8): GOAWAY that names no stream, and when the client has seen it (PING) or endGoAway() is called, GOAWAY
    // with the last stream that will be answered.  Streams under way go on; later ones are ignored, so the client asks elsewhere.
    void goAway();
    void endGoAway();
    bool isGoingAway() const;        // the first is said or queued, the last one not
    void terminate(H2Reason reason); // GOAWAY, and every stream is cut

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace edge
