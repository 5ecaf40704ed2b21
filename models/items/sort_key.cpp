// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/sort_key.h"

#include <QDateTime>

#include <cmath>

namespace models {

namespace {

bool isDigit(QChar character) { return character >= QLatin1Char('0') && character <= QLatin1Char('9'); }

QStringView takeDigits(QStringView &text)
{
    qsizetype length = 0;
    while (length < text.size() && isDigit(text[length]))
        ++length;
    QStringView digits = text.first(length);
    text = text.sliced(length);
    while (digits.size() > 1 && digits.front() == QLatin1Char('0'))
        digits = digits.sliced(1);
    return digits;
}

} // namespace

SortKey sortKeyOf(const QVariant &value, int rank)
{
    switch (value.typeId()) {
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
    case QMetaType::Double:
    case QMetaType::Float:
    case QMetaType::Bool: {
        const double number = value.toDouble();
        return std::isnan(number) ? SortKey{SortKey::Kind::Unknown, rank, 0, {}}
                                  : SortKey{SortKey::Kind::Number, rank, number, {}};
    }
    case QMetaType::QDateTime: {
        const QDateTime instant = value.toDateTime();
        return instant.isValid()
            ? SortKey{SortKey::Kind::Number, rank, double(instant.toMSecsSinceEpoch()), {}}
            : SortKey{SortKey::Kind::Unknown, rank, 0, {}};
    }
    default: {
        const QString text = value.toString();
        return text.isEmpty() ? SortKey{SortKey::Kind::Unknown, rank, 0, {}}
                              : SortKey{SortKey::Kind::Text, rank, 0, text.toCaseFolded()};
    }
    }
}

int compareNaturally(QStringView left, QStringView right)
{
    while (!left.isEmpty() && !right.isEmpty()) {
        if (isDigit(left.front()) && isDigit(right.front())) {
            const QStringView leftDigits = takeDigits(left);
            const QStringView rightDigits = takeDigits(right);
            if (leftDigits.size() != rightDigits.size())
                return leftDigits.size() < rightDigits.size() ? -1 : 1;
            if (const int result = leftDigits.compare(rightDigits); result != 0)
                return result;
        } else {
            if (left.front() != right.front())
                return left.front() < right.front() ? -1 : 1;
            left = left.sliced(1);
            right = right.sliced(1);
        }
    }
    return left.isEmpty() ? (right.isEmpty() ? 0 : -1) : 1;
}

int compare(const SortKey &left, const SortKey &right)
{
    if (left.rank != right.rank)
        return left.rank < right.rank ? -1 : 1;
    if (left.kind != right.kind)
        return left.kind < right.kind ? -1 : 1;
    if (left.kind == SortKey::Kind::Number)
        return left.number < right.number ? -1 : left.number > right.number ? 1 : 0;
    return left.kind == SortKey::Kind::Text ? compareNaturally(left.text, right.text) : 0;
}

int compareInOrder(const SortKey &left, const SortKey &right, Qt::SortOrder order)
{
    const bool isKnown = left.kind != SortKey::Kind::Unknown && right.kind != SortKey::Kind::Unknown;
    const int result = compare(left, right);
    return order == Qt::DescendingOrder && (isKnown || left.rank != right.rank) ? -result : result;
}

} // namespace models
