// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/preflight_neighbour.h"

using namespace Qt::StringLiterals;

namespace preflight_world {

QStringList rowsOf(const models::PreflightReport &report, const QString &check)
{
    QStringList rows;
    for (const models::PreflightRow &row : report.rows) {
        if (row.check != check)
            continue;
        QString text = models::preflightLevelName(row.level) + u' ' + row.subject.text();
        if (row.exception)
            text += u" > %1/%2:%3"_s.arg(row.exception->nameSpace, row.exception->workload)
                        .arg(row.exception->port);
        rows.append(text);
    }
    rows.sort();
    return rows;
}

void addOrders(World &world)
{
    world.add("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}");
    for (const QByteArray version : {"v1", "v2"})
        world.add(podYaml("shop", "orders-" + version,
                          "containers: [{name: app, " + Ports + "}, {name: istio-proxy}]",
                          "labels: {app: orders, version: " + version + "}"));
}

void injectEdge(World &world)
{
    world.replace(
        "pod-template-hash: 5d4f8c7b9}\n  annotations: {sidecar.istio.io/inject: 'false'}",
        "pod-template-hash: 5d4f8c7b9}\n  annotations: {traffic.sidecar.istio.io/includeInboundPorts: '', "
        "traffic.sidecar.istio.io/includeOutboundIPRanges: '', sidecar.istio.io/status: '{}'}");
}

QByteArray service(const QByteArray &spec, const QByteArray &name)
{
    return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: shop}\nspec: " + spec;
}

QByteArray rule(const QByteArray &name, const QByteArray &nameSpace, const QByteArray &spec)
{
    return "apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: " + name
        + ", namespace: " + nameSpace + "}\nspec: " + spec;
}

QStringList ofBoth(const QString &subject, const QList<int> &ports, const QString &level)
{
    QStringList rows;
    for (const QString &version : {u"v1"_s, u"v2"_s}) {
        for (const int port : ports)
            rows.append(u"%1 %2 > shop/orders-%3:%4"_s.arg(level, subject, version).arg(port));
    }
    rows.sort();
    return rows;
}

} // namespace preflight_world
