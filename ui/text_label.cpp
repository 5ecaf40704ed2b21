// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text_label.h"

#include "ui/elide.h"
#include "ui/shown_text.h"
#include "ui/tool_tips.h"

#include <QEvent>
#include <QHelpEvent>
#include <QPainter>

namespace ui {

namespace {

constexpr int MarkSide = 10, MarkGap = 7; // as in a chip

} // namespace

TextLabel::TextLabel(Type type, const QString &text, QWidget *parent)
    : QLabel(shownText(text), parent)
    , m_type(type)
    , m_source(text)
{
    setTextFormat(Qt::PlainText); // texts come from clusters
    applyFont();
    if (type == Type::Dim)
        setForegroundRole(QPalette::PlaceholderText);
}

void TextLabel::setText(const QString &text)
{
    m_source = text;
    QLabel::setText(m_isElided ? text : shownText(text)); // an elided one is shown so when it is painted
}

void TextLabel::setElided()
{
    m_isElided = true;
    setText(m_source);
    setWordWrap(false);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

QSize TextLabel::minimumSizeHint() const
{
    const QSize hint = QLabel::minimumSizeHint();
    return !m_isElided ? hint : QSize(qMin(hint.width(), scaled(24)), hint.height());
}

QRect TextLabel::wordsRect() const
{
    return contentsRect().adjusted(m_mark ? scaled(MarkSide + MarkGap) : 0, 0, 0, 0);
}

void TextLabel::setMark(std::optional<models::Severity> severity)
{
    if (m_mark == severity)
        return;
    m_mark = severity;
    update();
}

void TextLabel::applyFont()
{
    const QFont wanted = fontOf(m_type);
    if (font() != wanted)
        setFont(wanted);
}

void TextLabel::changeEvent(QEvent *event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange || event->type() == QEvent::StyleChange)
        applyFont();
}

void TextLabel::paintEvent(QPaintEvent *event)
{
    if (!m_isElided) {
        QLabel::paintEvent(event);
        return;
    }
    QPainter painter(this);
    painter.setPen(palette().color(isEnabled() ? QPalette::Active : QPalette::Disabled, foregroundRole()));
    const QRect box = wordsRect();
    if (m_mark) {
        const int side = scaled(MarkSide);
        drawSeverity(painter, QRect(contentsRect().left(), box.center().y() - side / 2 + 1, side, side),
                     *m_mark, QColor::fromRgb(toneOf(palette(), *m_mark).ink));
    }
    painter.drawText(box, int(alignment()) | Qt::TextSingleLine, elided(text(), fontMetrics(), box.width()));
}

bool TextLabel::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && m_isElided && toolTip().isEmpty()) {
        const bool cut = fontMetrics().horizontalAdvance(text()) > wordsRect().width();
        showToolTip(static_cast<QHelpEvent *>(event)->globalPos(), cut ? text() : QString(), this);
        return true;
    }
    return QLabel::event(event);
}

} // namespace ui
