// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// EndpointSlices: who answers for a Service that selects no pods by itself.  Pure; what is missing stays empty.
#include "models/resources/workload.h"

namespace models {

struct EndpointSlice
{
    struct Endpoint
    {
        QStringList addresses;
        QString pod;         // that its targetRef names, "" none
        bool isReady = true; // what does not say is
    };
    QString nameSpace, name, service; // service: by its label kubernetes.io/service-name
    QList<Endpoint> endpoints;
};
EndpointSlice parseEndpointSlice(const edge::Value &object);
EndpointSlice
parseEndpoints(const edge::Value &object); // of Kubernetes before 1.17: of the Service of its name

} // namespace models
