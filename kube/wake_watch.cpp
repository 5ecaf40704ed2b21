// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/wake_watch.h"

#include <QDateTime>
#include <QTimer>

namespace kube {

WakeWatch::WakeWatch(QObject *parent, WallClock clock, int intervalMsecs)
    : QObject(parent)
    , m_clock(clock ? std::move(clock) : WallClock(&QDateTime::currentMSecsSinceEpoch))
    , m_timer(new QTimer(this))
    , m_last(m_clock())
{
    m_timer->setTimerType(Qt::CoarseTimer);
    connect(m_timer, &QTimer::timeout, this, &WakeWatch::look);
    m_timer->start(intervalMsecs);
}

void WakeWatch::look()
{
    const qint64 now = m_clock();
    const qint64 gap = now - std::exchange(m_last, now);
    if (gap > GapMsecs)
        Q_EMIT woke();
}

} // namespace kube
