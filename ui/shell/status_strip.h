// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The line at the bottom: connection, counts, mode, age of the last event and edge, with a line between each two, then
// the buttons of the docks.  Nothing of it is shortened: where there is no place for all, what matters least goes first.
#include "models/resources/connection_state.h"
#include "models/resources/finding.h"
#include "ui/card.h"

#include <optional>

QT_FORWARD_DECLARE_CLASS(QHBoxLayout)
QT_FORWARD_DECLARE_CLASS(QTimer)

namespace ui {

class TextLabel;

class StatusStrip : public Surface
{
    Q_OBJECT
public:
    explicit StatusStrip(QWidget *parent = nullptr);
    void setConnection(const models::ConnectionState &state);
    QString text() const;
    void setPaused(const QDateTime &since); // invalid: updates go on
    // A button of a dock: its name with a count, its worst severity as a shape.
    void setDock(const QString &id, const QString &name, int count, std::optional<models::Severity> worst);
    void setOpenDock(const QString &id); // "" none

Q_SIGNALS:
    void dockPressed(const QString &id);
    void resumePressed();

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh(); // ages change by themselves
    struct Part;
    QList<Part> parts() const;
    int room() const; // for the parts, in pixels
    models::ConnectionState m_state;
    class Dot;
    Dot *m_dot;
    TextLabel *m_text;
    class PausedNote *m_paused;
    class Rule;
    Rule *m_rule; // before the buttons
    QTimer *m_timer;
    class DockButton;
    QHBoxLayout *m_docks;
    QList<DockButton *> m_dockButtons;
};

} // namespace ui
