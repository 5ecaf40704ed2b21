// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What pages count of the Mappings: how many there are by namespace, how they stand and how bad that is.  Promise: an
// event costs a look at the rows that it changes, never at all of them.  Thread: GUI.  The table must outlive it.
#include "models/items/mapping_tally.h"

#include <array>

namespace models {

class MappingCounts : public QObject
{
    Q_OBJECT
public:
    using Scope = std::function<bool(const QString &nameSpace)>;
    struct Sum
    {
        int own = 0, ofOthers = 0; // of the edge that is chosen; of another one
        int errors = 0, warnings = 0;
        MappingTally tally;
    };
    explicit MappingCounts(const TableModel<MappingRow> &mappings, QObject *parent = nullptr);
    Sum sumOf(const Scope &counts) const; // of those that counts() holds for, by namespace
    // How bad those of this name are that are worth a look: mostly one or none.
    QList<Severity> severitiesOf(const QString &nameSpace, const QString &name) const;
    qint64 looked() const { return m_looked; } // at so many rows, since it was made

private:
    struct Share // of one row in the numbers
    {
        QString nameSpace, name;
        MappingStanding standing = MappingStanding::Unknown;
        Severity severity = Severity::Unknown;
        bool isOtherEdges = false;
    };
    struct Total
    {
        std::array<int, size_t(MappingStanding::Replaced) + 1> standings{};
        int own = 0, ofOthers = 0, errors = 0, warnings = 0;
    };
    Share shareOf(int row);
    void count(const Share &share, int by);
    void countAnew();
    void forget(const QList<int> &rows);

    const TableModel<MappingRow> &m_mappings;
    std::vector<Share> m_shares;         // by row
    QHash<QString, Total> m_totals;      // by namespace
    QMultiHash<QString, Severity> m_bad; // by namespace/name: warnings and worse
    qint64 m_looked = 0;
};

} // namespace models
