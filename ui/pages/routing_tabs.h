// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The tabs of the page Routing in words.  tab: RoutingPage's, from 0.
#include "models/analysis/prediction.h"
#include "models/items/edge_object_rows.h"
#include "models/items/mapping_counts.h"
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "ui/count_text.h"
#include "ui/state_panel.h"

#include <QStringList>

#include <optional>

namespace ui {

class FixIndex;

QStringList routingTabIds(); // "mappings", "hosts" …; in the tabs' order
QString routingTabName(int tab);
Noun routingRows(int tab);
PanelText routingEmptyText(int tab); // none exist

// Of each tab's own rows, those in the namespaces that are looked at.
struct EdgeCount
{
    int own = 0, ofOthers = 0; // of the edge that is chosen; of another one
};
EdgeCount countInScope(const models::TableModel<models::EdgeObjectRow> &objects,
                       const QStringList &namespaces);

// Errors, or where there is none warnings, of all kinds of routes; else the total: of the namespaces that are looked at, and
// without what somebody has muted.  Looks at every Host, Listener and TCPMapping, and at the Mappings' counts.
struct RoutingBadge
{
    QString text;
    std::optional<models::Severity> severity;
};
RoutingBadge routingBadge(const models::MappingCounts *mappings,
                          const QList<models::TableModel<models::EdgeObjectRow> *> &objects, int total,
                          const QStringList &namespaces, FixIndex &muted);

// A request that this Mapping's host, prefix and conditions would match, as far as they can be guessed.
models::RequestSpec sampleRequest(const models::MappingRow &row, bool overTls);
// The same for its place in the match order: where it is of any host, with one that nothing is named.
models::RequestSpec orderRequest(const models::MappingRow &row, bool overTls);

} // namespace ui
