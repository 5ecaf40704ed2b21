// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Every finding of every check, worst first: what it means, where it is, and what can be done from here.  Go
// to (Enter), Fix (a change set with a review), Mute with a reason (Del).  What is muted is hidden and not
// counted, until it is asked for.  Knows no cluster: wishes go out by signals.
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "models/resources/connection_state.h"
#include "ui/object_action.h"

#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QPushButton)

namespace ui {

class DetailPane;
class FactList;
class TablePane;
class TextLabel;

class ProblemsPanel : public QWidget
{
    Q_OBJECT
public:
    explicit ProblemsPanel(QWidget *parent);
    void setFindings(models::TableModel<models::FindingRow> &findings); // once
    void setConnection(const models::ConnectionState &state);           // fixing needs a live one
    // What this account lacks, by action (app::gui::GuardedAction): its buttons are greyed and say so.
    void setForbidden(const QHash<QString, QString> &forbidden); // "fix/KEY"
    void setNamespaces(const QStringList &names);                // {}: all
    void step(int by);                    // F8: to the next (1) or previous (-1) problem, and to its place
    int count() const { return m_count; } // not muted
    std::optional<models::Severity> worst() const { return m_worst; } // of those
    TablePane &pane() const { return *m_pane; }
    QList<QWidget *> panes() const;
    QList<ObjectAction> objectActions();                             // with the problems that are chosen
    QList<ObjectAction> actionsFor(const models::ObjectRef &object); // with those of an object, a few

Q_SIGNALS:
    void countChanged();
    void pageRequested(const QString &pageId, const QString &target);
    // Those that are fixable; hidden: what to say of keys that a filter hides, "" none is.
    void fixRequested(const QStringList &keys, const QString &hidden);
    void muteRequested(const QStringList &keys, const QString &reason); // reason "": no longer

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void buildActions();
    void buildDetail();
    void showDetail();
    void recount();
    void applyScope();
    void goToCurrent();
    void askToMute();
    void askWhyToMute(const QStringList &keys, const QString &what, const QString &hidden);
    QStringList chosenKeys() const;
    const models::FindingRow *current() const;

    models::TableModel<models::FindingRow> *m_findings = nullptr;
    models::ConnectionState m_connection;
    QHash<QString, QString> m_forbidden;
    QStringList m_namespaces; // that are looked at; {}: all
    int m_count = 0;
    std::optional<models::Severity> m_worst;
    TablePane *m_pane;
    DetailPane *m_detail;
    FactList *m_facts = nullptr;
    TextLabel *m_message = nullptr, *m_remedy = nullptr, *m_help = nullptr;
    QPushButton *m_goTo = nullptr, *m_fix = nullptr, *m_mute = nullptr, *m_showMuted = nullptr;
};

} // namespace ui
