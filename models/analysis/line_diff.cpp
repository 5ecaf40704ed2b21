// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/line_diff.h"

#include <algorithm>
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

// Beyond so many changed lines the shortest script is not looked for: its memory grows with their square, and nobody
// reads such a diff line by line.
constexpr qsizetype MostChanges = 4000;

// How far each round of Myers' greedy search has come: round d, on the diagonals -d … d, every second one.
class Rounds
{
public:
    Rounds(const QStringList &a, const QStringList &b)
    {
        for (qsizetype d = 0; d <= std::min(a.size() + b.size(), MostChanges); ++d) {
            m_reach.emplace_back(size_t(d + 1));
            for (qsizetype k = -d; k <= d; k += 2) {
                qsizetype x = d == 0 ? 0 : start(d, k).x;
                while (x < a.size() && x - k < b.size() && a[x] == b[x - k])
                    ++x;
                m_reach.back()[size_t((k + d) / 2)] = x;
                if (x >= a.size() && x - k >= b.size()) {
                    m_isComplete = true;
                    return;
                }
            }
        }
    }
    bool isComplete() const { return m_isComplete; } // false: more than MostChanges
    qsizetype last() const { return qsizetype(m_reach.size()) - 1; }

    struct Start
    {
        qsizetype fromX = 0, fromK = 0, x = 0; // where the round before stood, and here behind its one change
        bool isAddition = false;
    };
    Start start(qsizetype d, qsizetype k) const // d > 0
    {
        const bool isAddition = k == -d || (k != d && reach(d - 1, k - 1) < reach(d - 1, k + 1));
        const qsizetype fromK = isAddition ? k + 1 : k - 1;
        const qsizetype fromX = reach(d - 1, fromK);
        return {fromX, fromK, isAddition ? fromX : fromX + 1, isAddition};
    }

private:
    qsizetype reach(qsizetype d, qsizetype k) const { return m_reach[size_t(d)][size_t((k + d) / 2)]; }

    std::vector<std::vector<qsizetype>> m_reach;
    bool m_isComplete = false;
};

// Backwards: the way that the rounds have come.
void walkBack(const Rounds &rounds, const QStringList &a, const QStringList &b, std::vector<Line> &backwards)
{
    qsizetype x = a.size();
    qsizetype y = b.size();
    for (qsizetype d = rounds.last(); d > 0; --d) {
        const Rounds::Start start = rounds.start(d, x - y);
        for (; x > start.x; --x, --y)
            backwards.push_back({' ', a[x - 1]});
        backwards.push_back(start.isAddition ? Line{'+', b[y - 1]} : Line{'-', a[x - 1]});
        x = start.fromX;
        y = start.fromX - start.fromK;
    }
    for (; x > 0; --x)
        backwards.push_back({' ', a[x - 1]});
}

std::vector<Line> script(const QStringList &a, const QStringList &b)
{
    const auto begin = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
    const auto rest = std::min(a.size(), b.size()) - begin;
    const auto end = std::mismatch(a.rbegin(), a.rbegin() + rest, b.rbegin()).first - a.rbegin();
    const QStringList changedA = a.mid(begin, a.size() - begin - end);
    const QStringList changedB = b.mid(begin, b.size() - begin - end);
    std::vector<Line> backwards;
    for (qsizetype i = 0; i < end; ++i)
        backwards.push_back({' ', a[a.size() - 1 - i]});
    if (const Rounds rounds(changedA, changedB); rounds.isComplete()) {
        walkBack(rounds, changedA, changedB, backwards);
    } else {
        for (auto line = changedB.rbegin(); line != changedB.rend(); ++line)
            backwards.push_back({'+', *line});
        for (auto line = changedA.rbegin(); line != changedA.rend(); ++line)
            backwards.push_back({'-', *line});
    }
    for (qsizetype i = begin; i-- > 0;)
        backwards.push_back({' ', a[i]});
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
        for (qsizetype j = first; j < count && j <= end + 2 * Context + 1; ++j)
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
