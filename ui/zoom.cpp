// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/zoom.h"

#include "ui/text_view.h"
#include "ui/theme.h"

#include <QApplication>
#include <QBoxLayout>
#include <QGridLayout>
#include <QHeaderView>
#include <QResizeEvent>
#include <QSplitter>
#include <QTableWidget>
#include <QTextDocument>
#include <QTreeView>

#include <functional>

namespace ui {

namespace {

struct Measured // one measure that was fixed when a widget was made, at the zoom of that time
{
    int now = 0;
    std::function<void(int)> set;
};

// Rounding must not add up over many steps: what a measure is at 100 % is kept with the object, together with what it
// was last set to; a value that somebody else has set since is a new measure.
void rescale(QObject &object, const QList<Measured> &measures, double from, double to)
{
    static constexpr char BaseName[] = "sallyportBase", LastName[] = "sallyportLast";
    QVariantList bases = object.property(BaseName).toList();
    QVariantList last = object.property(LastName).toList();
    bases.resize(measures.size());
    last.resize(measures.size());
    for (qsizetype i = 0; i < measures.size(); ++i) {
        const int now = measures[i].now;
        if (!last[i].isValid() || last[i].toInt() != now)
            bases[i] = now / from;
        constexpr double Hairline = 2; // lines and gaps of a pixel or two are what they are at every zoom
        const double base = bases[i].toDouble();
        const int next = base <= Hairline ? now : qRound(base * to);
        last[i] = next;
        if (next != now)
            measures[i].set(next);
    }
    object.setProperty(BaseName, bases);
    object.setProperty(LastName, last);
}

template<typename Owner> // a widget or a layout
void addMargins(QList<Measured> &measures, Owner &owner)
{
    const QMargins now = owner.contentsMargins();
    const auto add = [&measures, &owner](int value, void (QMargins::*set)(int)) {
        measures.append({value, [&owner, set](int next) {
                             QMargins margins = owner.contentsMargins();
                             (margins.*set)(next);
                             owner.setContentsMargins(margins);
                         }});
    };
    add(now.left(), &QMargins::setLeft);
    add(now.top(), &QMargins::setTop);
    add(now.right(), &QMargins::setRight);
    add(now.bottom(), &QMargins::setBottom);
}

QList<Measured> measuresOf(QWidget &widget)
{
    QList<Measured> measures;
    const auto add = [&measures, &widget](int now, bool isSet, void (QWidget::*set)(int)) {
        measures.append({isSet ? now : 0, [&widget, set](int next) { (widget.*set)(next); }});
    };
    const QSize most = widget.maximumSize();
    add(most.width(), most.width() < QWIDGETSIZE_MAX, &QWidget::setMaximumWidth);
    add(most.height(), most.height() < QWIDGETSIZE_MAX, &QWidget::setMaximumHeight);
    add(widget.minimumWidth(), true, &QWidget::setMinimumWidth);
    add(widget.minimumHeight(), true, &QWidget::setMinimumHeight);
    if (widget.inherits("QLabel"))
        addMargins(measures, widget);
    if (const auto *text = qobject_cast<TextView *>(&widget))
        measures.append({qRound(text->document()->documentMargin()),
                         [text](int next) { text->document()->setDocumentMargin(next); }});
    if (auto *splitter = qobject_cast<QSplitter *>(&widget); splitter && splitter->handleWidth() > 1)
        measures.append({splitter->handleWidth(), [splitter](int next) { splitter->setHandleWidth(next); }});
    auto *header = qobject_cast<QHeaderView *>(&widget);
    if (header && qobject_cast<QTableWidget *>(header->parentWidget())
        && header->orientation() == Qt::Vertical)
        measures.append({scaled(Measure::Row), [header](int next) { // whatever the style has made of it since
                             header->setMinimumSectionSize(next);
                             header->setDefaultSectionSize(next);
                         }});
    if (auto *tree = header ? qobject_cast<QTreeView *>(header->parentWidget()) : nullptr) {
        for (int column = 0; column + 1 < header->count(); ++column) // the last one takes the rest
            measures.append({tree->columnWidth(column),
                             [tree, column](int next) { tree->setColumnWidth(column, next); }});
    }
    return measures;
}

void addSpacer(QList<Measured> &measures, QLayout &layout, QSpacerItem &spacer)
{
    const auto change = [&layout, &spacer](QSize size) {
        const QSizePolicy policy = spacer.sizePolicy();
        spacer.changeSize(size.width(), size.height(), policy.horizontalPolicy(), policy.verticalPolicy());
        layout.invalidate();
    };
    measures.append({spacer.sizeHint().width(), [&spacer, change](int next) {
                         change({next, spacer.sizeHint().height()});
                     }});
    measures.append({spacer.sizeHint().height(), [&spacer, change](int next) {
                         change({spacer.sizeHint().width(), next});
                     }});
}

// A spacing that is the usual one may be the style's, which knows the zoom, or have been set to it, and nobody can tell: it is
// set either way, to what the style's will be.
QList<Measured> measuresOf(QLayout &layout)
{
    QList<Measured> measures;
    if (!qobject_cast<QBoxLayout *>(&layout) && !qobject_cast<QGridLayout *>(&layout))
        return measures; // of a stack or of the window: the style's
    addMargins(measures, layout);
    if (auto *box = qobject_cast<QBoxLayout *>(&layout))
        measures.append({box->spacing(), [box](int next) { box->setSpacing(next); }});
    if (auto *grid = qobject_cast<QGridLayout *>(&layout)) {
        measures.append({grid->horizontalSpacing(), [grid](int next) { grid->setHorizontalSpacing(next); }});
        measures.append({grid->verticalSpacing(), [grid](int next) { grid->setVerticalSpacing(next); }});
    }
    for (int i = 0; i < layout.count(); ++i) {
        if (QSpacerItem *spacer = layout.itemAt(i)->spacerItem())
            addSpacer(measures, layout, *spacer);
    }
    return measures;
}

void rescaleFont(QWidget &widget, double from, double to)
{
    if (!widget.testAttribute(Qt::WA_SetFont) || widget.font().pixelSize() <= 0)
        return;
    static constexpr char BaseName[] = "sallyportFontBase", LastName[] = "sallyportFontLast";
    QFont font = widget.font();
    const QVariant last = widget.property(LastName);
    if (!last.isValid() || last.toInt() != font.pixelSize())
        widget.setProperty(BaseName, font.pixelSize() / from);
    font.setPixelSize(qRound(widget.property(BaseName).toDouble() * to));
    widget.setProperty(LastName, font.pixelSize());
    widget.setFont(font);
}

} // namespace

double zoom() { return scaled(1000) / 1000.0; }

void changeZoom(double wanted)
{
    const double from = zoom();
    const double to = qBound(0.8, wanted, 2.0);
    if (qFuzzyCompare(from, to))
        return;
    const QWidgetList widgets = QApplication::allWidgets();
    QList<std::pair<QObject *, QList<Measured>>>
        all; // read before any is set: a layout inherits its outer one's spacing
    for (QWidget *widget : widgets) {
        all.append({widget, measuresOf(*widget)});
        for (QLayout *layout : widget->findChildren<QLayout *>(Qt::FindDirectChildrenOnly)) {
            all.append({layout, measuresOf(*layout)});
            for (QLayout *inner : layout->findChildren<QLayout *>())
                all.append({inner, measuresOf(*inner)});
        }
    }
    for (const auto &[object, measures] : std::as_const(all))
        rescale(*object, measures, from, to);
    for (QWidget *widget : widgets)
        rescaleFont(*widget, from, to);
    applyZoom(to);
    for (QWidget *widget : widgets) { // what follows a width or a font by itself looks again
        widget->updateGeometry();
        QResizeEvent again(widget->size(), widget->size());
        QApplication::sendEvent(widget, &again);
        widget->update();
    }
}

} // namespace ui
