// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The journal as a table with the chosen entry beside it: its diff, the object before and after, and Revert.
// On the page Activity and in the dock Changes; both look at the same model.
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "models/resources/connection_state.h"
#include "ui/object_action.h"

#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QPushButton)
QT_FORWARD_DECLARE_CLASS(QTabBar)

namespace ui {

class DetailPane;
class DiffView;
class FactList;
class TablePane;

class JournalView : public QWidget
{
    Q_OBJECT
public:
    enum class Place { Page, Dock }; // a page puts the detail below in a narrow window; a dock never does
    // name: of the table ("journal" → "journalTable"); detailName: "activity" → "activityDetail",
    // "activityRevert".
    JournalView(const QString &name, const QString &detailName, Place place, QWidget *parent);
    void setJournal(models::TableModel<models::JournalRow> &journal); // once
    // What this account lacks, by action (app::gui::GuardedAction): its buttons are greyed and say so.
    void setForbidden(const QHash<QString, QString> &forbidden); // "revert/NUMBER"
    void setConnection(const models::ConnectionState &state);
    int written() const; // entries, but those of a Secret that was only looked at
    TablePane &pane() const { return *m_pane; }
    bool hasContent() const; // the journal was read
    QList<QWidget *> panes() const;
    bool goTo(const QString &number);
    QList<ObjectAction> objectActions(); // with the entry that is chosen
    void refreshAges() { showFacts(); }

Q_SIGNALS:
    void revertRequested(int number); // of the entry; the answer is a review
    void countChanged();

private:
    QWidget *buildDetail(const QString &name); // with Revert below, where no scrolling hides it
    void showDetail();
    void applyScope();
    void showPart();
    void showFacts();
    QString whyNoRevert(const models::JournalEntry &entry) const; // "" it can be taken back
    const models::JournalEntry *current() const;
    bool isCurrentObserved() const; // in the cluster, not of the journal

    models::TableModel<models::JournalRow> *m_journal = nullptr;
    models::ConnectionState m_connection;
    QHash<QString, QString> m_forbidden;
    TablePane *m_pane;
    DetailPane *m_detail;
    FactList *m_facts = nullptr;
    QTabBar *m_parts = nullptr;
    DiffView *m_diff = nullptr;
    QPushButton *m_revert = nullptr;
    QList<QPair<QString, QPushButton *>> m_kinds; // by the column's word
};

} // namespace ui
