// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tile_row.h"

#include "ui/card.h"
#include "ui/elide.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>

namespace ui {

Tile::Tile(QWidget *parent)
    : QAbstractButton(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Tile::set(const QString &number, const QString &word, models::Severity severity)
{
    m_number = number;
    m_severity = severity;
    setText(word);
    setAccessibleName(tr("%1 %2").arg(number, word));
    update();
}

void Tile::keyPressEvent(QKeyEvent *event)
{
    if (!pressedByEnter(*this, *event))
        QAbstractButton::keyPressEvent(event);
}

QSize Tile::sizeHint() const { return {scaled(140), scaled(72)}; }

void Tile::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens tokens = tokensOf(palette());
    const bool isNone = m_number == u"0"; // nothing is wrong where there is nothing
    const QColor ink = QColor::fromRgb(isNone ? tokens.dim : toneOf(palette(), m_severity).ink);
    const double pen = hasFocus() ? 2 : 1;
    painter.setPen(QPen(QColor::fromRgb(hasFocus() || underMouse() ? tokens.accent : tokens.line), pen));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(pen / 2, pen / 2, -pen / 2, -pen / 2),
                            scaled(Measure::CardRadius), scaled(Measure::CardRadius));
    const QRect box = rect().adjusted(scaled(17), scaled(6), -scaled(12), -scaled(8));
    painter.setFont(fontOf(Type::Number));
    painter.setPen(ink);
    painter.drawText(box, Qt::AlignLeft | Qt::AlignTop, m_number);
    const QRect line(box.left(), box.bottom() - scaled(20), box.width(), scaled(20));
    const int shape = scaled(10);
    painter.setFont(fontOf(Type::Body));
    // In a narrow tile the shape stands beside the number, and the words have the line.
    const bool isNarrow = painter.fontMetrics().horizontalAdvance(text()) > line.width() - shape - scaled(8);
    const QRect place = isNarrow ? QRect(line.right() - shape, box.top(), shape, scaled(32))
                                 : QRect(line.left(), line.top(), shape, line.height());
    drawSeverity(painter, QRect(place.left(), place.center().y() - shape / 2 + 1, shape, shape), m_severity,
                 ink);
    painter.setPen(QColor::fromRgb(tokens.text));
    const QRect words =
        isNarrow ? line.adjusted(-scaled(5), 0, scaled(6), 0) : line.adjusted(shape + scaled(8), 0, 0, 0);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                     elided(text(), painter.fontMetrics(), words.width()));
}

TileRow::TileRow(QWidget *parent)
    : QWidget(parent)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(scaled(Measure::WideGap));
}

void TileRow::setEntries(const QList<Entry> &entries)
{
    while (m_tiles.size() < entries.size()) {
        auto *tile = new Tile(this);
        tile->setObjectName(QStringLiteral("tile%1").arg(m_tiles.size()));
        layout()->addWidget(tile);
        connect(tile, &QAbstractButton::clicked, this,
                [this, at = m_tiles.size()] { Q_EMIT tilePressed(m_filters.value(at)); });
        m_tiles.append(tile);
    }
    m_filters.clear();
    for (qsizetype i = 0; i < m_tiles.size(); ++i) {
        m_tiles[i]->setVisible(i < entries.size());
        if (i >= entries.size())
            continue;
        m_tiles[i]->set(entries[i].number, entries[i].word, entries[i].severity);
        m_filters.append(entries[i].filter);
    }
}

} // namespace ui
