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
        if (isWritten)
            return;
        m_isReaderGone = errno == EPIPE;
        m_fault = QString::fromLocal8Bit(std::strerror(errno));
    }
    const QString &fault() const { return m_fault; }
    bool isReaderGone() const { return m_isReaderGone; }

private:
    std::FILE *m_file;
    QString m_fault;
    bool m_isReaderGone = false;
};

using Handler = void (*)(int);

Handler ignoreBrokenPipes()
{
#ifdef SIGPIPE
    return std::signal(SIGPIPE, SIG_IGN); // what was begun is ended in order
#else
    return SIG_DFL;
#endif
}

// As kubectl and every filter end before a `head` that has read enough; whoever has them ignored gets the exit code.
void endByBrokenPipe([[maybe_unused]] Handler inherited)
{
#ifdef SIGPIPE
    std::signal(SIGPIPE, inherited);
    std::raise(SIGPIPE);
#endif
}

// What was changed is said, whether or not somebody reads the answer.
bool mayChangeACluster(const app::cli::Arguments &arguments)
{
    return arguments.parser && arguments.parser->optionNames().contains(QStringLiteral("yes"));
}

int answer(StandardFile &out, StandardFile &err)
{
    const app::cli::Arguments arguments = app::cli::parseArguments(QCoreApplication::arguments());
    const bool saysAll = mayChangeACluster(arguments);
    const app::cli::OutFile outFile{[&out](const QByteArray &bytes) { out.write(bytes); },
                                    [&out] { return out.fault(); }, [&out] { return out.isReaderGone(); }};
    const auto toErr = [&](const QByteArray &bytes) {
        if (saysAll || !out.isReaderGone())
            err.write(bytes);
    };
    if (arguments.command)
        return app::cli::run(arguments, outFile, toErr);
    (arguments.exitCode == 0 ? out : err).write(arguments.text.toUtf8() + '\n');
    return app::cli::withFault(arguments.exitCode, outFile, toErr);
}

} // namespace

int main(int argc, char **argv)
{
    const Handler inherited = ignoreBrokenPipes();
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("sallyportctl"));
    StandardFile out(stdout), err(stderr);
    const int code = answer(out, err);
    if (out.isReaderGone())
        endByBrokenPipe(inherited);
    return code;
}
