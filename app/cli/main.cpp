// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run.h"

#include <QCoreApplication>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace {

// Standard output or error.  What it has once not taken, it takes no more of.
class StandardFile
{
public:
    explicit StandardFile(std::FILE *file)
        : m_file(file)
    {
    }
    void write(const QByteArray &bytes)
    {
        if (!m_fault.isEmpty())
            return;
        errno = 0;
        const bool isWritten =
            std::fwrite(bytes.constData(), 1, size_t(bytes.size()), m_file) == size_t(bytes.size())
            && std::fflush(m_file) == 0; // a reader on a pipe waits for the line
        if (!isWritten)
            m_fault = QString::fromLocal8Bit(std::strerror(errno));
    }
    const QString &fault() const { return m_fault; }

private:
    std::FILE *m_file;
    QString m_fault;
};

} // namespace

int main(int argc, char **argv)
{
#ifdef SIGPIPE
    std::signal(SIGPIPE, SIG_IGN); // a reader that has gone is told of, and what was begun is ended in order
#endif
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("sallyportctl"));
    StandardFile out(stdout), err(stderr);
    const app::cli::OutFile outFile{[&out](const QByteArray &bytes) { out.write(bytes); },
                                    [&out] { return out.fault(); }};
    const auto toErr = [&err](const QByteArray &bytes) { err.write(bytes); };
    const app::cli::Arguments arguments = app::cli::parseArguments(QCoreApplication::arguments());
    if (arguments.command)
        return app::cli::run(arguments, outFile, toErr);
    (arguments.exitCode == 0 ? out : err).write(arguments.text.toUtf8() + '\n');
    return app::cli::withFault(arguments.exitCode, outFile, toErr);
}
