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

void ConnectionHealth::look()
{
    std::map<int, qint64> heard;
    for (const Stream &stream : m_streams())
        heard[stream.localPort] = std::max(heard[stream.localPort], stream.lastHeard);
    std::erase_if(m_signs, [&heard](const auto &sign) { return heard.count(sign.first) == 0; });
    const qint64 now = Transfer::monotonicMsecs();
    const bool isSilent = std::any_of(heard.cbegin(), heard.cend(), [&](const auto &connection) {
        const auto sign = m_signs.find(connection.first);
        return now - std::max(connection.second, sign == m_signs.end() ? 0 : sign->second) >= m_idle.count();
    });
    if (!isSilent || m_isAsking)
        return;
    m_isAsking = true;
    m_ask(int(m_answer.count()), [this](bool isAlive, int localPort) { answered(isAlive, localPort); });
}

void ConnectionHealth::answered(bool isAlive, int localPort)
{
    m_isAsking = false;
    if (!isAlive)
        return m_condemn();
    // Where the question went cannot be chosen.  A connection that it did not reach is left alone for as
    // long.
    const qint64 now = Transfer::monotonicMsecs();
    m_signs[localPort] = now;
    for (const Stream &stream : m_streams()) {
        if (m_signs.count(stream.localPort) == 0)
            m_signs[stream.localPort] = now;
    }
}

} // namespace kube
