// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A client's side of HTTP/2 by nghttp2 alone, without a socket: what it is told to say, and all that it has heard.
// Its windows are credited by hand if it is made so.
#include "edge/http_message.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_test {

struct H2Answer
{
    int status = 0;
    std::vector<int> interim;
    edge::Headers headers, trailers;
    std::string body;
    bool isWhole = false;
    std::optional<std::uint32_t> closed; // with this reason
};

using H2Fields = std::vector<std::pair<std::string, std::string>>;
H2Fields getOf(const std::string &path); // a head with nothing but what it must have

class H2Peer
{
public:
    enum class Windows { Automatic, ByHand };
    explicit H2Peer(Windows windows = Windows::Automatic, std::uint32_t streamWindow = 65'535);
    ~H2Peer();

    std::int32_t request(const H2Fields &fields, bool isWhole = true); // the stream
    void send(std::int32_t stream, std::string data, bool isLast);     // of a request that is not whole
    void end(std::int32_t stream, const H2Fields &trailers);
    void reset(std::int32_t stream);
    void credit(std::int32_t stream, std::size_t bytes);
    void ping();
    bool isOver() const; // its nghttp2 wants neither to read nor to write

    std::string toSend();
    void hear(std::string_view bytes);

    struct GoAway
    {
        std::int32_t lastStream = 0;
        std::uint32_t reason = 0;
        bool operator==(const GoAway &) const = default;
    };
    std::vector<GoAway> goAways;
    std::map<std::int32_t, std::uint32_t> settings;
    std::map<std::int32_t, H2Answer> answers;
    int pongs = 0;
    std::vector<std::string> heard; // names of frames in their order: "HEADERS 1", "GOAWAY"

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// A frame as bytes (RFC 9113 §4.1), right or wrong.
std::string h2Frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload);
std::string h2Preface(); // with an empty SETTINGS

} // namespace edge_test
