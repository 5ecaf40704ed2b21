// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The line at the bottom: connection, counts, age of the last event at the left; edge and mode at the right.
#include "models/resources/connection_state.h"
#include "ui/card.h"

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

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh(); // ages change by themselves
    models::ConnectionState m_state;
    class Dot;
    Dot *m_dot;
    TextLabel *m_left;
    TextLabel *m_right;
    QTimer *m_timer;
};

} // namespace ui
