// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sample_world.h"

#include "models/analysis/finding_fix.h"
#include "tests/support/snapshot_of.h"
#include "tests/ui/sample_objects.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/notices_panel.h"
#include "ui/docks/problems_panel.h"
#include "ui/journal_view.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/routing_page.h"
#include "ui/shell/main_window.h"

#include <cmath>

using namespace Qt::StringLiterals;

SampleWorld::SampleWorld()
    : now(QDateTime(QDate(2026, 11, 25), QTime(12, 0), Qt::UTC))
    , mappings(models::mappingColumns())
    , certificates(models::certificateColumns([this] { return now; }))
    , postures(models::postureColumns())
    , journal(models::journalColumns())
    , hosts(models::hostColumns())
    , listeners(models::listenerColumns())
    , tcpMappings(models::tcpMappingColumns())
    , findingRows(models::findingColumns())
    , notices(models::noticeColumns())
    , entries(sampleEntries(now))
    , certificateRows(sampleCertificates(now))
{
    const models::SnapshotInput input = inputOf(sampleYaml());
    snapshot = models::makeSnapshot(input);
    view = models::viewEdge(*snapshot, *snapshot->edge({}));
    kube::RowBatch<models::MappingRow> batch{{}, {}, true};
    double rate = 12;
    for (const kube::Object &object : input.objects[u"mappings"_s]) {
        models::MappingRow row = models::mappingRow(object);
        row.verdict = view.mappings.value(row.key);
        row.requestsPerSecond = rate = rate < 900 ? rate * 1.6 : 4;
        for (int i = 0; i < 30; ++i)
            row.history.append(row.requestsPerSecond * (1 + 0.3 * std::sin(i * 0.7 + rate)));
        batch.upserts.append(row);
    }
    mappings.apply(batch);
    certificates.apply({certificateRows, {}, true});
    postures.apply({models::workloadPostures(*snapshot), {}, true});
    kube::RowBatch<models::JournalRow> changes{{}, {}, true};
    for (const models::JournalEntry &entry : std::as_const(entries))
        changes.upserts.append({QString::number(entry.number), entry});
    journal.apply(changes);
    const models::EdgeObjects objects = models::edgeObjects(*snapshot, view);
    hosts.apply({objects.hosts, {}, true});
    listeners.apply({objects.listeners, {}, true});
    tcpMappings.apply({objects.tcpMappings, {}, true});
    routes.setNodes(models::routeNodes(view));
    findingRows.apply({models::findingRows(findings(), {},
                                           [this](const models::Finding &finding) {
                                               return models::fixOf(finding, *snapshot, view).has_value();
                                           }),
                       {},
                       true});
    notices.apply({{{u"1"_s,
                     now,
                     models::NoticeRow::Kind::Connection,
                     models::Severity::Good,
                     u"Connected to eks-eu1, Kubernetes v1.21.14"_s,
                     {}},
                    {u"2"_s,
                     now.addSecs(4),
                     models::NoticeRow::Kind::Request,
                     models::Severity::Good,
                     u"GET http://api.example.com/backend/: 200 in 84 ms, served by default/quote-backend"_s,
                     {}}},
                   {},
                   true});
}

models::ConnectionState SampleWorld::connection(models::ConnectionState::Phase phase) const
{
    using Phase = models::ConnectionState::Phase;
    models::ConnectionState state;
    state.phase = phase;
    state.context = u"eks-eu1"_s;
    state.server = u"https://api.eks-eu1.example.com"_s;
    state.version = u"v1.21.14"_s;
    state.since = QDateTime::currentDateTimeUtc().addSecs(-240);
    state.lastEvent = QDateTime::currentDateTimeUtc().addSecs(-2);
    state.roundTripMs = 18;
    state.mappings = mappings.rowCount();
    state.edge = u"ambassador/ambassador 1.11.2, compat v1"_s;
    if (phase == Phase::Failed || phase == Phase::Stale)
        state.message =
            u"https://api.eks-eu1.example.com: connection refused. Is the API server running, and is a VPN needed?"_s;
    return state;
}

QList<models::Finding> SampleWorld::findings() const
{
    QList<models::Finding> all = view.findings;
    for (const auto &verdict : view.mappings)
        all.append(verdict->findings);
    return all;
}

models::Prediction SampleWorld::prediction(const models::RequestSpec &request) const
{
    return models::predict(view, *snapshot, request);
}

models::RequestOutcome SampleWorld::outcome()
{
    models::RequestOutcome outcome;
    outcome.status = 200;
    outcome.reason = u"OK"_s;
    outcome.headers = {{u"content-type"_s, u"application/json"_s}, {u"server"_s, u"envoy"_s}};
    outcome.body =
        R"({"server":"idle-cranberry-8tbb6iks","quote":"Non-locality is the driver of truth.","time":"2026-11-23T19:04:12Z"})";
    outcome.connectMs = 3;
    outcome.tlsMs = 11;
    outcome.firstByteMs = 69;
    outcome.totalMs = 84;
    outcome.servedBy = u"default/quote-backend"_s;
    outcome.confirmedBy = u"the edge's counters"_s;
    return outcome;
}

