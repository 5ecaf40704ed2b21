// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The tables of the console.  They live as long as the window and are cleared when another cluster is chosen.
#include "models/items/rows.h"
#include "models/items/table_model.h"

namespace app::gui {

struct ConsoleModels
{
    models::TableModel<models::MappingRow> mappings{models::mappingColumns()};
    models::TableModel<models::CertificateRow> certificates{
        models::certificateColumns([] { return QDateTime::currentDateTimeUtc(); })};
    models::TableModel<models::WorkloadPosture> postures{models::postureColumns()};
    models::TableModel<models::JournalRow> journal{models::journalColumns()};

    void clear()
    {
        mappings.setDecorator({});
        mappings.clear();
        certificates.clear();
        postures.clear();
        journal.clear();
    }
};

} // namespace app::gui
