// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/label_selector.h"

#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// As the API server compares (apimachinery's labels.Requirement): NotIn holds for an object without the key.
bool holds(const LabelSelector::Expression &expression, const Labels &labels)
{
    const auto label = labels.constFind(expression.key);
    const bool exists = label != labels.constEnd();
    if (expression.operation == "In"_L1)
        return exists && expression.values.contains(*label);
    if (expression.operation == "NotIn"_L1)
        return !exists || !expression.values.contains(*label);
    if (expression.operation == "Exists"_L1)
        return exists;
    return expression.operation == "DoesNotExist"_L1 && !exists;
}

} // namespace

bool LabelSelector::selects(const Labels &of) const
{
    return containsAll(of, labels)
        && std::all_of(expressions.begin(), expressions.end(),
                       [&](const Expression &expression) { return holds(expression, of); });
}

LabelSelector parseLabelSelector(const edge::Value &selector)
{
    LabelSelector parsed;
    parsed.labels = texts(selector["matchLabels"]);
    for (const edge::Value &given : selector["matchExpressions"].items()) {
        LabelSelector::Expression expression{text(given["key"]), text(given["operator"]), {}};
        for (const edge::Value &value : given["values"].items())
            expression.values.append(text(value));
        parsed.expressions.append(expression);
    }
    return parsed;
}

} // namespace models