models::ChangeReview SampleWorld::review(bool dryRunOk)
{
    models::ChangeReview review;
    review.changes.title = u"Switch the mesh to STRICT"_s;
    review.changes.changes = {strictChange()};
    review.diffs = {models::unifiedDiff({}, models::applied({}, strictChange()))};
    review.dryRunOk = dryRunOk;
    review.dryRunMessage = dryRunOk
        ? QString()
        : u"peerauthentications.security.istio.io is forbidden: user dev may not create it"_s;
    review.warnings = {u"Mapping team-a/orders-canary: sends clear text to sidecars that would refuse it"_s,
                       u"Mapping team-b/legacy: its pods have no sidecar and stay reachable in clear text"_s};
    review.needsTyping = true;
    review.context = u"eks-eu1"_s;
    return review;
}

ui::MetricsAnswer SampleWorld::metrics(const QDateTime &now)
{
    ui::MetricsAnswer answer;
    answer.query = u"sum by (envoy_cluster_name) (rate(envoy_cluster_upstream_rq_total[1m]))"_s;
    answer.to = now;
    answer.from = now.addSecs(-900);
    answer.elapsedMs = 14;
    answer.source = u"Prometheus istio-system/prometheus, through the API server"_s;
    const QStringList names{u"cluster_quote_default"_s, u"cluster_orders_team_a"_s, u"cluster_web_shop"_s};
    for (qsizetype s = 0; s < names.size(); ++s) {
        ui::ChartSeries series{names[s], {}};
        for (int at = 0; at <= 60; ++at) {
            if (s == 1 && at > 24 && at < 32)
                continue; // the edge was not scraped for a while
            series.points.append({answer.from.addSecs(15 * at),
                                  40.0 + 30.0 * double(s) + 12 * std::sin(at * 0.3 + double(s))
                                      + (s == 0 && at > 40 ? 25 : 0)});
        }
        answer.series.append(series);
    }
    return answer;
}

void SampleWorld::fill(ui::MainWindow &window)
{
    const ui::Pages &pages = window.pages();
    window.setContexts({{u"eks-eu1"_s, u"https://api.eks-eu1.example.com"_s, u"~/.kube/config"_s},
                        {u"kind-dev"_s, u"https://127.0.0.1:6443"_s, u"~/.kube/config"_s}},
                       u"eks-eu1"_s);
    window.setNamespaces({u"default"_s, u"team-a"_s, u"team-b"_s, u"shop"_s});
    window.setConnection(connection());
    pages.routing->setMappings(mappings);
    pages.routing->setObjects(hosts, listeners, tcpMappings);
    pages.routing->setRoutes(routes);
    pages.routing->setEdge(view);
    QObject::connect(pages.routing, &ui::RoutingPage::orderRequested, pages.routing,
                     [this, page = pages.routing](const QString &key, const models::RequestSpec &request) {
                         page->setOrder(key, prediction(request));
                     });
    pages.certificates->setClock([this] { return now; });
    pages.certificates->setCertificates(certificates);
    pages.mesh->setPostures(postures);
    pages.mesh->setMode(models::meshMode(*snapshot), snapshot->istioRootNamespace);
    pages.mesh->setWillBreak(review().warnings);
    pages.mesh->setUndo(u"Switch the mesh to STRICT"_s);
    pages.metrics->setAnswer(metrics(now));
    pages.guide->setSteps(models::guideSteps(*snapshot, view));
    pages.guide->setUndoable({u"namespace-label"_s});
    pages.activity->setJournal(journal);
    window.docks().problems().setFindings(findingRows);
    window.docks().changes().setJournal(journal);
    window.docks().notices().setNotices(notices);
    ui::OverviewFacts facts;
    facts.snapshot = snapshot.get();
    facts.view = &view;
    facts.meshMode = models::meshMode(*snapshot);
    facts.certificates = certificateRows;
    facts.postures = models::workloadPostures(*snapshot);
    facts.findings = findings();
    facts.now = now;
    pages.overview->setMappings(mappings);
    pages.overview->setAnalysis(facts);
    QList<models::JournalRow> recent;
    for (const models::JournalEntry &entry : entries)
        recent.prepend({QString::number(entry.number), entry});
    pages.overview->setRecentChanges(recent);
    QObject::connect(pages.request, &ui::RequestPage::predictionWanted, pages.request,
                     [this, page = pages.request](const models::RequestSpec &request) {
                         page->setPrediction(prediction(request));
                     });
}
