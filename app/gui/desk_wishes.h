// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the pages wish for, as plans: functions that a worker thread runs against the cluster.  Each blocks
// there; none writes.
#include "app/cluster_analysis.h"
#include "app/gui/change_flow.h"
#include "models/analysis/finding_fix.h"
#include "ui/object_action.h"

namespace app::gui {

Plan applyStepPlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
                   const models::GuideStep &step);
// The mode of the mesh as a whole: the policy that decides it now, or a new one named default in Istio's root
// namespace.
Plan changeModePlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
                    models::MtlsMode mode);
Wish modeWish(const ClusterAnalysis &analysis, models::MtlsMode mode);
// One change set for all of them; hidden: what to say of findings that a filter hides, "" nothing.
Plan fixPlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
             const QList<models::Finding> &findings, const QString &hidden);
QString titleOfMode(models::MtlsMode mode); // "Switch the mesh to STRICT"
Plan undoPlan(kube::Client &client, const QList<models::JournalEntry> &entries);

// The newest change of a PeerAuthentication, or MeshPolicy, that can be taken back.
std::optional<models::JournalEntry> newestModeChange(const QList<models::JournalEntry> &entries);

// The object as it is now, as YAML without managed fields; Secrets' values by their size only.
kube::Result<QString> yamlOf(kube::Client &client, const models::ObjectRef &object, const QString &apiVersion,
                             std::stop_token stop);
// The same in the version that snapshots read it in.
kube::Result<QString> yamlAsRead(kube::Client &client, const models::ObjectRef &object,
                                 bool isFirstGeneration, std::stop_token stop);

// What an editor shows of an object.
struct Editable
{
    models::ObjectRef object;
    QString apiVersion, yaml;
};
// With the right that is missing to write it, before anybody has put work into it.
kube::Result<Editable> editable(kube::Client &client, const models::ObjectRef &object,
                                const QString &apiVersion, std::stop_token stop);
// What is typed, to be compared with the YAML that it began with (base); it must still be that object alone.
struct Edit
{
    Editable edited;
    edge::Value base, mine;
};
kube::Result<Edit> editOf(const Editable &edited, const QString &yaml, const QString &base);
// Of those very objects, whatever becomes of their names.  warnings: what it would reach.
Plan deletePlan(kube::Client &client, const QList<ui::ObjectToWrite> &objects, const QStringList &warnings);
QString titleOfDelete(const QList<ui::ObjectToWrite> &objects); // of one kind
// What somebody else has changed since stays, and is said; PlannedChanges::collided where it is the same.
Plan editPlan(kube::Client &client, const Edit &edit);
QString titleOfEdit(const models::ObjectRef &object);

} // namespace app::gui
