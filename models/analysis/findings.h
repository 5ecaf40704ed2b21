// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Every finding of every analysis, worst first: what `sallyportctl check` prints and the page Overview
// counts.
#include "models/analysis/certificates.h"
#include "models/analysis/strict_preflight.h"

namespace models {

struct ClusterFindings
{
    QList<Finding> findings;
    QStringList notChecked; // kinds that could not be read, and why: their checks say nothing
};
// now: certificates are judged at that time.  postures: of that snapshot.
ClusterFindings clusterFindings(const Snapshot &snapshot, const EdgeView &view,
                                const QList<CertificateRow> &certificates,
                                const QList<WorkloadPosture> &postures, const QDateTime &now);
ClusterFindings clusterFindings(const Snapshot &snapshot, const EdgeView &view,
                                const QList<CertificateRow> &certificates, const QDateTime &now);
// Clear text that servers of the mesh have counted (MT-020).
QList<Finding> trafficFindings(const Snapshot &snapshot, const StrictTelemetry &telemetry);
QList<Finding> certificateFindings(const QList<CertificateRow> &certificates, const QDateTime &now);

} // namespace models
