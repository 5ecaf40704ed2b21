// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The answers of check, preflight, certs and posture as reports.  Pure.
#include "app/cli/report.h"
#include "app/manifest_files.h"
#include "models/analysis/finding_fix.h"
#include "models/analysis/findings.h"
#include "models/analysis/strict_preflight.h"

namespace app::cli {

struct CheckAnswer
{
    models::SortedFindings findings;
    QStringList notChecked;                               // kinds that could not be read, and why
    models::Severity threshold = models::Severity::Error; // from here on a finding is a failure
    QString subject;                                      // "context demo", "manifests in shop/"
    QDateTime at;
    QStringList edges = {};                // that were judged: namespace/name
    QHash<QString, QString> unjudged = {}; // code → why nobody knows whether there are such findings
    QStringList standIns = {};             // of manifests: workloads for whose template a pod stands in
    // Both in one list: what no line of notChecked explains is said with its codes.
    QStringList allNotChecked() const;
};
const char *severityName(models::Severity severity);
// code, severity, subject, path, message, evidence, remedy; of manifests where the subject stands: file, document, line.
edge::Value findingDocument(const models::Finding &finding, const ManifestSet &manifests);
// title, and merge (the part that is laid over the object) or guideStep.
edge::Value fixDocument(const models::FindingFix &fix);
Report reportOf(const CheckAnswer &answer, const ManifestSet &manifests);
Report reportOf(const models::PreflightReport &preflight, const QString &subject, const QDateTime &at);

struct CertificatesAnswer
{
    QList<models::CertificateRow> rows;
    QStringList ending; // keys of rows that end within the time asked for
    QString subject;
    QDateTime at;
};
Report reportOf(const CertificatesAnswer &answer, const Table &table);

struct PostureAnswer
{
    QList<models::WorkloadPosture> rows;
    QString subject;
    QDateTime at;
    QList<models::Finding> findings = {}; // of the policies that make them so
    QStringList notChecked = {};          // workloads or kinds of which nothing is known, and why
};
Report reportOf(const PostureAnswer &answer, const Table &table);

models::Severity severityOf(models::PreflightLevel level);

} // namespace app::cli
