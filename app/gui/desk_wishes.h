// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the pages wish for, as plans: functions that a worker thread runs against the cluster.  Each blocks
// there; none writes.
#include "app/cluster_analysis.h"
#include "app/gui/change_flow.h"
#include "models/analysis/finding_fix.h"

namespace app::gui {

Plan applyStepPlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
                   const models::GuideStep &step);
// The mode of the mesh as a whole: the policy that decides it now, or a new one named default in Istio's root
// namespace.
Plan changeModePlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
                    models::MtlsMode mode);
// One change set for all of them; hidden: what to say of findings that a filter hides, "" nothing.
Plan fixPlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
             const QList<models::Finding> &findings, const QString &hidden);
QString titleOfFix(const QList<models::Finding> &findings);
QString titleOfMode(models::MtlsMode mode); // "Switch the mesh to STRICT"
Plan undoPlan(kube::Client &client, const QList<models::JournalEntry> &entries);

// The newest change of a PeerAuthentication that can be taken back.
std::optional<models::JournalEntry> newestModeChange(const QList<models::JournalEntry> &entries);

// What a kind is read as by default: the newest version that every server of it still answers to.
QString apiVersionOf(const QString &kind);
// The object as it is now, as YAML without managed fields; Secrets' values by their size only.
kube::Result<QString> yamlOf(kube::Client &client, const QString &apiVersion, const QString &kind,
                             const QString &nameSpace, const QString &name, std::stop_token stop);

} // namespace app::gui
