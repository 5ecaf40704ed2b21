// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The filter language of every table.  Terms are separated by spaces and all must hold:
//   word         in any cell, or in "namespace/name", without regard to case          "two words"  the same with spaces or signs in
//   it -term        must not hold                                 /re/         a regular expression; ^ and $
//   are the ends of a cell id:text      in that column (text, "text" or /re/); of a column with a severity
//   also ok, warning, error, unknown id<1h  id>=3 of columns that can be compared: an age, what is left of a
//   lifetime, a number; units s m h d w y
// A word with a colon and a number or a slash after it, whose first part names no column, is a word ("quote:80",
// "http://a").  Pure; parsing never throws.
#include "models/items/table_model.h"

#include <QRegularExpression>

namespace models {

struct FilterTerm
{
    enum class Kind { Text, Pattern, Compare };
    enum class Relation { Less, LessOrEqual, Equal, GreaterOrEqual, Greater };
    Kind kind = Kind::Text;
    bool excludes = false;
    int column = -1; // -1: any
    QString text;    // case-folded
    QRegularExpression pattern;
    bool readsWholeRows = false; // the pattern cannot tell the end of a cell from the end of a row's text
    Relation relation = Relation::Equal;
    Comparison comparison = Comparison::None;
    double value = 0;                 // ms for Age and Remaining
    std::optional<Severity> severity; // of Text in a column: holds too if the cell has it
    bool needsValue() const { return kind == Kind::Compare || severity; }
};

// What a term looks for, to be marked where it stands in the cells that it looks at.
struct FilterMark
{
    int column = -1;            // -1: any
    QString text;               // case-folded; "" it is a pattern
    QRegularExpression pattern; // of no use where there is a text
    bool operator==(const FilterMark &) const = default;
};
struct MarkedPart
{
    qsizetype from = 0, length = 0; // of the text as it is shown
    bool operator==(const MarkedPart &) const = default;
};
QList<MarkedPart> markedParts(const QList<FilterMark> &marks, int column, const QString &shown);

struct RowFilter
{
    QList<FilterTerm> terms;
    QString error; // what is wrong or not finished; the terms are of no use then
    bool usesTime() const;
    QList<FilterMark> marks() const; // of what is not excluded
};
RowFilter parseFilter(QStringView text, const QList<TableModelBase::ColumnLayout> &columns);

// What a filter reads of a row.
struct FilterText
{
    QString cells;        // case-folded, one line a cell; of objects "namespace/name" behind them
    QList<double> values; // one for each term that needsValue(), in order; NaN: has none
};
QString filterCells(const TableModelBase &model, int row);
QList<double> filterValues(const TableModelBase &model, int row, const RowFilter &filter);
bool matches(const RowFilter &filter, const FilterText &row, qint64 nowMsecs);

} // namespace models
