// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/cut_off.h"

#include "tests/ui/drawn_text.h"
#include "ui/text_label.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QHeaderView>
#include <QPlainTextEdit>

using namespace Qt::StringLiterals;

namespace {

bool insideScrollArea(const QWidget *widget)
{
    for (const QWidget *at = widget->parentWidget(); at; at = at->parentWidget()) {
        if (at->inherits("QAbstractScrollArea") && at->objectName() != u"wholeWindow"_s)
            return true;
    }
    return false;
}

// Text is scrolled there; what is half in sight is no loss.
bool isScrolled(const QWidget *widget)
{
    const auto *area = qobject_cast<const QAbstractScrollArea *>(widget->parentWidget());
    return area && area->viewport() == widget && !qobject_cast<const QHeaderView *>(area);
}

QString nameOf(const QWidget *widget)
{
    const QWidget *named = widget;
    while (named->objectName().isEmpty() || named->objectName().startsWith(u"qt_"_s)) {
        if (!named->parentWidget())
            break;
        named = named->parentWidget();
    }
    return QString::fromLatin1(widget->metaObject()->className()) + u" in "_s + named->objectName();
}

} // namespace

QStringList shortened(const QWidget &window)
{
    constexpr qsizetype Enough = 12;
    QStringList found;
    for (QWidget *widget : window.findChildren<QWidget *>()) {
        if (!widget->isVisible() || widget->visibleRegion().isEmpty()
            || qobject_cast<QPlainTextEdit *>(widget->parentWidget()))
            continue;
        const bool isData = isScrolled(widget) || qobject_cast<const QLabel *>(widget);
        for (const DrawnText &drawn : drawnTexts(*widget)) {
            const bool isElided = (drawn.text.contains(u'…') || drawn.text.endsWith(u"..."_s))
                && drawn.text != widget->property("text").toString(); // "Apply…" is whole
            if (isElided && (!isData || drawn.text.size() <= Enough))
                found.append(u"%1: “%2”"_s.arg(nameOf(widget), drawn.text));
            const QRectF room = QRectF(widget->rect()).adjusted(-1.5, -3, 1.5, 3); // glyphs have bearings
            if (!isScrolled(widget) && !drawn.text.trimmed().isEmpty() && !room.contains(drawn.box))
                found.append(u"%1: “%2” does not fit"_s.arg(nameOf(widget), drawn.text));
        }
    }
    return found;
}

QStringList cutOff(const QWidget &window)
{
    QStringList cut;
    for (const QLabel *label : window.findChildren<QLabel *>()) {
        const auto *text = qobject_cast<const ui::TextLabel *>(label);
        if (label->isVisible() && !label->text().isEmpty() && label->height() > 0 // laid out
            && label->height() + 1 < label->fontMetrics().height())
            cut.append(u"label “%1” is %2 px high"_s.arg(label->text()).arg(label->height()));
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
