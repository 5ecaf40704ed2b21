// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timed_application.h"

#include <QEvent>
#include <QMetaEnum>

namespace ui {

TimedApplication::TimedApplication(int &argc, char **argv)
    : QApplication(argc, argv)
{
    m_clock.start();
}

TimedApplication *TimedApplication::current() { return qobject_cast<TimedApplication *>(qApp); }

void TimedApplication::noteSilence(double milliseconds)
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (const EventTimes::Block &block : m_times.longest()) {
        if (block.at.msecsTo(now) <= milliseconds && block.milliseconds > milliseconds / 2)
            return;
    }
    m_times.addLong({now, milliseconds, tr("no heartbeat")});
}

bool TimedApplication::notify(QObject *receiver, QEvent *event)
{
    if (m_depth > 0)
        return QApplication::notify(receiver, event);
    ++m_depth;
    const QEvent::Type type = event->type(); // the event may be gone afterwards, and so may the receiver
    const char *name = receiver->metaObject()->className();
    const qint64 before = m_clock.nsecsElapsed();
    const bool result = QApplication::notify(receiver, event);
    const qint64 took = m_clock.nsecsElapsed() - before;
    --m_depth;
    m_times.add(took);
    if (double(took) / 1e6 > EventTimes::LongMs) {
        const char *key = QMetaEnum::fromType<QEvent::Type>().valueToKey(int(type));
        const QString what = QString::fromLatin1(name) + QStringLiteral(", ")
            + (key ? QString::fromLatin1(key) : QString::number(int(type)));
        m_times.addLong({QDateTime::currentDateTimeUtc(), double(took) / 1e6, what});
        Q_EMIT blocked(double(took) / 1e6, what);
    }
    return result;
}

} // namespace ui
