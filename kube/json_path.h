// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Kubernetes' JSONPath, as printer columns and kubectl -o jsonpath use it (facts kube-client.md §1.8): fields
// with escaped dots,
// ['quoted'] fields, wildcards, indices and slices (negative from the end), unions, recursive descent, and
// filters with one comparison or existence.  Not the template language around it ({range} …).  Pure; a path
// is compiled once and used for many objects.
#include "kube/result.h"

#include <QJsonValue>

#include <memory>

namespace kube {

class JsonPath
{
public:
    static Result<JsonPath> compile(const QString &text); // ".spec.x", "{.spec.x}", "$.spec.x"
    // Everything it leads to, in order; what is absent leads nowhere.
    QList<QJsonValue> evaluate(const QJsonValue &root) const;
    // The first result as a column shows it: texts plain, numbers and booleans written out, the rest as JSON;
    // "" for nothing.
    QString text(const QJsonValue &root) const;

private:
    friend class JsonPathParser;
    struct Step;
    std::vector<std::shared_ptr<const Step>> m_steps;
};

} // namespace kube
