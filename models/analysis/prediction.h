// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// "Which Mapping serves this request, and why", before anything is sent: RouteTable::explain() in the page's
// words, followed by what the mesh behind it will do with the connection.
#include "models/analysis/edge_view.h"

#include <QUrl>

namespace models {

struct RequestSpec
{
    QString method = QStringLiteral("GET");
    QUrl url;
    QList<QPair<QString, QString>> headers;
    QByteArray body;
    QByteArray target; // path and query as they were typed, which url does not keep (%78); "": those of url
    QString via;       // "local" (the embedded edge core), "edge" (the cluster's), or ADDRESS:PORT
};

QByteArray targetOf(const RequestSpec &request); // what its request line asks for: "/path?query"
// Its header Host: the first of its own, as curl takes it, else the URL's, without a user's name.
QByteArray hostOf(const RequestSpec &request);
// RequestSpec::target of a URL with a scheme; "" where it holds what must be encoded first, which url does.
QByteArray targetAsTyped(const QString &url);
// Also where its path holds what a URL must escape, as clients send it all the same: /%zz, /{a}.
QUrl urlAsTyped(const QString &url);

struct PredictionStep
{
    QString title; // Listener, Host, Policy, Mapping, Rewrite, Upstream
    QString text, side;
    Severity severity = Severity::Unknown;
    bool operator==(const PredictionStep &) const = default;
};

struct MappingShare
{
    QString mapping;  // "default/quote-backend"; "" none of them: the edge answers 404
    double share = 0; // 0 to 1
    bool operator==(const MappingShare &) const = default;
};

struct Prediction
{
    QString mapping; // "default/quote-backend", "" none
    QString cluster, upstream, rewrittenPath, location;
    QString counter; // what the edge's metrics call the cluster (envoy_cluster_name): another name since 2.0
    int status = 0; // what the edge itself would answer (404, 301, 503 of the mesh); 0: the service answers
    QString reason; // one sentence
    QList<PredictionStep> steps; // for people; shares and findings stand among them, too
    QList<MappingShare> shares;  // of requests like this one, in match order; empty: one answer gets all
    QList<Finding> findings;     // that are about this request, by Mapping
    QList<edge::Candidate> candidates;
    QList<edge::Candidate>
        otherHosts; // Mappings that lose by their host, those of a fitting path first; the first 20
    QDateTime resourcesAt;
    QString compat;               // "v1", "v2.2"
    bool isCompatGuessed = false; // the edge's image names no version
};
Prediction predict(const EdgeView &view, const Snapshot &snapshot, const RequestSpec &request);

struct RequestOutcome // what really came back
{
    int status = 0;
    QString reason;
    QList<QPair<QString, QString>> headers;
    QByteArray body;
    bool bodyCut = false;
    double connectMs = -1, tlsMs = -1, firstByteMs = -1, totalMs = -1;
    QString tls;         // "TLSv1.3, certificate CN=…", "" plain
    QString servedBy;    // Mapping, "" not confirmed
    QString confirmedBy; // how: "edge's record", "edge's counters", "" not confirmed
    bool predictionHeld = true;
    QString error; // could not be sent: what, where, what to do
};

} // namespace models
