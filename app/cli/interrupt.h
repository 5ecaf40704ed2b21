// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Ctrl+C, SIGTERM, SIGHUP and, if asked, the end of standard input, as one signal in the event loop.  The same once more, two seconds
// later or after that, ends the program at once.
#include <QObject>

class QSocketNotifier;

namespace app::cli {

class Interrupt : public QObject
{
    Q_OBJECT
public:
    explicit Interrupt(bool endOfInputToo, QObject *parent = nullptr); // one a program
    ~Interrupt() override;

Q_SIGNALS:
    void requested();

private:
    void readInput();

    QSocketNotifier *m_input = nullptr;
};

} // namespace app::cli
