// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/event_times.h"

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr double Smallest = 0.001; // milliseconds
constexpr double Step = 1.07;

} // namespace

size_t EventTimes::bucketOf(double milliseconds)
{
    if (milliseconds <= Smallest)
        return 0;
    const double at = std::ceil(std::log(milliseconds / Smallest) / std::log(Step));
    return std::min(size_t(at), std::tuple_size_v<decltype(m_buckets)> - 1);
}

double EventTimes::upperEdge(size_t bucket) { return Smallest * std::pow(Step, double(bucket)); }

void EventTimes::add(qint64 nanoseconds)
{
    ++m_buckets[bucketOf(double(nanoseconds) / 1e6)];
    ++m_count;
    m_maximum = std::max(m_maximum, nanoseconds);
}

void EventTimes::addLong(const Block &block)
{
    m_longest.append(block);
    if (m_longest.size() > Kept)
        m_longest.removeFirst();
}

void EventTimes::reset() { *this = {}; }

double EventTimes::percentile(double part) const
{
    if (m_count == 0)
        return 0;
    const auto wanted = qint64(std::ceil(part * double(m_count)));
    qint64 seen = 0;
    for (size_t bucket = 0; bucket < m_buckets.size(); ++bucket) {
        seen += m_buckets[bucket];
        if (bucket + 1 < m_buckets.size() && seen >= wanted) // the last one has no upper edge
            return std::min(upperEdge(bucket), maximum());
    }
    return maximum();
}

double EventTimes::maximum() const { return double(m_maximum) / 1e6; }

qint64 EventTimes::over(double milliseconds) const
{
    qint64 count = 0;
    for (size_t bucket = bucketOf(milliseconds) + 1; bucket < m_buckets.size(); ++bucket)
        count += m_buckets[bucket];
    return count;
}

} // namespace ui
