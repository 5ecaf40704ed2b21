// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Overview: what needs attention, how edge, mesh and certificates stand, and what was changed last; every
// line leads to its page.
#include "models/items/mapping_counts.h"
#include "models/items/rows.h"
#include "ui/page_frame.h"
#include "ui/pages/overview_facts.h"

#include <QThreadPool>

QT_FORWARD_DECLARE_CLASS(QListView)
QT_FORWARD_DECLARE_CLASS(QStandardItemModel)
QT_FORWARD_DECLARE_CLASS(QTimer)

namespace ui {

struct FindingDigest;
class FactList;
class TrafficCard;
struct TrafficSummary;
class TextLabel;

class OverviewPage : public PageFrame
{
    Q_OBJECT
public:
    explicit OverviewPage(QWidget *parent = nullptr);
    ~OverviewPage() override;
    // Once; what is counted of them follows their changes, with a second's delay at most.
    void setMappings(const models::TableModel<models::MappingRow> &mappings);
    // Many findings are looked at on a pool thread: what is said of them comes a little later.
    void setAnalysis(const OverviewFacts &facts);
    void
    setRecentChanges(const QList<models::JournalRow> &newestFirst); // ours and, as Info, what others changed
    void setTraffic(const TrafficSummary &summary);
    void forgetTraffic(); // it was of another edge
    void forget() override;
    void setNamespaces(const QStringList &names) override;
    QList<QWidget *> panes() const override;

Q_SIGNALS:
    void problemsRequested(const QString &filter); // all of one kind, in the dock

protected:
    void refreshAges() override;
    bool hasContent() const override { return m_has; }
    int leastHeight() const override; // the cards, and two lines of what needs attention

private:
    QWidget *buildContent();
    void showAnalysis();
    void showFindings();
    void showCards();
    void showDigest(const FindingDigest &digest);
    void showNothing();
    void openFinding(const QModelIndex &index);
    int attentionHeight() const;

    class Content;
    class ReflowBox *m_cards = nullptr;
    Content *m_content = nullptr;
    bool m_has = false;
    struct Kept; // the newest analysis: another choice of namespaces counts it anew
    std::unique_ptr<Kept> m_kept;
    models::MappingCounts *m_mappings = nullptr;
    QTimer *m_recount;
    QStringList m_namespaces; // that are looked at; {}: all
    int m_elsewhere = 0;      // findings that they leave out
    QDateTime m_takenAt;
    QList<models::JournalRow> m_recent;
    QStandardItemModel *m_findings, *m_changes;
    QListView *m_findingList = nullptr, *m_changeList = nullptr;
    TextLabel *m_attention = nullptr, *m_nothing = nullptr, *m_noChanges = nullptr;
    TextLabel *m_recentHead = nullptr;
    TrafficCard *m_traffic = nullptr;
    FactList *m_edge = nullptr, *m_mesh = nullptr, *m_certificates = nullptr;
    quint64 m_asked = 0;     // digests; an older one than the newest is not shown
    QThreadPool m_digesting; // last: its job ends before anything else does
};

} // namespace ui
