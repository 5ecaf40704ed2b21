// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

#include <QSocketNotifier>

#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#endif

namespace app::cli {

#ifdef Q_OS_UNIX

namespace {

int signalPipe[2] = {-1, -1};

constexpr time_t PatienceSeconds = 2;
volatile std::sig_atomic_t isAsked = 0;
time_t askedAt = 0;

time_t monotonicSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now); // which a signal handler may call
    return now.tv_sec;
}

// Whoever asks again after a while is not made to look for kill -9.
void onSignal(int number)
{
    if (isAsked != 0 && monotonicSeconds() - askedAt >= PatienceSeconds) {
        std::signal(number, SIG_DFL);
        std::raise(number);
    }
    if (isAsked == 0)
        askedAt = monotonicSeconds();
    isAsked = 1;
    const char byte = 1;
    [[maybe_unused]] const ssize_t written =
        write(signalPipe[1], &byte, 1); // all that a signal handler may do
}

} // namespace

Interrupt::Interrupt(bool endOfInputToo, QObject *parent)
    : QObject(parent)
{
    if (pipe(signalPipe) == 0) {
        for (const int end : signalPipe) {
            fcntl(end, F_SETFD, FD_CLOEXEC);
            fcntl(end, F_SETFL, O_NONBLOCK);
        }
        auto *notifier = new QSocketNotifier(signalPipe[0], QSocketNotifier::Read, this);
        connect(notifier, &QSocketNotifier::activated, this, [this] {
            char bytes[16];
            while (read(signalPipe[0], bytes, sizeof bytes) > 0) { }
            Q_EMIT requested();
        });
        for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
            if (std::signal(number, onSignal) == SIG_IGN && number == SIGHUP)
                std::signal(number, SIG_IGN); // nohup: to outlive the terminal is what was asked for
        }
    }
    if (endOfInputToo) {
        m_input = new QSocketNotifier(STDIN_FILENO, QSocketNotifier::Read, this);
        connect(m_input, &QSocketNotifier::activated, this, &Interrupt::readInput);
    }
}

Interrupt::~Interrupt()
{
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        if (std::signal(number, SIG_DFL) == SIG_IGN)
            std::signal(number, SIG_IGN);
    }
    for (int &end : signalPipe) {
        if (end >= 0)
            close(end);
        end = -1;
    }
}

void Interrupt::readInput()
{
    char bytes[256];
    if (read(STDIN_FILENO, bytes, sizeof bytes) > 0)
        return;
    m_input->setEnabled(false);
    Q_EMIT requested();
}

#else // consoles of Windows join with their installer

Interrupt::Interrupt(bool, QObject *parent)
    : QObject(parent)
{
}

Interrupt::~Interrupt() = default;
void Interrupt::readInput() { }

#endif

} // namespace app::cli
