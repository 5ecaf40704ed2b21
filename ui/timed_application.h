// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The application that watches itself: each event that it delivers is timed (about 60 ns), the outermost ones
// of the GUI thread only.  What took long is told by a signal, with the name and class of who held it, never with
// what it showed.
#include "ui/event_times.h"

#include <QApplication>
#include <QElapsedTimer>

namespace ui {

class TimedApplication : public QApplication
{
    Q_OBJECT
public:
    TimedApplication(int &argc, char **argv);
    bool notify(QObject *receiver, QEvent *event) override;
    EventTimes &times() { return m_times; }
    void noteSilence(double milliseconds); // no heartbeat for so long; kept, unless one event explains it
    static TimedApplication *current();    // nullptr: the application is another one (in tests)

Q_SIGNALS:
    void blocked(double milliseconds, const QString &what); // longer than EventTimes::LongMs

private:
    EventTimes m_times;
    QElapsedTimer m_clock;
    int m_depth = 0;
};

} // namespace ui
