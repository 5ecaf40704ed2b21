// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Kubernetes' JSONPath, as printer columns and kubectl -o jsonpath use it (facts kube-client.md §1.8): fields
// with escaped dots,
// ['quoted'] fields, wildcards, indices and slices (negative from the end), unions, recursive descent, and
// filters with one comparison, of paths and literals on either side, or existence.  Beside kubectl: a quoted name is one name, dots
// and blanks in it as they are, and may stand in double quotes.  Not the template language around it ({range} …).  Pure; a path is compiled once and used for many objects.
#include "kube/result.h"

#include <QJsonValue>

#include <memory>

namespace kube {

class JsonPath
{
public:
    static Result<JsonPath> compile(const QString &text); // ".spec.x", "{.spec.x}", "$.spec.x"
    // Everything it leads to, in order; what is absent leads nowhere.  A path that multiplies ("..*..*") ends when it
    // has passed MaxVisits values: with what it found until then.  As in kubectl, a filter that compares a number with
    // a text, or more than one thing, is an error of its own words (client-go: third_party/…/template/funcs.go).
    Result<QList<QJsonValue>> find(const QJsonValue &root) const;
    QList<QJsonValue> evaluate(const QJsonValue &root) const; // nothing for such an error
    static constexpr int MaxVisits = 100'000;
    // The first result as a column shows it: texts plain, numbers and booleans written out, the rest as JSON;
    // "" for nothing.
    QString text(const QJsonValue &root) const;
    // All results in that form, joined by commas as kubectl's custom-columns does.
    Result<QString> joined(const QJsonValue &root) const;

private:
    friend class JsonPathParser;
    struct Step;
    struct Walk;
    QList<QJsonValue> from(const QJsonValue &root, Walk &walk) const;
    static void follow(const Step &step, const QJsonValue &value, QList<QJsonValue> &next, Walk &walk);
    static void filter(const Step &step, const QJsonValue &value, QList<QJsonValue> &next, Walk &walk);
    static bool isKept(const Step &filter, const QJsonValue &item, Walk &walk);
    bool isFraction() const;

    std::vector<std::shared_ptr<const Step>> m_steps;
};

} // namespace kube
