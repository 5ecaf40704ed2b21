// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A metav1.LabelSelector: matchLabels and matchExpressions, all of which must hold.  Pure.
#include "models/resources/workload.h"

namespace models {

struct LabelSelector
{
    struct Expression
    {
        QString key, operation; // In, NotIn, Exists, DoesNotExist; any other holds for nothing
        QStringList values;
        bool operator==(const Expression &) const = default;
    };
    Labels labels;
    QList<Expression> expressions;
    bool isEmpty() const { return labels.isEmpty() && expressions.isEmpty(); } // it selects everything
    bool selects(const Labels &of) const;
    bool operator==(const LabelSelector &) const = default;
};
LabelSelector parseLabelSelector(const edge::Value &selector); // null: an empty one

} // namespace models
