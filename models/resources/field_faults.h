// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Fields that have a type or a value which they cannot have (MT-025), with their JSON path: of every kind that a snapshot is made
// of but those of getambassador.io, which are compiled with findings of their own.
// An API server refuses such an object and istiod leaves it out, so it counts for nothing: read for what it may have meant, a
// selector that is none would be one of a whole namespace.  What stands where a secret may be is told by its type alone.
#include "edge/value.h"
#include "models/resources/finding.h"

#include <QList>

namespace models {

QList<Finding> fieldFaults(const edge::Value &object); // of a kind that is not known: none
bool hasFieldRules(const edge::Value &object);         // of a kind that is
bool countsForNothing(const QList<Finding> &faults);   // those of one object; else parts of it do at most
// Of Istio's own configuration, which is a text in a ConfigMap: at "data.mesh" and below.
QList<Finding> meshConfigFaults(const QString &yaml, const ObjectRef &configMap);

} // namespace models
