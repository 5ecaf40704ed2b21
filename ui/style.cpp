// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style.h"

#include "ui/elide.h"
#include "ui/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QStyleOption>
#include <QTabBar>

namespace ui {

namespace {

QColor colour(QRgb rgb) { return QColor::fromRgb(rgb); }

bool isPrimary(const QWidget *widget) { return widget && widget->property("primary").toBool(); }

// A box with a border inside its rectangle; the focus ring is two pixels of accent in the border's place.
void drawBox(QPainter *painter, const QRect &rect, const QColor &fill, const QColor &border, bool focused,
             const QColor &ring)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const double width = focused ? 2 : 1;
    painter->setPen(QPen(focused ? ring : border, width));
    painter->setBrush(fill);
    const double inset = width / 2;
    const int radius = scaled(Measure::FieldRadius);
    painter->drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius);
    painter->restore();
}

void drawButtonPanel(const QStyleOption *option, QPainter *painter, const QWidget *widget)
{
    const Tokens tokens = tokensOf(option->palette);
    const bool focused = option->state & QStyle::State_HasFocus;
    const bool down = option->state & (QStyle::State_Sunken | QStyle::State_On);
    const bool hovered = (option->state & QStyle::State_MouseOver) && (option->state & QStyle::State_Enabled);
    const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
    if (button && (button->features & QStyleOptionButton::Flat)) {
        if (hovered || down || focused)
            drawBox(painter, option->rect,
                    hovered || down ? colour(tokens.selection) : QColor(Qt::transparent), Qt::transparent,
                    focused, colour(tokens.accent));
        return;
    }
    if (isPrimary(widget) && (option->state & QStyle::State_Enabled)) {
        QColor fill = colour(tokens.accent);
        if (down || hovered)
            fill = fill.lightness() < 128 ? fill.lighter(down ? 118 : 108) : fill.darker(down ? 118 : 108);
        drawBox(painter, option->rect, fill, fill, focused, colour(tokens.text));
        return;
    }
    const QColor fill = down ? colour(tokens.selection)
        : hovered            ? colour(tokens.window)
                             : option->palette.color(QPalette::Button);
    drawBox(painter, option->rect, fill, colour(tokens.line), focused, colour(tokens.accent));
}

void drawChevron(QPainter *painter, const QRect &box, const QColor &ink, bool up = false)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(ink, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF centre = QRectF(box).center();
    const double w = scaled(4);
    const double h = (up ? -1 : 1) * scaled(2);
    painter->drawPolyline(
        QPolygonF({centre + QPointF(-w, -h), centre + QPointF(0, h), centre + QPointF(w, -h)}));
    painter->restore();
}

void drawTab(const QStyleOptionTab *tab, QPainter *painter)
{
    const Tokens tokens = tokensOf(tab->palette);
    const bool current = tab->state & QStyle::State_Selected;
    painter->save();
    if (tab->state & QStyle::State_HasFocus)
        drawBox(painter, tab->rect.adjusted(0, 2, 0, -4), Qt::transparent, Qt::transparent, true,
                colour(tokens.accent));
    painter->setFont(fontOf(current ? Type::Strong : Type::Body));
    painter->setPen(colour(current || (tab->state & QStyle::State_MouseOver) ? tokens.text : tokens.dim));
    painter->drawText(tab->rect, Qt::AlignCenter | Qt::TextHideMnemonic, tab->text);
    if (current)
        painter->fillRect(QRect(tab->rect.left(), tab->rect.bottom() - 1, tab->rect.width(), 2),
                          colour(tokens.accent));
    painter->restore();
}

