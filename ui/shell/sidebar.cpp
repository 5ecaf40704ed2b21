// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/sidebar.h"

#include "ui/card.h"
#include "ui/elide.h"
#include "ui/shell/page_icons.h"
#include "ui/text_label.h"

#include <QKeyEvent>
#include <QPainter>
#include <QStyle>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int NarrowWidth = 52, LowItem = 27;

} // namespace

SidebarItem::SidebarItem(const QString &id, const QString &title, QWidget *parent)
    : QAbstractButton(parent)
    , m_id(id)
{
    setText(title);
    setObjectName(id + QStringLiteral("Item"));
    setAccessibleName(title);
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SidebarItem::setBadge(const QString &text, std::optional<models::Severity> severity)
{
    if (text == m_badge && severity == m_severity)
        return;
    m_badge = text;
    m_severity = severity;
    const QString spoken = severity ? tr("%1 (%2)").arg(text, severityName(*severity)) : text;
    setAccessibleName(text.isEmpty() ? this->text() : tr("%1, %2").arg(this->text(), spoken));
    update();
}

void SidebarItem::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)
        Q_EMIT stepped(event->key() == Qt::Key_Up ? -1 : 1);
    else if (!pressedByEnter(*this, *event))
        QAbstractButton::keyPressEvent(event);
}

QSize SidebarItem::sizeHint() const
{
    return {scaled(m_isIcon ? NarrowWidth : int(Measure::SidebarWidth)),
            scaled(m_isLow ? LowItem : int(Measure::SidebarItem))};
}

void SidebarItem::setSmall(bool iconOnly, bool isLow)
{
    m_isIcon = iconOnly;
    m_isLow = isLow;
    updateGeometry();
    update();
}

// What is wrong stays to be seen, at the icon's corner.
void SidebarItem::paintIcon(QPainter &painter, const QRect &box) const
{
    const Tokens tokens = tokensOf(palette());
    const int side = scaled(16);
    const QRect place(box.center().x() - side / 2 + 1, box.center().y() - side / 2 + 1, side, side);
    drawPageIcon(painter, m_id, place, QColor::fromRgb(isChecked() ? tokens.accent : tokens.text));
    if (!m_severity)
        return;
    const int shape = scaled(9);
    const QRect corner(place.right() - shape / 3, place.top() - shape / 2, shape, shape);
    drawSeverity(painter, corner, *m_severity, QColor::fromRgb(toneOf(palette(), *m_severity).ink));
}

void SidebarItem::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens tokens = tokensOf(palette());
    const QRect box = rect().adjusted(scaled(8), 2, -scaled(8), -2);
    const auto colour = [](QRgb rgb) { return QColor::fromRgb(rgb); };
    if (isChecked() || underMouse()) {
        painter.setPen(Qt::NoPen);
        QColor fill = colour(isChecked() ? tokens.selection : tokens.line); // only one looks chosen
        fill.setAlphaF(isChecked() ? 1.0F : 0.4F);
        painter.setBrush(fill);
        painter.drawRoundedRect(box, scaled(6), scaled(6));
    }
    const auto mirrored = [this](const QRect &place) {
        return QStyle::visualRect(layoutDirection(), rect(), place);
    };
    if (isChecked())
        painter.fillRect(mirrored({box.left(), box.top() + scaled(6), 3, box.height() - scaled(12)}),
                         colour(tokens.accent));
    if (hasFocus()) {
        painter.setPen(QPen(colour(tokens.accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), scaled(6), scaled(6));
    }
    if (m_isIcon)
        return paintIcon(painter, box);
    QRect words = box.adjusted(scaled(14), 0, -scaled(8), 0);
    if (!m_badge.isEmpty()) {
        painter.setFont(fontOf(Type::Body));
        painter.setPen(colour(m_severity ? toneOf(palette(), *m_severity).ink : tokens.dim));
        painter.drawText(mirrored(words), Qt::AlignRight | Qt::AlignVCenter, m_badge);
        words.setRight(words.right() - painter.fontMetrics().horizontalAdvance(m_badge));
        if (m_severity) {
            const int shape = scaled(9);
            drawSeverity(painter,
                         mirrored({words.right() - shape - scaled(3), words.center().y() - shape / 2 + 1,
                                   shape, shape}),
                         *m_severity, colour(toneOf(palette(), *m_severity).ink));
            words.setRight(words.right() - shape - scaled(6));
        }
        words.setRight(words.right() - scaled(4));
    }
    painter.setFont(fontOf(isChecked() ? Type::Strong : Type::Body));
    if (painter.fontMetrics().horizontalAdvance(text()) > words.width())
        painter.setFont(fontOf(Type::Body)); // its name matters more than its weight
    painter.setPen(colour(tokens.text));
    painter.drawText(mirrored(words), Qt::AlignLeft | Qt::AlignVCenter,
                     elided(text(), painter.fontMetrics(), words.width()));
}

