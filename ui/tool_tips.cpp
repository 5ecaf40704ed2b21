// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tool_tips.h"

#include "ui/shown_text.h"

#include <QAbstractItemView>
#include <QAction>
#include <QHeaderView>
#include <QHelpEvent>
#include <QMenu>
#include <QTabBar>
#include <QToolTip>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

// The view whose items the widget shows; titles of columns are its own words.
const QAbstractItemView *viewOf(const QWidget &widget)
{
    const auto *view = qobject_cast<const QAbstractItemView *>(widget.parentWidget());
    return view && view->viewport() == &widget && !qobject_cast<const QHeaderView *>(view) ? view : nullptr;
}

QString entryToolTip(const QMenu &menu, const QPoint &position)
{
    const QAction *action = menu.toolTipsVisible() ? menu.actionAt(position) : nullptr;
    if (!action)
        return {};
    QString words = action->text().section(u'\t', 0, 0);
    words.remove(u'&'); // QAction makes a tool tip of its text where it has none
    const QString text = action->toolTip();
    return text == words ? QString() : text;
}

QString toolTipAt(const QWidget &widget, const QPoint &position)
{
    if (const QAbstractItemView *view = viewOf(widget))
        return view->indexAt(position).data(Qt::ToolTipRole).toString();
    if (const auto *menu = qobject_cast<const QMenu *>(&widget))
        return entryToolTip(*menu, position);
    if (const auto *tabs = qobject_cast<const QTabBar *>(&widget)) {
        if (const QString text = tabs->tabToolTip(tabs->tabAt(position)); !text.isEmpty())
            return text;
    }
    return widget.toolTip();
}

} // namespace

void showToolTip(const QPoint &globalPosition, const QString &text, QWidget *widget)
{
    const QString shown = shownText(text);
    QToolTip::showText(globalPosition,
                       Qt::mightBeRichText(shown)
                           ? u"<p style='white-space:pre'>%1</p>"_s.arg(shown.toHtmlEscaped())
                           : shown,
                       widget);
}

bool ToolTips::eventFilter(QObject *watched, QEvent *event)
{
    auto *widget = event->type() == QEvent::ToolTip ? qobject_cast<QWidget *>(watched) : nullptr;
    if (!widget)
        return false;
    const auto *help = static_cast<QHelpEvent *>(event);
    const QString text = toolTipAt(*widget, help->pos());
    if (text.isEmpty())
        return false; // it may decide itself, or its parent has one
    showToolTip(help->globalPos(), text, widget);
    return true;
}

} // namespace ui
