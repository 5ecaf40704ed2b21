// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/standard_input.h"

#include <QFile>

#include <cerrno>
#include <optional>
#include <system_error>

#ifdef Q_OS_UNIX
#include <poll.h>
#include <unistd.h>
#endif

namespace app {

bool waitForInput(const std::stop_token &stop)
{
#ifdef Q_OS_UNIX
    constexpr int LookForStopMsecs = 100;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (!stop.stop_requested()) {
        if (poll(&input, 1, LookForStopMsecs) > 0)
            return true;
    }
    return false;
#else
    return !stop.stop_requested();
#endif
}

namespace {

// What there is; "" at its end, nullopt: it cannot be read.  QFile would wait until all of the room is filled.
std::optional<QByteArray> pieceOfInput()
{
    QByteArray piece(64 * 1024, Qt::Uninitialized);
#ifdef Q_OS_UNIX
    ssize_t count = -1;
    do {
        count = read(STDIN_FILENO, piece.data(), std::size_t(piece.size()));
    } while (count < 0 && errno == EINTR);
#else
    QFile input;
    const qint64 count = input.open(0, QIODevice::ReadOnly | QIODevice::Unbuffered)
        ? input.read(piece.data(), piece.size())
        : -1;
#endif
    return count < 0 ? std::nullopt : std::optional(piece.first(count));
}

} // namespace

edge::Result<QByteArray> allOfStandardInput(const std::stop_token &stop)
{
    QByteArray all;
    while (waitForInput(stop)) {
        const auto piece = pieceOfInput();
        if (!piece)
            return edge::failure(edge::Error::Kind::Config,
                                 "standard input cannot be read: " + std::generic_category().message(errno));
        if (piece->isEmpty())
            return all;
        all += *piece;
    }
    return edge::failure(edge::Error::Kind::Config, "stopped before the end of standard input");
}

} // namespace app