Sidebar::Sidebar(QWidget *parent)
    : QWidget(parent)
    , m_pages(new QVBoxLayout)
    , m_footer(new QVBoxLayout)
{
    setObjectName(QStringLiteral("sidebar"));
    setAccessibleName(tr("Pages"));
    setFixedWidth(scaled(Measure::SidebarWidth));
    auto *name = new TextLabel(Type::Section, QStringLiteral("Sallyport"), this);
    name->setContentsMargins(scaled(22), 0, 0, 0);
    name->setFixedHeight(scaled(48));
    m_pages->setSpacing(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 1, scaled(8));
    column->setSpacing(0);
    column->addWidget(name);
    m_name = name;
    column->addLayout(m_pages);
    column->addStretch();
    column->addLayout(m_footer);
}

void Sidebar::addPage(const QString &id, const QString &title, const QString &toolTip)
{
    auto *item = new SidebarItem(id, title, this);
    item->setToolTip(toolTip);
    m_pages->addWidget(item);
    m_items.append(item);
    item->setFocusPolicy(Qt::NoFocus); // Tab enters at the current page
    connect(item, &SidebarItem::stepped, this, [this, item](int by) { step(item, by); });
    connect(item, &QAbstractButton::clicked, this, [this, item] { Q_EMIT pageOpened(item->id()); });
    connect(item, &QAbstractButton::toggled, this, [this, item](bool on) {
        item->setFocusPolicy(on ? Qt::TabFocus : Qt::NoFocus);
        if (on)
            Q_EMIT pageChosen(item->id());
    });
}

QAbstractButton *Sidebar::addFooter(const QString &id, const QString &title)
{
    auto *item = new SidebarItem(id, title, this);
    item->setAutoExclusive(false);
    item->setCheckable(false);
    m_footer->addWidget(item);
    return item;
}

void Sidebar::step(const SidebarItem *from, int by)
{
    const qsizetype at = m_items.indexOf(from) + by;
    if (at < 0 || at >= m_items.size())
        return;
    m_items[at]->setChecked(true);
    m_items[at]->setFocus(by < 0 ? Qt::BacktabFocusReason : Qt::TabFocusReason);
}

void Sidebar::setSmall(bool narrow, bool low)
{
    const int wanted = scaled(narrow ? NarrowWidth : int(Measure::SidebarWidth));
    if (narrow == m_isNarrow && low == m_isLow && minimumWidth() == wanted)
        return;
    m_isNarrow = narrow;
    m_isLow = low;
    setFixedWidth(wanted);
    m_name->setVisible(!narrow && !low);
    layout()->setContentsMargins(0, m_name->isHidden() ? scaled(6) : 0, 1, scaled(low ? 2 : 8));
    for (SidebarItem *item : findChildren<SidebarItem *>())
        item->setSmall(narrow, low);
}

void Sidebar::setCurrent(const QString &id)
{
    if (SidebarItem *wanted = item(id))
        wanted->setChecked(true);
}

QString Sidebar::current() const
{
    for (const SidebarItem *item : m_items) {
        if (item->isChecked())
            return item->id();
    }
    return {};
}

SidebarItem *Sidebar::item(const QString &id) const
{
    for (SidebarItem *item : m_items) {
        if (item->id() == id)
            return item;
    }
    return nullptr;
}

void Sidebar::focusCurrent()
{
    if (SidebarItem *wanted = item(current()))
        wanted->setFocus(Qt::ShortcutFocusReason);
}

void Sidebar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Tokens tokens = tokensOf(palette());
    painter.fillRect(rect(), QColor::fromRgb(tokens.side));
    painter.setPen(QColor::fromRgb(tokens.line));
    const int edge = isRightToLeft() ? rect().left() : rect().right();
    painter.drawLine(edge, rect().top(), edge, rect().bottom());
}

} // namespace ui
