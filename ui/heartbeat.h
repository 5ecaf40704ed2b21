// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whether the window's thread still turns.  It beats; a thread beside it listens.  TimedApplication tells how long each event took
// once it is over; this also sees what no event holds (a plug-in's own loop, a machine that swaps), and says on stderr that the
// window hangs while it does.  The two threads exchange queued calls only.
#include <QObject>
#include <QThread>

namespace ui {

class Heartbeat : public QObject
{
    Q_OBJECT
public:
    static constexpr int BeatMs = 100, LateMs = 1000;
    explicit Heartbeat(int beatMs = BeatMs, int lateMs = LateMs, QObject *parent = nullptr);
    ~Heartbeat() override; // waits for the listener's thread, which never waits for this one

Q_SIGNALS:
    void resumed(double milliseconds); // after so long without a beat, more than lateMs

private:
    class Listener;
    QThread m_thread;
    Listener *m_listener; // lives in m_thread
};

} // namespace ui
