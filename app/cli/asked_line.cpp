// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/asked_line.h"

#include "app/standard_input.h"

#include <QFile>

namespace app::cli {

namespace {

constexpr qsizetype MaxLine = 4096;

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
