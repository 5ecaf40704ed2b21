// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/cron_period.h"

#include <QRegularExpression>
#include <QSet>
#include <QStringList>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr qint64 Minute = 60, Hour = 60 * Minute, Day = 24 * Hour;

struct Field
{
    int first, last;
    QStringList names = {}; // of the values, from the first
};

int numberOf(const QString &text, const Field &field)
{
    if (const qsizetype named = field.names.indexOf(text.left(3).toLower()); named >= 0)
        return field.first + int(named);
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    return isNumber ? number : -1;
}

// The values that one field allows, nothing where it cannot be read.
std::optional<QSet<int>> valuesOf(const QString &written, const Field &field)
{
    QSet<int> values;
    for (const QString &part : written.split(u',')) {
        const QString range = part.section(u'/', 0, 0);
        const int step = part.contains(u'/') ? part.section(u'/', 1).toInt() : 1;
        const bool isAll = range == "*"_L1 || range == "?"_L1;
        const int from = isAll ? field.first : numberOf(range.section(u'-', 0, 0), field);
        const int to = isAll || (part.contains(u'/') && !range.contains(u'-')) ? field.last
            : range.contains(u'-') ? numberOf(range.section(u'-', 1), field)
                                   : from;
        if (step < 1 || from < field.first || to > field.last || to < from)
            return {};
        for (int value = from; value <= to; value += step)
            values.insert(value);
    }
    return values;
}

// The longest way from one value to the next, around the end.
int longestGap(const QSet<int> &values, const Field &field)
{
    QList<int> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const int around = field.last - field.first + 1;
    int gap = sorted.first() + around - sorted.last();
    for (qsizetype i = 1; i < sorted.size(); ++i)
        gap = std::max(gap, sorted[i] - sorted[i - 1]);
    return gap;
}

} // namespace

qint64 longestPause(const QString &schedule)
{
    const QString named = schedule.trimmed().toLower();
    if (named == "@hourly"_L1)
        return Hour;
    if (named == "@daily"_L1 || named == "@midnight"_L1)
        return Day;
    if (named == "@weekly"_L1)
        return 7 * Day;
    if (named == "@monthly"_L1)
        return 31 * Day;
    if (named == "@yearly"_L1 || named == "@annually"_L1)
        return 366 * Day;
    static const QRegularExpression spaces(u"\\s+"_s);
    QStringList fields = schedule.trimmed().split(spaces);
    if (fields.size() == 6 && fields.first().contains(u'=')) // TZ=Europe/Berlin
        fields.removeFirst();
    if (fields.size() != 5)
        return 0;
    static const QStringList months{u"jan"_s, u"feb"_s, u"mar"_s, u"apr"_s, u"may"_s, u"jun"_s,
                                    u"jul"_s, u"aug"_s, u"sep"_s, u"oct"_s, u"nov"_s, u"dec"_s};
    static const QStringList days{u"sun"_s, u"mon"_s, u"tue"_s, u"wed"_s, u"thu"_s, u"fri"_s, u"sat"_s};
    static const Field kinds[]{{0, 59}, {0, 23}, {1, 31}, {1, 12, months}, {0, 7, days}};
    std::optional<QSet<int>> values[5];
    for (int i = 0; i < 5; ++i) {
        values[i] = valuesOf(fields[i], kinds[i]);
        if (!values[i])
            return 0;
    }
    if (values[4]->remove(7)) // Sunday once more
        values[4]->insert(0);
    const bool anyDay = values[2]->size() == 31, anyWeekday = values[4]->size() == 7;
    if (values[3]->size() < 12)
        return 366 * Day;
    if (!anyDay && !anyWeekday) // either will do
        return std::min(longestGap(*values[2], kinds[2]), longestGap(*values[4], {0, 6})) * Day;
    if (!anyDay)
        return longestGap(*values[2], kinds[2]) * Day;
    if (!anyWeekday)
        return longestGap(*values[4], {0, 6}) * Day;
    if (values[1]->size() < 24)
        return longestGap(*values[1], kinds[1]) * Hour;
    return longestGap(*values[0], kinds[0]) * Minute;
}

QString pauseText(qint64 seconds)
{
    const auto upTo = [seconds](qint64 unit) { return (seconds + unit - 1) / unit; };
    if (seconds >= 2 * Day)
        return u"%1 days"_s.arg(upTo(Day));
    if (seconds >= 2 * Hour)
        return u"%1 h"_s.arg(upTo(Hour));
    return seconds >= 2 * Minute ? u"%1 min"_s.arg(upTo(Minute)) : u"%1 s"_s.arg(seconds);
}

} // namespace models
