// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/cut_off.h"

#include "ui/text_label.h"

#include <QAbstractButton>

using namespace Qt::StringLiterals;

namespace {

bool insideScrollArea(const QWidget *widget)
{
    for (const QWidget *at = widget->parentWidget(); at; at = at->parentWidget()) {
        if (at->inherits("QAbstractScrollArea"))
            return true;
    }
    return false;
}

} // namespace

QStringList cutOff(const QWidget &window)
{
    QStringList cut;
    for (const QLabel *label : window.findChildren<QLabel *>()) {
        const auto *text = qobject_cast<const ui::TextLabel *>(label);
        if (!label->isVisible() || label->text().isEmpty() || (text && text->isElided()))
            continue;
        if (label->wordWrap()
                ? label->heightForWidth(label->width()) > label->height() + 1
                : label->fontMetrics().horizontalAdvance(label->text()) > label->contentsRect().width() + 1)
            cut.append(u"label “%1”"_s.arg(label->text()));
    }
    for (const QAbstractButton *button : window.findChildren<QAbstractButton *>()) {
        if (!button->isVisible() || !button->inherits("QPushButton"))
            continue;
        if (button->width() < button->sizeHint().width())
            cut.append(u"button “%1”"_s.arg(button->text()));
        if (!insideScrollArea(button)
            && !window.rect().contains(QRect(button->mapTo(&window, QPoint()), button->size())))
            cut.append(u"button “%1” is outside of the window"_s.arg(button->text()));
    }
    return cut;
}
