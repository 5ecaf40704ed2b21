// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/line_diff.h"

#include <vector>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr qsizetype Context = 3;

struct Line
{
    char mark = ' '; // ' ', '-', '+'
    QString text;
};

// Myers' greedy search for the shortest script; remembers each round's reach so that the way can be walked
// back.
std::vector<std::vector<qsizetype>> rounds(const QStringList &a, const QStringList &b)
{
    const qsizetype most = a.size() + b.size();
    std::vector<qsizetype> reach(size_t(2 * most + 2), 0);
    std::vector<std::vector<qsizetype>> all;
    for (qsizetype d = 0; d <= most; ++d) {
        all.push_back(reach);
        for (qsizetype k = -d; k <= d; k += 2) {
            const bool down =
                k == -d || (k != d && reach[size_t(most + k - 1)] < reach[size_t(most + k + 1)]);
            qsizetype x = down ? reach[size_t(most + k + 1)] : reach[size_t(most + k - 1)] + 1;
            while (x < a.size() && x - k < b.size() && a[x] == b[x - k])
                ++x;
            reach[size_t(most + k)] = x;
            if (x >= a.size() && x - k >= b.size())
                return all;
        }
    }
    return all;
}

std::vector<Line> script(const QStringList &a, const QStringList &b)
{
    const auto all = rounds(a, b);
    const qsizetype most = a.size() + b.size();
    std::vector<Line> backwards;
    qsizetype x = a.size();
    qsizetype y = b.size();
    for (qsizetype d = qsizetype(all.size()) - 1; d >= 0; --d) {
        const auto &reach = all[size_t(d)];
        const qsizetype k = x - y;
        const bool down = k == -d || (k != d && reach[size_t(most + k - 1)] < reach[size_t(most + k + 1)]);
        const qsizetype fromK = down ? k + 1 : k - 1;
        const qsizetype fromX = d == 0 ? 0 : reach[size_t(most + fromK)];
        const qsizetype fromY = d == 0 ? 0 : fromX - fromK;
        while (x > fromX && y > fromY) {
            backwards.push_back({' ', a[--x]});
            --y;
        }
        if (d > 0)
            backwards.push_back(down ? Line{'+', b[--y]} : Line{'-', a[--x]});
    }
    return {backwards.rbegin(), backwards.rend()};
}

QString rangeText(qsizetype start, qsizetype count)
{
    return count == 1 ? QString::number(start) : u"%1,%2"_s.arg(count == 0 ? start - 1 : start).arg(count);
}

} // namespace

QString lineDiff(const NamedText &before, const NamedText &after)
{
    if (before.lines == after.lines)
        return {};
    const std::vector<Line> lines = script(before.lines, after.lines);
    const auto count = qsizetype(lines.size());
    QString text = u"--- %1\n+++ %2\n"_s.arg(before.name, after.name);
    qsizetype inBefore = 1;
    qsizetype inAfter = 1;
    for (qsizetype i = 0; i < count;) {
        qsizetype first = i; // next change
        while (first < count && lines[size_t(first)].mark == ' ')
            ++first;
        if (first == count)
            break;
        const qsizetype start = std::max(i, first - Context);
        inBefore += start - i;
        inAfter += start - i;
        qsizetype end = first; // behind the last change that is near enough, with its context
        for (qsizetype j = first; j < count && j <= end + 2 * Context; ++j)
            end = lines[size_t(j)].mark == ' ' ? end : j;
        end = std::min(count, end + 1 + Context);
        QString body;
        qsizetype removed = 0;
        qsizetype added = 0;
        for (qsizetype j = start; j < end; ++j) {
            const Line &line = lines[size_t(j)];
            removed += line.mark != '+' ? 1 : 0;
            added += line.mark != '-' ? 1 : 0;
            body += QLatin1Char(line.mark) + line.text + u'\n';
        }
        text += u"@@ -%1 +%2 @@\n"_s.arg(rangeText(inBefore, removed), rangeText(inAfter, added)) + body;
        inBefore += removed;
        inAfter += added;
        i = end;
    }
    return text;
}

} // namespace models
