// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/heartbeat.h"

namespace kube {

Heartbeat::Heartbeat(QObject *parent)
    : QObject(parent)
{
    m_timer.setInterval(AskMsecs);
    connect(&m_timer, &QTimer::timeout, this, &Heartbeat::beat);
}

void Heartbeat::start(std::function<void()> ask, std::function<void()> onSilence)
{
    m_ask = std::move(ask);
    m_onSilence = std::move(onSilence);
    m_timer.start();
}

void Heartbeat::heard()
{
    m_unanswered = 0;
    m_sentSinceHeard = 0;
}

// What came while nothing was read is still to be heard.
void Heartbeat::setReading(bool isReading)
{
    m_isReading = isReading;
    m_unanswered = 0;
}

// Counts questions, not seconds: after this machine has slept, the other side is asked before it is given up.
void Heartbeat::beat()
{
    const bool isJudged = m_isReading && m_sentSinceHeard <= HeldBack;
    if (!isJudged)
        m_unanswered = 0;
    if (m_unanswered < MaxUnanswered) {
        ++m_unanswered;
        return m_ask();
    }
    m_timer.stop();
    m_onSilence();
}

} // namespace kube
