// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// HTTP/2's bytes, cut anywhere, on to one who must see each frame's header whole: nghttp2 counts a CONTINUATION once for each
// piece that its header comes in, and ends the connection at the ninth.  Payloads are passed on as they come, nothing of them is kept.
// What is no HTTP/2 is passed on too, and is its reader's to refuse.
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace edge {

class H2FrameCut
{
public:
    // pass(bytes) -> bool: go on; it is called with what may be read, in order.  False: it has said so.
    template<typename Pass>
    bool feed(std::string_view bytes, Pass pass)
    {
        if (!m_torn.empty()) {
            const std::size_t missing = std::min(HeaderSize - m_torn.size(), bytes.size());
            m_torn.append(bytes.substr(0, missing));
            bytes.remove_prefix(missing);
            if (m_torn.size() < HeaderSize)
                return true;
            m_left = payloadSize(m_torn);
            const bool goesOn = pass(std::string_view(m_torn));
            m_torn.clear();
            if (!goesOn)
                return false;
        }
        const std::size_t whole = wholeHeaders(bytes);
        m_torn.assign(bytes.substr(whole));
        return whole == 0 || pass(bytes.substr(0, whole));
    }

private:
    static constexpr std::size_t HeaderSize = 9, PrefaceSize = 24; // RFC 9113 §4.1, §3.4

    static std::size_t payloadSize(std::string_view header)
    {
        const auto byte = [&header](std::size_t at) {
            return std::size_t(static_cast<unsigned char>(header[at]));
        };
        return byte(0) << 16 | byte(1) << 8 | byte(2);
    }

    // How much of it ends in a payload or behind a header; m_left is then what of a payload is to come.
    std::size_t wholeHeaders(std::string_view bytes)
    {
        std::size_t at = 0;
        for (;;) {
            const std::size_t payload = std::min(m_left, bytes.size() - at);
            at += payload;
            m_left -= payload;
            if (bytes.size() - at < HeaderSize)
                return at;
            m_left = payloadSize(bytes.substr(at));
            at += HeaderSize;
        }
    }

    std::size_t m_left = PrefaceSize; // the preface is read as a payload without a header
    std::string m_torn;               // the beginning of a header
};

} // namespace edge
