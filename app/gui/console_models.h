// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The tables of the console.  They live as long as the window and are cleared when another cluster is chosen.
#include "models/items/edge_object_rows.h"
#include "models/items/route_tree.h"
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
    models::TableModel<models::JournalRow> activity{models::journalColumns()}; // with what others changed
    models::TableModel<models::EdgeObjectRow> hosts{models::hostColumns()};
    models::TableModel<models::EdgeObjectRow> listeners{models::listenerColumns()};
    models::TableModel<models::EdgeObjectRow> tcpMappings{models::tcpMappingColumns()};
    models::RouteTree routes;
    models::TableModel<models::FindingRow> findings{models::findingColumns()};
    models::TableModel<models::NoticeRow> notices{models::noticeColumns()}; // of the window, not of a cluster

    ConsoleModels() { routes.follow(mappings); }
    void clear()
    {
        mappings.setDecorator({});
        mappings.clear();
        certificates.clear();
        postures.clear();
        journal.clear();
        activity.clear();
        findings.clear();
        for (auto *objects : {&hosts, &listeners, &tcpMappings})
            objects->clear();
        routes.setNodes({});
    }
};

} // namespace app::gui