void drawHeader(const QStyleOptionHeader *header, QPainter *painter)
{
    const Tokens tokens = tokensOf(header->palette);
    painter->save();
    painter->fillRect(header->rect, header->palette.color(QPalette::Base));
    painter->setPen(colour(tokens.line));
    painter->drawLine(header->rect.bottomLeft(), header->rect.bottomRight());
    const int padding = scaled(Measure::CellPadding);
    QRect box = header->rect.adjusted(padding, 0, -padding, 0);
    const bool sorted = header->sortIndicator != QStyleOptionHeader::None;
    const bool right = header->textAlignment & Qt::AlignRight;
    if (sorted)
        box.adjust(0, 0, -scaled(14), 0);
    const QFont font = fontOf(Type::TableHead);
    const QFontMetrics metrics(font);
    const QString text = elided(header->text, metrics, box.width());
    painter->setFont(font);
    painter->setPen(colour(sorted ? tokens.text : tokens.dim));
    painter->drawText(box, Qt::AlignVCenter | (right ? Qt::AlignRight : Qt::AlignLeft), text);
    if (sorted) {
        const int at = right ? box.right() + 1 : box.left() + metrics.horizontalAdvance(text) + 2;
        drawChevron(painter, QRect(at, box.top(), scaled(14), box.height()), colour(tokens.text),
                    header->sortIndicator == QStyleOptionHeader::SortDown); // Qt: down is ascending
    }
    painter->restore();
}

void drawScrollBar(const QStyleOptionSlider *bar, QPainter *painter, const QRect &handle)
{
    const Tokens tokens = tokensOf(bar->palette);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    QColor ink = colour(tokens.dim);
    ink.setAlphaF(bar->state & QStyle::State_Sunken          ? 0.8F
                      : bar->state & QStyle::State_MouseOver ? 0.6F
                                                             : 0.4F);
    painter->setBrush(ink);
    const QRectF box = QRectF(handle).adjusted(2, 2, -2, -2);
    const double radius = qMin(box.width(), box.height()) / 2;
    if (bar->minimum < bar->maximum)
        painter->drawRoundedRect(box, radius, radius);
    painter->restore();
}

// A scroll bar is a part of what it scrolls, also of a code block.
QColor scrollBarPaper(const QStyleOption &option, const QWidget *bar)
{
    if (!bar || !bar->parentWidget())
        return option.palette.color(QPalette::Window);
    for (const QWidget *at = bar->parentWidget(); at; at = at->parentWidget()) {
        if (at->property("code").toBool())
            return colour(tokensOf(option.palette).code);
        if (at->inherits("QAbstractScrollArea"))
            break;
    }
    return option.palette.color(QPalette::Base);
}

void drawCheckBox(const QStyleOption *option, QPainter *painter)
{
    const Tokens tokens = tokensOf(option->palette);
    const bool on = option->state & QStyle::State_On;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(colour(on ? tokens.accent : tokens.dim), 1));
    painter->setBrush(on ? colour(tokens.accent) : colour(tokens.base));
    const QRectF box = QRectF(option->rect).adjusted(1.5, 1.5, -1.5, -1.5);
    painter->drawRoundedRect(box, 3, 3);
    if (on) {
        painter->setPen(QPen(colour(tokens.onAccent), 1.7, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->drawPolyline(
            QPolygonF({{box.left() + box.width() * 0.22, box.center().y()},
                       {box.left() + box.width() * 0.42, box.bottom() - box.height() * 0.25},
                       {box.right() - box.width() * 0.2, box.top() + box.height() * 0.28}}));
    }
    painter->restore();
}

} // namespace

Style::Style()
    : QProxyStyle(QStringLiteral("Fusion"))
{
}

