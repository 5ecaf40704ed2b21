// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Integration guide: the steps of "Ambassador and Istio" as checks (passed, failed, not checked), each with
// what was seen, the evidence, the YAML that fulfils it, and Apply and Undo as wishes that are reviewed
// before anything is written.
#include "models/analysis/guide_checks.h"
#include "ui/page_frame.h"

#include <QHash>
#include <QSet>

QT_FORWARD_DECLARE_CLASS(QListView)
QT_FORWARD_DECLARE_CLASS(QSplitter)
QT_FORWARD_DECLARE_CLASS(QStandardItemModel)

namespace ui {

class DetailPane;
class TextLabel;
class TextView;

class GuidePage : public PageFrame
{
    Q_OBJECT
public:
    explicit GuidePage(QWidget *parent = nullptr);
    void setSteps(const QList<models::GuideStep> &steps);
    void setUndoable(const QSet<QString> &stepIds); // those that the journal can take back
    // What this account lacks, by action (app::gui::GuardedAction): its buttons are greyed and say so.
    void setForbidden(const QHash<QString, QString> &forbidden); // "step/ID", "step/ID/undo"
    QString currentStep() const;
    QList<ObjectAction> objectActions() override;
    void forget() override
    {
        setForbidden({});
        setSteps({});
        PageFrame::forget();
    }
    void setConnection(const models::ConnectionState &state) override;
    QList<QWidget *> panes() const override;
    void goTo(const QString &target) override; // a step's id

Q_SIGNALS:
    void applyRequested(const QString &stepId);
    void undoRequested(const QString &stepId);

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool hasContent() const override;

private:
    QWidget *buildDetail();
    void showDetail();
    const models::GuideStep *current() const;

    QList<models::GuideStep> m_steps;
    QSet<QString> m_undoable;
    QHash<QString, QString> m_forbidden;
    QStandardItemModel *m_model;
    QSplitter *m_split = nullptr;
    QListView *m_list;
    DetailPane *m_detail;
    TextLabel *m_seen = nullptr, *m_evidenceHead = nullptr, *m_evidence = nullptr, *m_remedyHead = nullptr,
              *m_remedy = nullptr;
    TextLabel *m_yamlHead = nullptr;
    TextView *m_yaml = nullptr;
    QPushButton *m_apply = nullptr, *m_undo = nullptr, *m_copy = nullptr;
};

} // namespace ui
