// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What waits to be written: a table, one row an object, with the chosen one's diff and what stands against it beside it; and the two
// things to do with it: review and apply all, or drop.  Enter in the table reviews, Delete drops what is chosen.
#include "models/items/staged_rows.h"
#include "models/items/table_model.h"
#include "models/resources/connection_state.h"

#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QPushButton)

namespace ui {

class DetailPane;
class DiffView;
class FactList;
class TablePane;

class StagedPanel : public QWidget
{
    Q_OBJECT
public:
    explicit StagedPanel(QWidget *parent);
    void setStaged(const QList<models::StagedChange> &staged);
    void setConnection(const models::ConnectionState &state);
    void setForbidden(const QString &missing); // what this account lacks for what is staged; "" nothing
    TablePane &pane() const { return *m_pane; }
    QList<QWidget *> panes() const;

Q_SIGNALS:
    void reviewRequested();
    void dropRequested(const QStringList &keys); // {}: all

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void showDetail();
    void showButtons();

    models::TableModel<models::StagedChange> m_rows;
    models::ConnectionState m_connection;
    QString m_missing;
    TablePane *m_pane;
    DetailPane *m_detail;
    FactList *m_facts;
    DiffView *m_diff;
    QPushButton *m_review, *m_drop;
};

} // namespace ui
