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
    // Everything it leads to, in order; what is absent leads nowhere.  A path that multiplies ("..*..*") ends when it
    // has passed MaxVisits values: with what it found until then.
    QList<QJsonValue> evaluate(const QJsonValue &root) const;
    static constexpr int MaxVisits = 100'000;
    // The first result as a column shows it: texts plain, numbers and booleans written out, the rest as JSON;
    // "" for nothing.
    QString text(const QJsonValue &root) const;
    // All results in that form, joined by commas as kubectl's custom-columns does.
    QString joined(const QJsonValue &root) const;

private:
    friend class JsonPathParser;
    struct Step;
    QList<QJsonValue> walk(const QJsonValue &root, int &visits) const;
    static void follow(const Step &step, const QJsonValue &value, QList<QJsonValue> &next, int &visits);
    static bool isKept(const Step &filter, const QJsonValue &item, int &visits);

    std::vector<std::shared_ptr<const Step>> m_steps;
};

} // namespace kube
