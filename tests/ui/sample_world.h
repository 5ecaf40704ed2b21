// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A window full of realistic facts, made by the real analyses from Kubernetes objects: forty Mappings,
// workloads with and without sidecars, certificates at every stage of life, a journal, an answer of
// Prometheus.  Its clock stands still.
#include "models/items/edge_object_rows.h"
#include "models/items/route_tree.h"
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "models/resources/connection_state.h"
#include "ui/pages/metrics_page.h"
#include "ui/pages/request_page.h"

namespace ui {
class MainWindow;
}

struct SampleWorld
{
    SampleWorld();
    void fill(ui::MainWindow &window); // gives the window its models and facts; once a window
    models::ConnectionState
    connection(models::ConnectionState::Phase phase = models::ConnectionState::Phase::Live) const;
    models::Prediction prediction(const models::RequestSpec &request) const;
    QList<models::Finding> findings() const;
    static models::RequestOutcome outcome();
    static models::ChangeReview review(bool dryRunOk = true);
    static ui::MetricsAnswer metrics(const QDateTime &now);

    QDateTime now;
    std::shared_ptr<const models::Snapshot> snapshot;
    models::EdgeView view;
    models::TableModel<models::MappingRow> mappings;
    models::TableModel<models::CertificateRow> certificates;
    models::TableModel<models::WorkloadPosture> postures;
    models::TableModel<models::JournalRow> journal;
    models::TableModel<models::EdgeObjectRow> hosts, listeners, tcpMappings;
    models::RouteTree routes;
    models::TableModel<models::FindingRow> findingRows;
    models::TableModel<models::NoticeRow> notices;
    QList<models::JournalEntry> entries;
    QList<models::CertificateRow> certificateRows;
};
