// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timed_application.h"

#include <QEvent>
#include <QMetaEnum>
#include <QThread>

namespace ui {

namespace {

// "routingCounts (QTimer)", "QTimer of ui::RoutingPage": who it is, where its class alone does not tell.
QString wordsOf(const QString &name, const char *type, const char *parent)
{
    const QString own = QString::fromLatin1(type);
    if (!name.isEmpty())
        return QStringLiteral("%1 (%2)").arg(name, own);
    return parent ? QStringLiteral("%1 of %2").arg(own, QString::fromLatin1(parent)) : own;
}

} // namespace

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
    if (QThread::currentThread() != thread() || m_depth > 0) // Qt asks for the events of every thread
        return QApplication::notify(receiver, event);
    ++m_depth;
    const QEvent::Type type = event->type(); // the event may be gone afterwards, and so may the receiver
    const char *name = receiver->metaObject()->className();
    const QString ownName = receiver->objectName(); // shared, not copied
    const char *parent = receiver->parent() ? receiver->parent()->metaObject()->className() : nullptr;
    const qint64 before = m_clock.nsecsElapsed();
    const bool result = QApplication::notify(receiver, event);
    const qint64 took = m_clock.nsecsElapsed() - before;
    --m_depth;
    m_times.add(took);
    if (double(took) / 1e6 > EventTimes::LongMs) {
        const char *key = QMetaEnum::fromType<QEvent::Type>().valueToKey(int(type));
        const QString what = wordsOf(ownName, name, parent) + QStringLiteral(", ")
            + (key ? QString::fromLatin1(key) : QString::number(int(type)));
        m_times.addLong({QDateTime::currentDateTimeUtc(), double(took) / 1e6, what});
        Q_EMIT blocked(double(took) / 1e6, what);
    }
    return result;
}

} // namespace ui
