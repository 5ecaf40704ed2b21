// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What can be opened below every page: Problems, Changes, Activity.  One is shown at a time; hidden at first.
#include "models/analysis/staged_changes.h"
#include "models/resources/connection_state.h"
#include "ui/card.h"

QT_FORWARD_DECLARE_CLASS(QStackedWidget)
QT_FORWARD_DECLARE_CLASS(QTabBar)

namespace ui {

class ChangesPanel;
class JournalView;
class NoticesPanel;
class ProblemsPanel;

class DockArea : public Surface
{
    Q_OBJECT
public:
    explicit DockArea(QWidget *parent);
    ProblemsPanel &problems() const { return *m_problems; }
    JournalView &changes() const; // what was written
    NoticesPanel &notices() const { return *m_notices; }
    QStringList ids() const
    {
        return {QStringLiteral("problems"), QStringLiteral("changes"), QStringLiteral("notices")};
    }
    QString current() const;        // "problems", "changes", "notices"; "" hidden
    void open(const QString &id);   // and give it the focus; "" hides
    void toggle(const QString &id); // hides it if it has the focus or is shown
    QList<QWidget *> panes() const; // of the one that is shown, for F6
    void setCompact(bool compact);
    int usefulHeight() const; // that shows six rows
    void setConnection(const models::ConnectionState &state);
    void setStaged(const QList<models::StagedChange> &staged); // waits to be applied; in the dock Changes
    int staged() const;                                        // how many
    void setStagedForbidden(const QString &missing);           // what this account lacks for it; "" nothing

Q_SIGNALS:
    void stagedReviewRequested();
    void stagedDropRequested(const QStringList &keys); // {}: all
    void currentChanged(const QString &id);
    void tabTextsChanged();

private:
    void renameTabs();
    QTabBar *m_tabs;
    QStackedWidget *m_stack;
    ProblemsPanel *m_problems;
    ChangesPanel *m_changes;
    NoticesPanel *m_notices;
};

} // namespace ui
