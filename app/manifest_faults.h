// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is wrong with an object of a manifest, whatever its kind: an API server would refuse it, here it is said and the rest
// of it is read.
#include "edge/value.h"

#include <QList>
#include <QString>

namespace app {

// Why nobody will look at it; "" if it is an object as Kubernetes knows them.
QString strangeness(const edge::Value &object);

struct FieldFault
{
    QString path, why;
};
// Of the parts that objects of all kinds have, in those kinds that models::fieldFaults() does not judge.  Such a field reads as if
// it were not there.
QList<FieldFault> fieldFaults(const edge::Value &object);

} // namespace app
