// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What happened in this window since it was opened: requests that were sent and their answers, changes,
// connections, and everything that was said above a page.  Newest first; nothing leaves it unseen.
#include "models/items/rows.h"
#include "models/items/table_model.h"

#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QPushButton)

namespace ui {

class TablePane;
class TextView;

class NoticesPanel : public QWidget
{
    Q_OBJECT
public:
    explicit NoticesPanel(QWidget *parent);
    void setNotices(models::TableModel<models::NoticeRow> &notices); // once
    TablePane &pane() const { return *m_pane; }
    QList<QWidget *> panes() const;

Q_SIGNALS:
    void countChanged();
    void clearRequested();

private:
    void showDetail();
    models::TableModel<models::NoticeRow> *m_notices = nullptr;
    TablePane *m_pane;
    TextView *m_text;
    QPushButton *m_clear;
};

} // namespace ui
