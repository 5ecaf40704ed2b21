// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What one pod of an edge runs, as it says itself: Ambassador's diagnostics (port 8877, /ambassador/v0/diag/?json=true)
// and Envoy's /config_dump (port 8001).  Ambassador's may be ahead: it does not know what Envoy has refused.
// Sources: Emissary diagnostics/diagnostics.py (DiagResult.include_httpgroup), diagd.py (collect_errors_and_notices);
// Envoy's admin.v3 ListenersConfigDump and RoutesConfigDump, and the names that they had before 1.14.
// A route of Envoy's has no name that leads to a Mapping: routeKey() tells it by its path and where it leads.  Another
// header or timeout in a Mapping is the same key.
#include "edge/config.h"
#include "kube/result.h"

#include <QDateTime>
#include <QHash>
#include <QSet>
#include <QStringList>

namespace models {

struct AmbassadorDiag
{
    QSet<QString> mappings;               // "namespace/name": of these it has made routes
    QHash<QString, QStringList> problems; // by "namespace/name" of any object: errors; "" those of no object
    bool operator==(const AmbassadorDiag &) const = default;
};

struct EnvoyRoutes
{
    QSet<QByteArray> routes; // routeKey() of each that is in force
    QDateTime updatedAt;     // when the newest of them came; invalid: it did not say
    QString refused; // why Envoy goes on without a newer configuration, as it says; "" it has taken the last
    QDateTime refusedAt;
    bool operator==(const EnvoyRoutes &) const = default;
};

struct EdgeRuntime
{
    QString nameSpace, pod;
    QDateTime diagReadAt, envoyReadAt; // when they were asked, UTC
    QString diagError, envoyError;     // why nothing is known, one sentence; "" it was read
    AmbassadorDiag diag;
    EnvoyRoutes envoy;
};

// Error: not JSON of that shape.  Parts that are missing are empty; what has another type is passed over.
kube::Result<AmbassadorDiag> readDiag(const QByteArray &json);
// The whole dump, or that of listeners and of routes alone.  Reads 100,000 routes without a tree of them.
kube::Result<EnvoyRoutes> readEnvoyRoutes(const QByteArray &json);

QByteArray routeKey(const edge::Route &route);

} // namespace models
