// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How long the GUI thread was held by each event that it handled: while it is, nothing is painted and no key
// is heard.  Counts by logarithmic buckets (7 % wide), so that a day costs no more memory than a second; the
// longest ones are kept with what they were.  A value but for its size; thread: the GUI thread.
#include <QDateTime>
#include <QList>
#include <QString>

#include <array>

namespace ui {

class EventTimes
{
public:
    struct Block // an event that took longer than LongMs
    {
        QDateTime at;
        double milliseconds = 0;
        QString what; // "findingFeed (QTimer), Timer": receiver, kind of the event
    };
    void add(qint64 nanoseconds);
    void addLong(const Block &block); // beside add()
    void reset();
    qint64 count() const { return m_count; }
    double percentile(double part) const;   // 0.5, 0.99: milliseconds; 0 without events
    double maximum() const;                 // milliseconds
    qint64 over(double milliseconds) const; // how many took longer, to the width of a bucket
    const QList<Block> &longest() const { return m_longest; } // newest last, at most Kept

    static constexpr double LongMs = 50;
    static constexpr qsizetype Kept = 20;

private:
    static size_t bucketOf(double milliseconds);
    static double upperEdge(size_t bucket); // milliseconds
    std::array<qint64, 256> m_buckets{};
    qint64 m_count = 0;
    qint64 m_maximum = 0; // nanoseconds
    QList<Block> m_longest;
};

} // namespace ui
