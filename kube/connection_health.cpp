// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/connection_health.h"

#include <algorithm>

namespace kube {

ConnectionHealth::ConnectionHealth(Streams streams, Ask ask, Condemn condemn)
    : m_streams(std::move(streams))
    , m_ask(std::move(ask))
    , m_condemn(std::move(condemn))
{
    connect(&m_timer, &QTimer::timeout, this, &ConnectionHealth::look);
    setLimits(m_idle, m_answer);
}

void ConnectionHealth::setLimits(std::chrono::milliseconds idle, std::chrono::milliseconds answer)
{
    m_idle = idle;
    m_answer = answer;
    m_timer.start(idle / 10);
}

std::vector<int> ConnectionHealth::silent()
{
    std::map<int, qint64> heard;
    for (const Stream &stream : m_streams())
        heard[stream.localPort] = std::max(heard[stream.localPort], stream.lastHeard);
    std::erase_if(m_signs, [&heard](const auto &sign) { return heard.count(sign.first) == 0; });
    const qint64 now = Transfer::monotonicMsecs();
    std::vector<int> found;
    for (const auto &[localPort, last] : heard) {
        if (now - last < m_idle.count())
            m_missed.erase(localPort);
        const auto sign = m_signs.find(localPort);
        if (now - std::max(last, sign == m_signs.end() ? 0 : sign->second) >= m_idle.count())
            found.push_back(localPort);
    }
    std::erase_if(m_missed, [&heard](const auto &missed) { return heard.count(missed.first) == 0; });
    return found;
}

void ConnectionHealth::look()
{
    if (m_isAsking || silent().empty())
        return;
    m_isAsking = true;
    m_ask(int(m_answer.count()), [this](bool isAlive, int localPort) { answered(isAlive, localPort); });
}

void ConnectionHealth::answered(bool isAlive, int localPort)
{
    m_isAsking = false;
    std::vector<int> dead = silent();
    if (!isAlive) {
        if (localPort == 0)
            dead.clear(); // not even a new connection stands
        else
            dead.push_back(localPort);
        return m_condemn(dead);
    }
    const qint64 now = Transfer::monotonicMsecs();
    m_signs[localPort] = now;
    m_missed.erase(localPort);
    std::erase_if(dead, [&](int connection) {
        const bool isAskedOnce = connection == localPort || ++m_missed[connection] < 2;
        if (connection != localPort && isAskedOnce)
            m_signs[connection] = now - m_idle.count() / 2; // the second question comes sooner
        return isAskedOnce;
    });
    if (!dead.empty())
        m_condemn(dead);
}

} // namespace kube
