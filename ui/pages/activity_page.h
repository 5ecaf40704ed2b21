// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Activity: what these programs changed in this cluster, each with its diff and its exact reverse.
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "ui/page_frame.h"

namespace ui {

class DetailPane;
class DiffView;
class FactList;
class TablePane;

class ActivityPage : public PageFrame
{
    Q_OBJECT
public:
    explicit ActivityPage(QWidget *parent = nullptr);
    void setJournal(models::TableModel<models::JournalRow> &journal); // once
    QList<QWidget *> panes() const override;
    void focusFilter() override;
    void goTo(const QString &target) override;
    void setCompact(bool compact) override;

Q_SIGNALS:
    void revertRequested(int number); // of the entry; the answer is a review

protected:
    bool hasContent() const override;

private:
    QWidget *buildDetail();
    void showDetail();
    const models::JournalEntry *current() const;

    models::TableModel<models::JournalRow> *m_journal = nullptr;
    TablePane *m_pane;
    DetailPane *m_detail;
    FactList *m_facts = nullptr;
    DiffView *m_diff = nullptr;
    QPushButton *m_revert = nullptr;
};

} // namespace ui
