// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace kube {

std::chrono::milliseconds RateLimit::take(std::chrono::milliseconds now)
{
    const double passed = std::max<double>(0, double((now - m_last).count()) / 1000);
    m_last = std::max(m_last, now);
    m_tokens = std::min(m_burst, m_tokens + passed * m_perSecond) - 1;
    const double wait = m_tokens >= 0 ? 0 : -m_tokens / m_perSecond;
    return std::chrono::milliseconds(std::lround(std::ceil(wait * 1000)));
}

void RateLimit::giveBack() { m_tokens = std::min(m_burst, m_tokens + 1); }

} // namespace kube
