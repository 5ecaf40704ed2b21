// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Notices that the machine has slept: the wall clock has run while the event loop has not.  A clock that is
// set forward by more than the gap looks the same; who listens must take it for a hint only.
#include <QObject>

#include <functional>

class QTimer;

namespace kube {

class WakeWatch : public QObject
{
    Q_OBJECT
public:
    using WallClock = std::function<qint64()>; // msecs
    explicit WakeWatch(QObject *parent = nullptr, WallClock clock = {}, int intervalMsecs = 2000);

    static constexpr qint64 GapMsecs = 8000;

Q_SIGNALS:
    void woke();

private:
    void look();

    WallClock m_clock;
    QTimer *m_timer;
    qint64 m_last;
};

} // namespace kube
