// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Pauses between tries, as client-go's reflector makes them: 0.8 s, doubled up to 30 s, each stretched by a random part of itself
// (so 30–60 s at the end); two minutes without a pause begin anew (facts kube-client.md §1.5).
#include <QDateTime>

#include <chrono>
#include <functional>

namespace kube {

class Backoff
{
public:
    using Random = std::function<double()>; // [0, 1)

    static constexpr std::chrono::milliseconds HealthyAfter = std::chrono::minutes(2);

    explicit Backoff(Random random);
    std::chrono::milliseconds next(const QDateTime &now);
    void reset(); // what was failing works again

private:
    Random m_random;
    std::chrono::milliseconds m_step;
    QDateTime m_last;
};

} // namespace kube