void Style::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget)
        || qobject_cast<QTabBar *>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                          const QWidget *widget) const
{
    const Tokens tokens = tokensOf(option->palette);
    switch (element) {
    case PE_PanelButtonCommand: drawButtonPanel(option, painter, widget); return;
    case PE_FrameDefaultButton:
    case PE_FrameTabBarBase:
    case PE_FrameStatusBarItem: return;
    case PE_FrameFocusRect:
        if (!qobject_cast<const QPushButton *>(widget)) // theirs is in the panel
            drawBox(painter, option->rect, Qt::transparent, Qt::transparent, true, colour(tokens.accent));
        return;
    case PE_PanelLineEdit:
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
            frame && frame->lineWidth > 0)
            drawBox(painter, option->rect, option->palette.color(QPalette::Base), colour(tokens.line),
                    option->state & State_HasFocus, colour(tokens.accent));
        return;
    case PE_FrameLineEdit: return; // drawn with the panel
    case PE_Frame: {
        if (widget && widget->property("code").toBool()) {
            const bool focused = option->state & State_HasFocus;
            drawBox(painter, option->rect, colour(tokens.code), colour(tokens.code), focused,
                    colour(tokens.accent));
            return;
        }
        painter->save();
        painter->setPen(colour(option->state & State_HasFocus ? tokens.accent : tokens.line));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    }
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: drawCheckBox(option, painter); return;
    case PE_PanelTipLabel:
        painter->fillRect(option->rect, option->palette.color(QPalette::ToolTipBase));
        painter->setPen(colour(tokens.line));
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return;
    default: QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                        const QWidget *widget) const
{
    switch (element) {
    case CE_TabBarTabShape: return;
    case CE_TabBarTabLabel:
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option)) {
            drawTab(tab, painter);
            return;
        }
        break;
    case CE_Header:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option)) {
            drawHeader(header, painter);
            return;
        }
        break;
    case CE_ComboBoxLabel:
        if (const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option);
            combo && !combo->editable) {
            QStyleOptionComboBox label(*combo); // what does not fit is elided and not cut
            const QRect field = subControlRect(CC_ComboBox, combo, SC_ComboBoxEditField, widget);
            label.currentText = elided(combo->currentText, combo->fontMetrics, field.width() - 4);
            QProxyStyle::drawControl(element, &label, painter, widget);
            return;
        }
        break;
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, option->palette.color(QPalette::Base));
        painter->setPen(colour(tokensOf(option->palette).line));
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        return;
    case CE_PushButtonLabel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
            button && widget && widget->property("field").toBool()) {
            painter->save();
            painter->setPen(colour(tokensOf(option->palette).dim));
            painter->drawText(button->rect.adjusted(scaled(12), 0, -scaled(8), 0),
                              Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, button->text);
            painter->restore();
            return;
        }
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
            button && isPrimary(widget)) {
            QStyleOptionButton label(*button);
            if (option->state & State_Enabled)
                label.palette.setColor(QPalette::ButtonText, colour(tokensOf(option->palette).onAccent));
            painter->save();
            painter->setFont(fontOf(Type::Strong));
            QProxyStyle::drawControl(element, &label, painter, widget);
            painter->restore();
            return;
        }
        break;
    case CE_Splitter: return; // panes draw their own borders
    default: break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                               const QWidget *widget) const
{
    if (control == CC_ComboBox) {
        if (const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option)) {
            const Tokens tokens = tokensOf(option->palette);
            const QColor fill =
                (option->state & State_MouseOver) && (option->state & State_Enabled) && !combo->editable
                ? colour(tokens.window)
                : colour(tokens.base);
            drawBox(painter, option->rect, fill, colour(tokens.line), option->state & State_HasFocus,
                    colour(tokens.accent));
            drawChevron(painter, proxy()->subControlRect(CC_ComboBox, option, SC_ComboBoxArrow, widget),
                        colour(tokens.dim));
            return;
        }
    }
    if (control == CC_ScrollBar) {
        if (const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option)) {
            painter->fillRect(option->rect, scrollBarPaper(*option, widget));
            drawScrollBar(bar, painter,
                          proxy()->subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget));
            return;
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl part,
                            const QWidget *widget) const
{
    if (control == CC_ComboBox) {
        const QRect rect = option->rect;
        const int arrow = scaled(26);
        if (part == SC_ComboBoxArrow)
            return visualRect(option->direction, rect,
                              QRect(rect.right() - arrow, rect.top(), arrow, rect.height()));
        if (part == SC_ComboBoxEditField)
            return visualRect(option->direction, rect, rect.adjusted(scaled(9), 1, -arrow, -1));
    }
    if (control == CC_ScrollBar) {
        const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
        if (!bar)
            return {};
        const bool horizontal = bar->orientation == Qt::Horizontal;
        const int length = horizontal ? bar->rect.width() : bar->rect.height();
        const int range = bar->maximum - bar->minimum;
        const int handle = range > 0
            ? qBound(qMin(scaled(28), length),
                     int(qint64(bar->pageStep) * length / (qint64(range) + bar->pageStep)), length)
            : length;
        const int at = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                               length - handle, bar->upsideDown);
        const auto along = [&](int from, int size) {
            const QRect &r = bar->rect;
            return horizontal ? QRect(r.x() + from, r.y(), size, r.height())
                              : QRect(r.x(), r.y() + from, r.width(), size);
        };
        switch (part) {
        case SC_ScrollBarSlider: return visualRect(option->direction, option->rect, along(at, handle));
        case SC_ScrollBarGroove: return bar->rect;
        case SC_ScrollBarSubPage: return visualRect(option->direction, option->rect, along(0, at));
        case SC_ScrollBarAddPage:
            return visualRect(option->direction, option->rect, along(at + handle, length - at - handle));
        default: return {};
        }
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
    return element == SE_LineEditContents && frame && frame->lineWidth > 0
        ? rect.adjusted(scaled(7), 0, -scaled(4), 0)
        : rect;
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                              const QWidget *widget) const
{
    const QSize proposed = QProxyStyle::sizeFromContents(type, option, size, widget);
    const int height = scaled(Measure::Field);
    switch (type) {
    case CT_PushButton: {
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        if (!button)
            return proposed;
        const int text = QFontMetrics(fontOf(isPrimary(widget) ? Type::Strong : Type::Body))
                             .size(Qt::TextShowMnemonic, button->text)
                             .width();
        const int icon = button->icon.isNull() ? 0 : button->iconSize.width() + 4;
        return {text + icon + 2 * scaled(button->features & QStyleOptionButton::Flat ? 6 : 14),
                button->features & QStyleOptionButton::Flat ? scaled(24) : height};
    }
    case CT_ComboBox: // the words, and what subControlRect leaves beside them
        return {qMax(proposed.width() + scaled(12), size.width() + scaled(9) + scaled(26) + scaled(8)),
                height};
    case CT_LineEdit: return {proposed.width(), qMax(proposed.height(), height)};
    case CT_TabBarTab: {
        const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option);
        const int text = tab
            ? QFontMetrics(fontOf(Type::Strong)).size(Qt::TextShowMnemonic, tab->text).width()
            : size.width();
        const bool isNarrow = widget && widget->property("narrow").toBool(); // in a detail pane
        return {text + 2 * scaled(isNarrow ? 9 : 14), scaled(isNarrow ? 32 : 38)};
    }
    case CT_HeaderSection: return {proposed.width(), scaled(Measure::Header)};
    default: return proposed;
    }
}

