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
QList<FindingGroup> groupedFindings(const QList<models::Finding> &findings); // in the order of their firsts
QString
namesOf(const FindingGroup &group); // "Mapping shop/orders-a"; "3 × Mapping: orders-a, orders-b, orders-c"

} // namespace ui
