// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The dock Changes: what was written (the journal), and beside it, while anything is staged, what waits to be.
#include "models/analysis/staged_changes.h"
#include "models/resources/connection_state.h"

#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QStackedWidget)
QT_FORWARD_DECLARE_CLASS(QTabBar)

namespace ui {

class JournalView;
class StagedPanel;

class ChangesPanel : public QWidget
{
    Q_OBJECT
public:
    explicit ChangesPanel(QWidget *parent);
    JournalView &journal() const { return *m_journal; }
    StagedPanel &staged() const { return *m_staged; }
    void setStaged(const QList<models::StagedChange> &staged); // more of it comes to the front
    void setConnection(const models::ConnectionState &state);
    int stagedCount() const { return m_count; }
    QList<QWidget *> panes() const; // of what is in front, for F6

private:
    QTabBar *m_tabs;
    QStackedWidget *m_stack;
    StagedPanel *m_staged;
    JournalView *m_journal;
    int m_count = 0;
};

} // namespace ui
