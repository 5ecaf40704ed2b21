// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// ServiceMonitor and PodMonitor of the Prometheus operator: which ports it reads.  Pure; what is missing stays empty.
#include "models/resources/label_selector.h"

namespace models {

struct ScrapeMonitor
{
    struct Endpoint
    {
        QString port;        // name of the Service's port, or of the container's for a PodMonitor; "" none
        QString targetPort;  // the container's, by number or name; "" none
        QString path;        // where in the object: spec.endpoints[0]
        bool ownTls = false; // https with a client's certificate, the mesh's for instance
    };
    QString kind, nameSpace, name;
    LabelSelector selector;  // of Services; of pods for a PodMonitor
    bool everywhere = false; // namespaceSelector.any
    QStringList namespaces;  // namespaceSelector.matchNames; empty: its own namespace
    QList<Endpoint> endpoints;
    bool isOfPods() const { return kind == QLatin1String("PodMonitor"); }
    bool looksInto(const QString &candidate) const;
};
ScrapeMonitor parseScrapeMonitor(const edge::Value &object);

} // namespace models
