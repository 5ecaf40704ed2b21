// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a row sorts by, made once from a cell's SortRole so that comparing is cheap and needs no model:
// numbers, booleans and instants by value, texts without regard to case and with the numbers in them by value
// (web-2 before web-10), what is unknown last.  A value.
#include <QString>
#include <QVariant>

namespace models {

struct SortKey
{
    enum class Kind { Number, Text, Unknown };
    Kind kind = Kind::Unknown;
    int rank = 0;      // comes before all else, turned round with the order
    double number = 0; // instants: ms since 1970
    QString text;      // case-folded
    bool operator==(const SortKey &) const = default;
};
SortKey sortKeyOf(const QVariant &value, int rank = 0); // an empty text, an invalid QVariant or NaN: Unknown

int compare(const SortKey &left, const SortKey &right); // <0, 0, >0; ascending
// With an order: Unknown stays last of its rank in both.
int compareInOrder(const SortKey &left, const SortKey &right, Qt::SortOrder order);

int compareNaturally(QStringView left, QStringView right);

} // namespace models
