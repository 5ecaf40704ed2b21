// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// HTTP/1.1 as text, without any socket: heads in and out, the length of a body, chunks.
// Strict where two readers of the same bytes could disagree (request smuggling): stricter than Envoy is right (facts envoy-truth.md).
#include "edge/http_message.h"
#include "edge/result.h"

#include <cstdint>

namespace edge {

struct BadMessage
{
    int status = 400; // what a server answers
    std::string why;
    bool bare = false; // answered without a body, as Envoy does where a well-formed head says too little
};
template<typename T>
using Parsed = tl::expected<T, BadMessage>;

// head: everything up to and without the blank line.  At most maxHeaders header lines.
// acceptHttp10: a head of HTTP/1.0 is one, too (minorVersion 0).
Parsed<RequestHead> parseRequestHead(std::string_view head, std::size_t maxHeaders,
                                     bool acceptHttp10 = false);
Parsed<ResponseHead> parseResponseHead(std::string_view head, std::size_t maxHeaders);
std::string formatRequestHead(const RequestHead &head); // with the blank line
std::string formatResponseHead(const ResponseHead &head);

struct BodyLength
{
    enum class Kind { None, Known, Chunked, UntilClose };
    Kind kind = Kind::None;
    std::uint64_t bytes = 0;
};
Parsed<BodyLength> bodyLength(const RequestHead &head);
Parsed<BodyLength> bodyLength(const ResponseHead &head, std::string_view requestMethod);

// Takes bytes as they come, split anywhere.  Chunk extensions and trailers are read and dropped.
class ChunkDecoder
{
public:
    // How many of the bytes were used; data is appended to out.  Stops after the last chunk's trailers.
    Parsed<std::size_t> decode(std::string_view bytes, std::string &out);
    bool done() const { return m_state == State::Done; }

private:
    enum class State {
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataReturn,
        DataLineFeed,
        TrailerStart,
        Trailer,
        TrailerLineFeed,
        EndLineFeed,
        Done
    };
    Parsed<State> step(char c);

    State m_state = State::Size;
    std::uint64_t m_left = 0;
    int m_digits = 0;
    std::size_t m_lineBytes = 0;
    bool m_colon = false; // in this trailer
};
std::string chunk(std::string_view data); // "" stays "": it would end the body

bool isToken(std::string_view text); // RFC 9110 §5.6.2
bool keepsAlive(const RequestHead &head);

} // namespace edge
