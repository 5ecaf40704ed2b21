// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/asked_line.h"

#include <QFile>

#ifdef Q_OS_UNIX
#include <poll.h>
#include <unistd.h>
#endif

namespace app::cli {

namespace {

constexpr int LookForStopMsecs = 100;
constexpr qsizetype MaxLine = 4096;

// false: stopped.
bool waitForInput(const std::stop_token &stop)
{
#ifdef Q_OS_UNIX
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (!stop.stop_requested()) {
        if (poll(&input, 1, LookForStopMsecs) > 0)
            return true; // also at its end
    }
    return false;
#else
    return !stop.stop_requested();
#endif
}

} // namespace

std::optional<QString> askedLine(const std::stop_token &stop)
{
    QFile input;
    if (!input.open(0, QIODevice::ReadOnly | QIODevice::Unbuffered))
        return {};
    QByteArray line;
    while (line.size() < MaxLine) {
        char byte = 0;
        if (!waitForInput(stop))
            return {};
        if (input.read(&byte, 1) != 1)
            return line.isEmpty() ? std::nullopt : std::optional(QString::fromLocal8Bit(line).trimmed());
        if (byte == '\n')
            break;
        line.append(byte);
    }
    return QString::fromLocal8Bit(line).trimmed();
}

} // namespace app::cli
