// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A label of one of the type styles of theme.h, in words or second words, that follows changes of theme and
// zoom. An elided one is one line, shows the whole in its tool tip, and never asks for the width of its text.
#include "ui/theme.h"

#include <QLabel>

namespace ui {

class TextLabel : public QLabel
{
    Q_OBJECT
public:
    explicit TextLabel(Type type, const QString &text = {}, QWidget *parent = nullptr);
    void setElided(Qt::TextElideMode mode); // one line
    bool isElided() const { return m_elide != Qt::ElideNone; }
    QSize minimumSizeHint() const override;

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    void applyFont();
    const Type m_type;
    Qt::TextElideMode m_elide = Qt::ElideNone;
};

} // namespace ui
