// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/source_column.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

void addSources(Table &table, const QStringList &sources)
{
    if (std::all_of(sources.begin(), sources.end(), [](const QString &source) { return source.isEmpty(); }))
        return;
    table.header.append(u"SOURCE"_s);
    for (qsizetype row = 0; row < table.rows.size(); ++row)
        table.rows[row].append({orDash(sources.value(row))});
}

} // namespace app::cli
