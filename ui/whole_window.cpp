// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/whole_window.h"

#include <QApplication>
#include <QLayout>
#include <QScrollBar>

namespace ui {

WholeWindow::WholeWindow(QWidget *parent)
    : QScrollArea(parent)
{
    setObjectName(QStringLiteral("wholeWindow"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setWidgetResizable(true);
    m_focus =
        connect(qApp, &QApplication::focusChanged, this, [this](QWidget *, QWidget *now) { reveal(now); });
}

// Its content goes after it, and may have the focus till then.
WholeWindow::~WholeWindow() { disconnect(m_focus); }

void WholeWindow::setContent(QWidget *content) { setWidget(content); }

QSize WholeWindow::sizeHint() const { return widget() ? widget()->sizeHint() : m_least; }

// Bars and cards arrange themselves by the room they have: what is arranged for much would never see that there is less than it
// asks for now.
void WholeWindow::resizeEvent(QResizeEvent *event)
{
    if (QWidget *content = widget(); content && content->width() > viewport()->width() && content->layout()) {
        content->resize(viewport()->width(), content->height());
        content->layout()->activate();
    }
    QScrollArea::resizeEvent(event);
}

// Of something larger than the window, its beginning.
void WholeWindow::reveal(QWidget *focus)
{
    const bool canScroll = horizontalScrollBar()->maximum() > 0 || verticalScrollBar()->maximum() > 0;
    if (!focus || !canScroll || !widget() || !widget()->isAncestorOf(focus))
        return;
    const QRect box(focus->mapTo(widget(), QPoint()), focus->size().boundedTo(viewport()->size()));
    ensureVisible(box.right(), box.bottom(), 8, 8);
    ensureVisible(box.left(), box.top(), 8, 8);
}

} // namespace ui
