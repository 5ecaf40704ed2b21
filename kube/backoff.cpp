// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/backoff.h"

using namespace std::chrono_literals;

namespace kube {
namespace {

constexpr std::chrono::milliseconds firstStep = 800ms;
constexpr std::chrono::milliseconds lastStep = 30s;

} // namespace

Backoff::Backoff(Random random)
    : m_random(std::move(random))
    , m_step(firstStep)
{
}

void Backoff::reset() { m_step = firstStep; }

std::chrono::milliseconds Backoff::next(const QDateTime &now)
{
    if (m_last.isValid() && m_last.msecsTo(now) > HealthyAfter.count())
        m_step = firstStep;
    m_last = now;
    const std::chrono::milliseconds pause(qint64(double(m_step.count()) * (1.0 + m_random())));
    m_step = std::min(m_step * 2, lastStep);
    return pause;
}

} // namespace kube
