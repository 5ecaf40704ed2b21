// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A step of the guide → the objects that applying it wishes for in this cluster, and the journal's entries that undoing it takes back.
// Most steps are the guide's YAML as it stands.  Two depend on what is there: the sidecar joins the edge's own Deployment, and the
// scrape job joins the ConfigMap that Prometheus has, with the restart of its Deployment behind it, which makes it be read.
#include "app/changes.h"
#include "app/cluster_analysis.h"

namespace app {

kube::Result<Wish> wishOfStep(const ClusterAnalysis &analysis, const models::GuideStep &step);

// Newest first, each not yet taken back; only those of the last time that the step was applied.
QList<models::JournalEntry> entriesOfStep(const QList<models::JournalEntry> &entries,
                                          const models::GuideStep &step);

bool isOfGuide(const models::JournalEntry &entry); // of any step's
QStringList
mappingsOfGuide(const QList<models::JournalEntry> &entries); // namespace/name: that its steps have written

// What the title of a step's changes is in the journal.
QString titleOfStep(const models::GuideStep &step);
QString stepOfTitle(const QString &title); // its id, "" of none

} // namespace app
