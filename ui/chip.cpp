// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chip.h"

#include "ui/elide.h"
#include "ui/theme.h"

#include <QPainter>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int Shape = 10, Before = 9, Between = 7, After = 10;

} // namespace

int chipWidth(const QString &text)
{
    return scaled(Before + Shape + Between + After)
        + QFontMetrics(fontOf(Type::Body)).horizontalAdvance(text);
}

QRect drawChip(QPainter &painter, const QRect &box, const QString &text, models::Severity severity,
               const QPalette &palette)
{
    const Tone tone = toneOf(palette, severity);
    const int height = qMin(scaled(Measure::Chip), box.height());
    const QRect chip(box.left(), box.top() + (box.height() - height) / 2, qMin(chipWidth(text), box.width()),
                     height);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor::fromRgb(tone.paper));
    painter.drawRoundedRect(chip, scaled(Measure::ChipRadius), scaled(Measure::ChipRadius));
    const QColor ink = QColor::fromRgb(tone.ink);
    const QRect shape(chip.left() + scaled(Before), chip.top() + (height - scaled(Shape)) / 2, scaled(Shape),
                      scaled(Shape));
    drawSeverity(painter, shape, severity, ink);
    painter.setFont(fontOf(Type::Body));
    painter.setPen(ink);
    const QRect words(shape.right() + 1 + scaled(Between), chip.top(),
                      chip.right() - shape.right() - scaled(Between + After) + 2, height);
    painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                     elided(text, painter.fontMetrics(), words.width()));
    painter.restore();
    return chip;
}

Chip::Chip(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    hide();
}

void Chip::set(const QString &text, models::Severity severity)
{
    m_text = text;
    m_severity = severity;
    setAccessibleName(text.isEmpty() ? QString() : tr("%1: %2").arg(severityName(severity), text));
    setToolTip(text);
    setVisible(!text.isEmpty());
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const { return {chipWidth(m_text) + 1, scaled(24)}; }

QSize Chip::minimumSizeHint() const { return {qMin(sizeHint().width(), scaled(140)), scaled(24)}; }

void Chip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    drawChip(painter, rect(), m_text, m_severity, palette());
}

} // namespace ui
