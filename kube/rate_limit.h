// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A token bucket: who takes a token is told how long to wait before using it.  Protects a server from us
// beside its own 429 (facts kube-client.md §1.3: 50 a second, 300 at once; watches are not limited).
#include <chrono>

namespace kube {

class RateLimit
{
public:
    explicit RateLimit(double perSecond = 50, int burst = 300)
        : m_perSecond(perSecond)
        , m_burst(burst)
        , m_tokens(burst)
    {
    }
    std::chrono::milliseconds take(std::chrono::milliseconds now); // of any clock that only goes forward
    void giveBack(); // a token that was taken and not used: who comes next waits for one less

private:
    double m_perSecond, m_burst, m_tokens; // negative: promised already
    std::chrono::milliseconds m_last{0};
};

} // namespace kube
