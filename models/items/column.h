// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One column of a table: how a row is shown, how it sorts and filters, and by which semantic roles it is
// painted. A table is a list of these; adding a column means adding one.  The functions must be O(1): they
// run for every painted cell.
#include "models/resources/finding.h"

#include <QVariant>

#include <functional>
#include <optional>
#include <vector>

namespace models {

enum class CellStyle { Text, Strong, Dim, Mono, Number, Chip, Bar, Sparkline };

// What "id<value" means in a filter: of the sort key as a number, of how long ago that instant was, or of how
// long it is still to come.
enum class Comparison { None, Number, Age, Remaining };

template<typename Row>
struct Column
{
    QString id;    // stable: "prefix"; saved layouts and tests use it
    QString title; // tr()
    std::function<QVariant(const Row &)> text;
    CellStyle style = CellStyle::Text;
    std::function<QVariant(const Row &)> sortKey = {}; // default: text; numbers, QDateTime (UTC) or texts
    std::function<int(const Row &)> sortRank = {};     // compared before the key: the lower one comes first
    std::function<std::optional<Severity>(const Row &)> severity = {}; // of chips and bars
    std::function<QVariant(const Row &)> value = {};                   // Bar: 0…1; Sparkline: QList<double>
    std::function<QString(const Row &)> toolTip = {};                  // default: the whole text
    int width = 120;                                                   // at 100 %
    int minimumWidth = 48;
    int priority = 1; // 1 stays longest; higher ones give way first when the window is narrow
    bool stretch = false;
    QStringList filterNames = {}; // beside the id: "ns", "namespace"
    Comparison comparison = Comparison::None;
};

} // namespace models
