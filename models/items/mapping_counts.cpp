// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/mapping_counts.h"

namespace models {

MappingCounts::MappingCounts(const TableModel<MappingRow> &mappings, QObject *parent)
    : QObject(parent)
    , m_mappings(mappings)
{
    connect(&mappings, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last) {
                for (int row = first.row(); row <= last.row(); ++row) {
                    count(m_shares[size_t(row)], -1);
                    count(m_shares[size_t(row)] = shareOf(row), 1);
                }
            });
    connect(&mappings, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { // at the end
                for (int row = first; row <= last; ++row)
                    count(m_shares.emplace_back(shareOf(row)), 1);
            });
    connect(&mappings, &TableModelBase::rowsGone, this, &MappingCounts::forget);
    connect(&mappings, &QAbstractItemModel::modelReset, this, &MappingCounts::countAnew);
    countAnew();
}

MappingCounts::Share MappingCounts::shareOf(int row)
{
    ++m_looked;
    const MappingRow &mapping = m_mappings.row(row);
    return {mapping.nameSpace, mapping.name, standingOf(mapping), stateSeverity(mapping),
            mapping.verdict && mapping.verdict->state == MappingVerdict::State::NotForThisEdge};
}

void MappingCounts::count(const Share &share, int by)
{
    Total &total = m_totals[share.nameSpace];
    total.standings[size_t(share.standing)] += by;
    (share.isOtherEdges ? total.ofOthers : total.own) += by;
    total.errors += share.severity == Severity::Error ? by : 0;
    total.warnings += share.severity == Severity::Warning ? by : 0;
    if (share.severity < Severity::Warning)
        return;
    const QString name = share.nameSpace + QLatin1Char('/') + share.name;
    if (by > 0)
        m_bad.insert(name, share.severity);
    else if (const auto one = m_bad.constFind(name, share.severity); one != m_bad.constEnd())
        m_bad.erase(one);
}

void MappingCounts::countAnew()
{
    m_shares.clear();
    m_totals.clear();
    m_bad.clear();
    for (int row = 0; row < m_mappings.rowCount(); ++row)
        count(m_shares.emplace_back(shareOf(row)), 1);
}

void MappingCounts::forget(const QList<int> &rows)
{
    for (const int row : rows)
        count(m_shares[size_t(row)], -1);
    auto gone = rows.begin();
    int row = 0;
    std::erase_if(m_shares, [&](const Share &) {
        const bool goes = gone != rows.end() && *gone == row;
        gone += goes ? 1 : 0;
        ++row;
        return goes;
    });
}

MappingCounts::Sum MappingCounts::sumOf(const Scope &counts) const
{
    Sum sum;
    for (auto total = m_totals.cbegin(); total != m_totals.cend(); ++total) {
        if (!counts(total.key()))
            continue;
        sum.own += total->own;
        sum.ofOthers += total->ofOthers;
        sum.errors += total->errors;
        sum.warnings += total->warnings;
        for (size_t standing = 0; standing < total->standings.size(); ++standing)
            sum.tally.add(MappingStanding(standing), total->standings[standing]);
    }
    return sum;
}

QList<Severity> MappingCounts::severitiesOf(const QString &nameSpace, const QString &name) const
{
    return m_bad.values(nameSpace + QLatin1Char('/') + name);
}

} // namespace models
