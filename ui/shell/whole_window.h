// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Everything below the menu bar.  Where the window is smaller than that needs (large type on a small screen), it is scrolled, as
// a whole, rather than cut off; whatever takes the focus comes into sight.
#include <QScrollArea>

namespace ui {

class WholeWindow : public QScrollArea
{
    Q_OBJECT
public:
    explicit WholeWindow(QWidget *parent);
    void setContent(QWidget *content);      // takes it; its minimum size is what it needs
    QSize minimumSizeHint() const override; // the same at every zoom

private:
    void reveal(QWidget *focus);
};

} // namespace ui
