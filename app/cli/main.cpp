// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run.h"

#include <QCoreApplication>

#include <cstdio>

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("sallyportctl"));
    const auto writeTo = [](std::FILE *file) {
        return [file](const QByteArray &bytes) {
            std::fwrite(bytes.constData(), 1, size_t(bytes.size()), file);
            std::fflush(file); // a reader on a pipe waits for the line
        };
    };
    const app::cli::Arguments arguments = app::cli::parseArguments(QCoreApplication::arguments());
    if (!arguments.command) {
        writeTo(arguments.exitCode == 0 ? stdout : stderr)(arguments.text.toUtf8() + '\n');
        return arguments.exitCode;
    }
    return app::cli::run(arguments, writeTo(stdout), writeTo(stderr));
}
