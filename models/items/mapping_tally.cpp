// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/mapping_tally.h"

namespace models {

void MappingTally::add(MappingStanding standing)
{
    if (standing == MappingStanding::Replaced) // another one of its name counts
        return;
    if (standing == MappingStanding::OtherEdge) {
        ++otherEdge;
        return;
    }
    ++all;
    switch (standing) {
    case MappingStanding::Loaded: ++loaded; break;
    case MappingStanding::NotReadYet:
        wasAsked = false;
        ++configOnly;
        break;
    case MappingStanding::ConfigOnly: ++configOnly; break;
    case MappingStanding::NotSeenYet:
    case MappingStanding::NotInEnvoy: ++notYet; break;
    case MappingStanding::Faulty: ++faulty; break;
    case MappingStanding::Rejected: ++rejected; break;
    case MappingStanding::Shadowed:
    case MappingStanding::Unreachable:
    case MappingStanding::Unknown: ++other; break;
    case MappingStanding::OtherEdge:
    case MappingStanding::Replaced: break;
    }
}

MappingTally tallyOf(const TableModel<MappingRow> &mappings,
                     const std::function<bool(const QString &nameSpace)> &counts)
{
    MappingTally tally;
    for (int i = 0; i < mappings.rowCount(); ++i) {
        const MappingRow &row = mappings.row(i);
        if (counts(row.nameSpace))
            tally.add(standingOf(row));
    }
    return tally;
}

} // namespace models
