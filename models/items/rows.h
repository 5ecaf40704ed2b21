// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The rows of every table, and how they are made from objects.  A row holds its key and what its columns
// show, nothing else.
#include "models/analysis/certificates.h"
#include "models/analysis/change_set.h"
#include "models/analysis/guide_checks.h"
#include "models/items/column.h"

namespace models {

struct MappingRow
{
    QString key; // namespace/name
    QString nameSpace, name, apiVersion, ambassadorId;
    QString host, prefix, conditions, service,
        tls; // as written; tls: the context's name, "true" without one, "" none
    QString resourceVersion;
    QStringList labels; // "app=quote"
    QDateTime created;
    std::optional<int> weight;
    int precedence = 0;
    double requestsPerSecond = -1; // negative: unknown
    QList<double> history;
    std::shared_ptr<const MappingVerdict> verdict; // nullptr until the first analysis
};
MappingRow mappingRow(const kube::Object &object); // cluster thread; about 15 µs
Severity severityOf(const MappingVerdict &verdict);
QString stateName(MappingVerdict::State state); // "Loaded"

struct JournalRow
{
    QString key; // the entry's number
    JournalEntry entry;
};

std::vector<Column<MappingRow>> mappingColumns();
std::vector<Column<CertificateRow>> certificateColumns(std::function<QDateTime()> now);
std::vector<Column<WorkloadPosture>> postureColumns();
std::vector<Column<JournalRow>> journalColumns();

} // namespace models
