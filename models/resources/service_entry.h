// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Istio's ServiceEntry: hosts that clients in the mesh know beside Services, and what answers for them: machines, or pods
// of the same namespace.  Pure; what is missing stays empty.
#include "models/resources/istio_traffic.h"

namespace models {

struct ServiceEntry
{
    struct Endpoint // that stands in the entry itself
    {
        QString path; // spec.endpoints[0]
        WorkloadEntry machine;
    };
    QString nameSpace, name;
    QStringList hosts;
    QStringList exportTo;        // empty: everywhere
    bool isMeshInternal = false; // by default it is outside the mesh
    Labels selector;             // of pods and WorkloadEntries; empty: none
    QList<ServicePort> ports;
    QList<Endpoint> endpoints;
    bool selects(const Pod &pod) const;
    bool isMeantBy(const DestinationRule &rule) const; // one of its hosts is the rule's, or within it
};
ServiceEntry parseServiceEntry(const edge::Value &object);

} // namespace models
