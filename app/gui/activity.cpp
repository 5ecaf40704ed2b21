// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/activity.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

constexpr qsizetype Most = 500;

// The cluster tells of our own writes as of all others: who made them is this program, or not told.
bool isOurs(const models::JournalEntry &observed, const QList<models::JournalEntry> &journal)
{
    constexpr qint64 ClockSlack = 60; // seconds between the server's clock and ours
    if (!observed.who.isEmpty() && observed.who != "sallyport"_L1)
        return false;
    return std::any_of(journal.begin(), journal.end(), [&observed](const models::JournalEntry &entry) {
        return entry.change.subject() == observed.change.subject()
            && qAbs(entry.at.secsTo(observed.at)) <= ClockSlack;
    });
}

} // namespace

void Activity::add(const ObservedBatch &batch, int lastNumber)
{
    const auto append = [this, lastNumber](const models::JournalEntry &entry) {
        ++m_count;
        m_observed.append({u"seen-%1"_s.arg(m_count), entry, lastNumber + m_count * 1e-7});
    };
    if (batch.leftOut > 0) {
        models::JournalEntry rest;
        rest.at = QDateTime::currentDateTimeUtc();
        rest.title = QCoreApplication::translate("Activity", "%1 more changes, too many at once to list each")
                         .arg(batch.leftOut);
        append(rest);
    }
    for (const models::JournalEntry &entry : batch.entries)
        append(entry);
    if (m_observed.size() > Most)
        m_observed.remove(0, m_observed.size() - Most);
}

QList<models::JournalRow> Activity::rows(const QList<models::JournalEntry> &journal) const
{
    QList<models::JournalRow> rows;
    for (const models::JournalEntry &entry : journal)
        rows.append({QString::number(entry.number), entry});
    for (const models::JournalRow &row : m_observed) {
        if (!isOurs(row.entry, journal))
            rows.append(row);
    }
    return rows;
}

} // namespace app::gui