QIcon Style::standardIcon(StandardPixmap icon, const QStyleOption *option, const QWidget *widget) const
{
    if (icon != SP_LineEditClearButton)
        return QProxyStyle::standardIcon(icon, option, widget);
    const QPalette palette = widget ? widget->palette() : QApplication::palette();
    return tintedIcon(QStringLiteral("clear"), colour(tokensOf(palette).dim), scaled(16),
                      widget ? widget->devicePixelRatioF() : 1);
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent: return scaled(10);
    case PM_DefaultFrameWidth:
        return widget && widget->property("code").toBool() ? 4
                                                           : QProxyStyle::pixelMetric(metric, option, widget);
    case PM_SplitterWidth: return 1;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal: return 0;
    case PM_HeaderMargin: return scaled(Measure::CellPadding);
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing: return scaled(Measure::Gap);
    case PM_IndicatorWidth:
    case PM_IndicatorHeight: return scaled(18);
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                     QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_DialogButtonBox_ButtonsHaveIcons: return 0;
    case SH_ItemView_ShowDecorationSelected: return 1;
    case SH_ComboBox_Popup: return 0;
    case SH_ScrollBar_LeftClickAbsolutePosition: return 0;
    case SH_EtchDisabledText: return 0;
    case SH_TabBar_Alignment: return Qt::AlignLeft;
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

} // namespace ui
