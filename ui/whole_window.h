// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is scrolled as a whole, rather than cut off, where it gets less place than it needs (large type on a small screen):
// the body of a page below its head, and, should even the head and the bars have no place, the window.  Whatever takes the
// focus comes into sight.
#include <QScrollArea>

namespace ui {

class WholeWindow : public QScrollArea
{
    Q_OBJECT
public:
    explicit WholeWindow(QWidget *parent);
    ~WholeWindow() override;
    void setContent(QWidget *content); // takes it; its minimum size is what it needs
    void setLeast(const QSize &least) { m_least = least; }
    QSize minimumSizeHint() const override { return m_least; } // the same at every zoom
    QSize sizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void reveal(QWidget *focus);
    QMetaObject::Connection m_focus;
    QSize m_least{640, 400};
};

} // namespace ui
