// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which Services select a pod, by one of their labels instead of by asking each.  Points into the list that it was
// made of, which must not change or go before it.  Pure.
#include "models/resources/workload.h"

namespace models {

class ServiceIndex
{
public:
    explicit ServiceIndex(const QList<Service> &services);
    QList<const Service *> of(const Pod &pod) const; // in the order of the list

private:
    QHash<QString, QList<const Service *>> m_byLabel; // namespace/key=value of the selector's first label
};

} // namespace models
