// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Overview: what needs attention, how edge, mesh and certificates stand, and what was changed last; every
// line leads to its page.
#include "models/analysis/certificates.h"
#include "models/analysis/mesh_mode.h"
#include "models/items/rows.h"
#include "ui/edge_rules.h"
#include "ui/page_frame.h"

QT_FORWARD_DECLARE_CLASS(QListView)
QT_FORWARD_DECLARE_CLASS(QStandardItemModel)

namespace ui {

class FactList;
class TrafficCard;
struct TrafficSummary;
class TextLabel;

struct OverviewFacts // all of one analysis; pointers are read during the call and not kept
{
    const models::Snapshot *snapshot = nullptr;
    const models::EdgeView *view = nullptr; // nullptr: no edge found
    models::EffectiveMode meshMode;
    QList<models::CertificateRow> certificates;
    QList<models::WorkloadPosture> postures;
    QList<models::Finding> findings; // of everything
    QDateTime now;
    EdgeRules rules = {};
};

class OverviewPage : public PageFrame
{
    Q_OBJECT
public:
    explicit OverviewPage(QWidget *parent = nullptr);
    void setAnalysis(const OverviewFacts &facts);
    void
    setRecentChanges(const QList<models::JournalRow> &newestFirst); // ours and, as Info, what others changed
    void setTraffic(const TrafficSummary &summary);
    void forget() override;
    QList<QWidget *> panes() const override;

Q_SIGNALS:
    void problemsRequested(const QString &filter); // all of one kind, in the dock

protected:
    void refreshAges() override;
    bool hasContent() const override { return m_has; }
    int leastHeight() const override { return 420; } // the cards, and two lines of what needs attention

private:
    QWidget *buildContent();
    void showFindings(QList<models::Finding> findings);
    void showCards(const OverviewFacts &facts);
    void openFinding(const QModelIndex &index);
    int attentionHeight() const;

    class Content;
    Content *m_content = nullptr;
    bool m_has = false;
    QDateTime m_takenAt;
    QList<models::JournalRow> m_recent;
    QStandardItemModel *m_findings, *m_changes;
    QListView *m_findingList = nullptr, *m_changeList = nullptr;
    TextLabel *m_attention = nullptr, *m_nothing = nullptr, *m_noChanges = nullptr;
    TrafficCard *m_traffic = nullptr;
    FactList *m_edge = nullptr, *m_mesh = nullptr, *m_certificates = nullptr;
};

} // namespace ui
