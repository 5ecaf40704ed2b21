// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/heartbeat.h"

#include <QElapsedTimer>
#include <QTimer>

#include <utility>

namespace ui {

class Heartbeat::Listener : public QObject
{
public:
    Listener(Heartbeat &heart, int lateMs)
        : m_heart(heart)
        , m_timer(this)
    {
        m_timer.setSingleShot(true);
        m_timer.setInterval(lateMs);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            m_isLate = true;
            qWarning("sallyport: the window has not answered for %lld ms", qlonglong(m_since.elapsed()));
        });
    }
    void beat()
    {
        if (std::exchange(m_isLate, false))
            Q_EMIT m_heart.resumed(double(m_since.nsecsElapsed())
                                   / 1e6); // queued: its receivers are in its thread
        m_since.start();
        m_timer.start();
    }

private:
    Heartbeat &m_heart; // ends this one's thread before it goes
    QTimer m_timer;
    QElapsedTimer m_since;
    bool m_isLate = false;
};

Heartbeat::Heartbeat(int beatMs, int lateMs, QObject *parent)
    : QObject(parent)
    , m_listener(new Listener(*this, lateMs))
{
    m_listener->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_listener, &QObject::deleteLater);
    m_thread.setObjectName(QStringLiteral("heartbeat"));
    m_thread.start(QThread::LowPriority);
    auto *timer = new QTimer(this);
    connect(timer, &QTimer::timeout, m_listener, [listener = m_listener] { listener->beat(); });
    timer->start(beatMs);
}

Heartbeat::~Heartbeat()
{
    m_thread.quit();
    m_thread.wait();
}

} // namespace ui
