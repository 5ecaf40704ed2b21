// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Findings that say the same of several objects, as one: by code, severity, kind and cause.
#include "models/resources/finding.h"

#include <QList>

namespace ui {

struct FindingGroup
{
    models::Finding first;
    QList<models::ObjectRef> objects; // each once, in their order
};
// What is to be said of those that need attention, in some namespaces; {}: all.  Looks at every one.  Pure.
struct FindingDigest
{
    QList<FindingGroup> groups; // the worst first
    int errors = 0, warnings = 0;
    qsizetype count = 0, elsewhere = 0; // in other namespaces
};
FindingDigest digestOf(const QList<models::Finding> &findings, const QStringList &namespaces);
QList<FindingGroup> groupedFindings(const QList<models::Finding> &findings); // in the order of their firsts
QString
namesOf(const FindingGroup &group); // "Mapping shop/orders-a"; "3 × Mapping: orders-a, orders-b, orders-c"

} // namespace ui
