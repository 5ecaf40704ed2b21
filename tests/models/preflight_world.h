// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A mesh that may go to STRICT, to which tests of the preflight add one fault each; its report as short words.
#include "models/analysis/strict_preflight.h"

namespace preflight_world {

inline const QDateTime takenAt(QDate(2026, 11, 25), QTime(12, 0), Qt::UTC);

struct World
{
    QByteArray yaml;
    models::PreflightInput input;
    QString without;  // a kind that may not be read
    QString narrowed; // one that may be read in namespace default alone
    QString absent;   // one that the server does not serve
    QList<models::ProxyCertificates> proxies, sidecars;

    World &add(const QByteArray &more);                                // a document
    World &replace(const QByteArray &before, const QByteArray &after); // fails if it does not hold `before`
};

World ready(); // the edge brings its certificate, telemetry has covered the only server, default/quote
models::PreflightReport reportOf(const World &world);
// "E2 BLOCKER" for each row ("P11 INFO 2" for two of a kind), "T2 not checked" for each check that nobody looked at.
QStringList said(const models::PreflightReport &report);
// The same with what each is about: "E2 BLOCKER Mapping default/quote-backend spec.tls", without what a row has not.
QStringList told(const models::PreflightReport &report);

QByteArray policy(const QByteArray &nameSpace, const QByteArray &name, const QByteArray &spec,
                  const QByteArray &created = "2026-01-01T00:00:00Z");
QByteArray podYaml(const QByteArray &nameSpace, const QByteArray &name, const QByteArray &containers,
                   const QByteArray &metadata = "labels: {app: x}");
models::ProxyCertificates loaded(const QDateTime &from, const QDateTime &to); // by the edge
QByteArray rootMap(const QByteArray &nameSpace, const QByteArray &pem);
QByteArray root(const QString &name, const QDateTime &ends); // PEM

// Of default/quote, by that caller.
models::StrictTelemetry::Plaintext clearText(const QString &sourceNamespace, const QString &source);
QByteArray edgeObject(const QByteArray &kind, const QByteArray &spec); // default/other of getambassador.io

inline const QByteArray TwoContainers =
    "containers: [{name: app, ports: [{containerPort: 9000}]}, {name: istio-proxy}]";

} // namespace preflight_world
