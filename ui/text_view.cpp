// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text_view.h"

#include "ui/theme.h"

#include <QAbstractTextDocumentLayout>
#include <QEvent>
#include <QPainter>
#include <QStyle>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextLayout>
#include <QtMath>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ui {

TextView::TextView(const QString &accessibleName, QWidget *parent)
    : QPlainTextEdit(parent)
{
    setAccessibleName(accessibleName);
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setProperty("code", true);
    setFrameShape(QFrame::StyledPanel);
    applyLook();
    connect(this, &QPlainTextEdit::textChanged, this, [this] { updateGeometry(); });
    connect(document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
            [this] { updateGeometry(); });
}

void TextView::setFitsContents(int maximumLines)
{
    m_maximumLines = maximumLines;
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

// As laid out, if it is: how Qt rounds a font's ascent and descent differs from font to font.
double TextView::lineHeight() const
{
    const QTextLayout *layout = document()->begin().layout();
    if (layout->lineCount() > 0)
        return layout->lineAt(0).height();
    const QFontMetricsF metrics(fontOf(Type::Mono));
    return std::ceil(metrics.ascent()) + std::ceil(metrics.descent()) + std::ceil(metrics.leading());
}

int TextView::heightOf(int lines) const
{
    return qCeil(lineHeight() * lines + 2 * document()->documentMargin()) + 2 * frameWidth() + 2;
}

void TextView::setWraps()
{
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

// The document only knows the lines of blocks that were laid out at this width: it is made to.
int TextView::wrappedLines() const
{
    int lines = 0;
    for (QTextBlock block = document()->begin(); block.isValid() && lines <= m_maximumLines;
         block = block.next()) {
        document()->documentLayout()->blockBoundingRect(block);
        lines += qMax(1, block.layout()->lineCount());
    }
    return lines;
}

// The document's height is in lines here; a scroll bar below needs its own place.
int TextView::wantedHeight() const
{
    const int all = lineWrapMode() == QPlainTextEdit::NoWrap ? blockCount() : wrappedLines();
    const int lines = qBound(1, all, m_maximumLines);
    const bool bar = lineWrapMode() == QPlainTextEdit::NoWrap
        && document()->size().width() > viewport()->width() && isVisible();
    return heightOf(lines) + (bar ? style()->pixelMetric(QStyle::PM_ScrollBarExtent) : 0);
}

void TextView::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    if (m_maximumLines > 0
        && lineWrapMode() != QPlainTextEdit::NoWrap) // a bar would make it narrower, and longer
        setVerticalScrollBarPolicy(wrappedLines() > m_maximumLines ? Qt::ScrollBarAsNeeded
                                                                   : Qt::ScrollBarAlwaysOff);
    if (const int wanted = m_maximumLines > 0 ? wantedHeight() : 0;
        std::exchange(m_lastHeight, wanted) != wanted)
        updateGeometry();
}

// Lines are only known once it has its width: what was set while it was hidden is measured now.
void TextView::showEvent(QShowEvent *event)
{
    QPlainTextEdit::showEvent(event);
    m_lastHeight = 0;
    QMetaObject::invokeMethod(
        this, [this] { updateGeometry(); }, Qt::QueuedConnection);
}

QSize TextView::sizeHint() const
{
    if (m_maximumLines == 0)
        return QPlainTextEdit::sizeHint();
    return {scaled(200), wantedHeight()};
}

QSize TextView::minimumSizeHint() const
{
    return m_maximumLines == 0 ? QSize(scaled(120), heightOf(3)) : QSize(scaled(80), sizeHint().height());
}

void TextView::applyLook()
{
    m_applying = true;
    setFont(fontOf(Type::Mono));
    document()->setDocumentMargin(scaled(7));
    QPalette viewPalette = viewport()->palette();
    viewPalette.setColor(QPalette::Base, QColor::fromRgb(tokensOf(palette()).code));
    viewport()->setPalette(viewPalette);
    m_applying = false;
}

void TextView::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (!m_applying
        && (event->type() == QEvent::PaletteChange || event->type() == QEvent::ApplicationFontChange))
        applyLook();
}

void TextView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), QColor::fromRgb(tokensOf(palette()).code));
    painter.end();
    QPlainTextEdit::paintEvent(event);
}

} // namespace ui
