// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Activity: what these programs changed in this cluster, each with its diff and its exact reverse, and what others were seen to change.
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "ui/page_frame.h"

namespace ui {

class JournalView;

class ActivityPage : public PageFrame
{
    Q_OBJECT
public:
    explicit ActivityPage(QWidget *parent = nullptr);
    void setJournal(models::TableModel<models::JournalRow> &journal); // once
    // What this account lacks, by action (app::gui::GuardedAction): its buttons are greyed and say so.
    void setForbidden(const QHash<QString, QString> &forbidden); // "revert/NUMBER"
    void setConnection(const models::ConnectionState &state) override;
    QList<QWidget *> panes() const override;
    void focusFilter() override;
    void goTo(const QString &target) override;
    QList<ObjectAction> objectActions() override;
    void setCompact(bool compact) override;

Q_SIGNALS:
    void revertRequested(int number); // of the entry; the answer is a review

protected:
    void refreshAges() override;
    bool hasContent() const override;

private:
    JournalView *m_view;
};

} // namespace ui
