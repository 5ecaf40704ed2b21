// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/gentle_close.h"

#include <array>

namespace edge {

namespace {

constexpr std::chrono::milliseconds LingerTime{1000};
constexpr std::size_t LingerBytes = 4 * 1024 * 1024;

} // namespace

asio::awaitable<void> closeGently(Stream &stream)
{
    if (!stream.isOpen())
        co_return;
    if (!stream.peerClosed()) {
        stream.finishWriting();
        const Deadline deadline = in(LingerTime);
        std::array<char, 4096> dropped{};
        for (std::size_t total = 0; total < LingerBytes;) {
            const Result<std::size_t> n = co_await stream.read(dropped.data(), dropped.size(), deadline);
            if (!n || *n == 0)
                break;
            total += *n;
        }
    }
    stream.close();
}

} // namespace edge
