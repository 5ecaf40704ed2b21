// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/activity.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

constexpr qsizetype Most = 500;

double placeOf(const models::JournalRow &row)
{
    return std::max<double>(row.entry.number, row.observedAfter);
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
    const qsizetype tooMany = m_observed.size() - Most;
    for (qsizetype i = 0; i < tooMany; ++i)
        m_gone.append(m_observed[i].key);
    if (tooMany > 0)
        m_observed.remove(0, tooMany);
}

// Only what was appended since is looked at.
void Activity::learnOwnWrites(const Journal &journal) const
{
    const bool goesOn =
        journal.size() >= m_learnt && (m_learnt == 0 || journal[m_learnt - 1].number == m_learntLast);
    if (!goesOn) {
        m_ownWrites.clear();
        m_learnt = 0;
    }
    for (; m_learnt < journal.size(); ++m_learnt) {
        const models::JournalEntry &entry = journal[m_learnt];
        m_ownWrites[entry.change.subject().text()].append(entry.at);
        m_learntLast = entry.number;
    }
}

// The cluster tells of our own writes as of all others: who made them is this program, or not told.
bool Activity::isOurs(const models::JournalEntry &observed, const Journal &journal) const
{
    constexpr qint64 ClockSlack = 60; // seconds between the server's clock and ours
    if (!observed.who.isEmpty() && observed.who != "sallyport"_L1)
        return false;
    learnOwnWrites(journal);
    const QList<QDateTime> times = m_ownWrites.value(observed.change.subject().text());
    return std::any_of(times.begin(), times.end(), [&observed](const QDateTime &at) {
        return qAbs(at.secsTo(observed.at)) <= ClockSlack;
    });
}

QList<models::JournalRow> Activity::rows(const Journal &journal)
{
    m_gone.clear();
    m_told = m_count;
    QList<models::JournalRow> rows;
    for (const models::JournalEntry &entry : journal)
        rows.append({QString::number(entry.number), entry});
    for (const models::JournalRow &row : std::as_const(m_observed)) {
        if (!isOurs(row.entry, journal))
            rows.append(row);
    }
    return rows;
}

kube::RowBatch<models::JournalRow> Activity::news(const Journal &journal)
{
    kube::RowBatch<models::JournalRow> batch{{}, std::exchange(m_gone, {}), true};
    const qsizetype untold = std::min<qsizetype>(m_count - std::exchange(m_told, m_count), m_observed.size());
    for (qsizetype i = m_observed.size() - untold; i < m_observed.size(); ++i) {
        if (!isOurs(m_observed[i].entry, journal))
            batch.upserts.append(m_observed[i]);
    }
    return batch;
}

// Both lists are in order, so their ends are all that is looked at.
QList<models::JournalRow>
Activity::newest(const Journal &journal, qsizetype most,
                 const std::function<bool(const models::JournalEntry &)> &wanted) const
{
    QList<models::JournalRow> rows;
    qsizetype written = journal.size() - 1;
    qsizetype seen = m_observed.size() - 1;
    while (rows.size() < most && (written >= 0 || seen >= 0)) {
        const bool isSeen = written < 0 || (seen >= 0 && placeOf(m_observed[seen]) > journal[written].number);
        const models::JournalRow row = isSeen
            ? m_observed[seen--]
            : models::JournalRow{QString::number(journal[written].number), journal[written]};
        written -= !isSeen;
        if (wanted(row.entry) && !(isSeen && isOurs(row.entry, journal)))
            rows.append(row);
    }
    return rows;
}

} // namespace app::gui
