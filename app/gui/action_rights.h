// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which of the actions that are in sight this account has no right to, said on their buttons before they are tried.  Asked
// of the server's access reviews (one a namespace, kept for a minute there), two seconds after what is in sight has
// changed at most, and each minute: rights that have come back enable their buttons again.
// What the server does not tell is not forbidden: then the review of the change says it.  Thread: GUI; it asks on a
// thread of its own.  Destroy it before the cluster thread.
#include "app/cluster_analysis.h"
#include "app/gui/work_queue.h"
#include "kube/access.h"
#include "models/analysis/change_set.h"
#include "models/analysis/staged_changes.h"
#include "models/items/rows.h"

#include <QTimer>

#include <chrono>

namespace app::gui {

struct GuardedAction
{
    QString id; // "mode", "mode/undo", "step/ID", "step/ID/undo", "fix/KEY", "revert/NUMBER", "staged",
                // "reveal/NAMESPACE/NAME" of a Secret, "edit/KIND/NAMESPACE" and "delete/…" of what is chosen
    // For each object that it writes, rights of which one is enough: whether it must be made or changed is known when
    // it is planned.
    QList<QList<kube::AccessQuestion>> needs;
    bool operator==(const GuardedAction &) const = default;
};

struct InSight // what actions are about
{
    std::shared_ptr<const ClusterAnalysis> analysis;
    QList<models::JournalEntry> entries;
    QList<models::FindingRow> fixable;
    QMap<QString, models::ObjectRef> secrets; // that a value could be shown of, by their text
    QList<models::StagedChange> staged;
    models::ObjectRef chosen = {}; // kind "": nothing that could be edited
};
QList<GuardedAction> guardedActions(const InSight &inSight);

class ActionRights : public QObject
{
    Q_OBJECT
public:
    explicit ActionRights(kube::Client &client, QObject *parent = nullptr,
                          std::chrono::milliseconds askAgain = std::chrono::minutes(1));
    static constexpr int MostAsked = 500; // findings, and Secrets: more are not asked about
    void look(const InSight &inSight);
    void askAnew(); // now, and nothing that is kept counts
    // By id: "`patch` on `mappings.getambassador.io` in `shop`"; those that are not forbidden are missing.
    const QHash<QString, QString> &forbidden() const { return m_forbidden; }

Q_SIGNALS:
    void changed(); // forbidden() is another one

private:
    void ask();

    kube::Client &m_client;
    std::chrono::milliseconds m_askAgain;
    InSight m_inSight;
    QHash<QString, QString> m_forbidden;
    bool m_isAsking = false, m_isOutdated = false;
    QTimer m_timer;   // of what is in sight
    QTimer m_anew;    // of what the server has changed
    WorkQueue m_work; // last: its job ends first
};

} // namespace app::gui
