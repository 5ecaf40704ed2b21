// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Fields of Istio's objects and of Services that have a type or a value which they cannot have (MT-025), with their JSON path.
// An API server with these kinds' schemas refuses such an object and istiod leaves it out, so it counts for nothing: read for
// what it may have meant, a selector that is none would be one of a whole namespace.
#include "edge/value.h"
#include "models/resources/finding.h"

#include <QList>

namespace models {

QList<Finding> fieldFaults(const edge::Value &object); // of a kind that is not known: none
bool countsForNothing(const QList<Finding> &faults);   // those of one object; else parts of it do at most

} // namespace models
