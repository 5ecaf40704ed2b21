// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Worlds near the preflight's fixtures, of which the rows of one check are compared with their exceptions.
#include "tests/models/preflight_world.h"

#include <functional>

namespace preflight_world {

struct Neighbour
{
    const char *name;
    QString check;
    QStringList expected; // rowsOf(check); empty: it must not fire
    std::function<void(World &)> change;
};

// The rows of one check, as "LEVEL subject" and, with an exception, " > namespace/workload:port"; sorted.
QStringList rowsOf(const models::PreflightReport &report, const QString &check);
void addOrders(World &world); // two workloads behind one label, each with three ports
// With the annotations by which it only fetches its certificate, as the guide has it.
void injectEdge(World &world);
QByteArray service(const QByteArray &spec, const QByteArray &name = "orders"); // in namespace shop
QByteArray rule(const QByteArray &name, const QByteArray &nameSpace, const QByteArray &spec);
QStringList ofBoth(const QString &subject, const QList<int> &ports,
                   const QString &level = QStringLiteral("LIKELY"));

inline const QByteArray Ports =
    "ports: [{containerPort: 8080}, {containerPort: 8081}, {containerPort: 9099}]";
inline const QByteArray ThreePorts =
    "selector: {app: orders}, ports: [{name: http-metrics, port: 9099}, {name: http-api, port: 80, "
    "targetPort: 8080}, {name: http-admin, port: 81, targetPort: 8081}]}";

} // namespace preflight_world
