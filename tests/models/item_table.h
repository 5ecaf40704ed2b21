// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A small table of every column kind for the tests of models, filters and orders.
#include "models/items/table_model.h"

#include <QDateTime>

struct Item
{
    QString key, name, host;
    int weight = 0;
    QDateTime created;
    models::Severity severity = models::Severity::Good;
};

inline QDateTime testNow() { return {QDate(2026, 8, 1), QTime(12, 0), Qt::UTC}; }

inline std::vector<models::Column<Item>> itemColumns()
{
    using models::CellStyle;
    using models::Comparison;
    std::vector<models::Column<Item>> columns(5);
    columns[0] = {.id = QStringLiteral("name"),
                  .title = QStringLiteral("Name"),
                  .text = [](const Item &item) { return item.name; }};
    columns[1] = {.id = QStringLiteral("host"),
                  .title = QStringLiteral("Host"),
                  .text = [](const Item &item) { return item.host; },
                  .filterNames = {QStringLiteral("h")}};
    columns[2] = {.id = QStringLiteral("weight"),
                  .title = QStringLiteral("Weight"),
                  .text = [](const Item &item) { return QString(QString::number(item.weight) + u" %"); },
                  .style = CellStyle::Number,
                  .sortKey = [](const Item &item) { return item.weight; },
                  .comparison = Comparison::Number};
    columns[3] = {.id = QStringLiteral("age"),
                  .title = QStringLiteral("Created"),
                  .text = [](const Item &item) { return item.created.toString(Qt::ISODate); },
                  .sortKey = [](const Item &item) { return item.created; },
                  .comparison = Comparison::Age};
    columns[4] = {.id = QStringLiteral("state"),
                  .title = QStringLiteral("State"),
                  .text =
                      [](const Item &item) {
                          return item.severity == models::Severity::Good ? QStringLiteral("Loaded")
                                                                         : QStringLiteral("Rejected");
                      },
                  .style = CellStyle::Chip,
                  .severity = [](const Item &item) { return item.severity; },
                  .filterNames = {QStringLiteral("status")}};
    return columns;
}

using ItemModel = models::TableModel<Item>;
using ItemBatch = kube::RowBatch<Item>;
