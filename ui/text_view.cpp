// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text_view.h"

#include "ui/theme.h"

#include <QEvent>
#include <QPainter>
#include <QTextDocument>

namespace ui {

TextView::TextView(const QString &accessibleName, QWidget *parent)
    : QPlainTextEdit(parent)
{
    setAccessibleName(accessibleName);
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setFrameShape(QFrame::StyledPanel);
    document()->setDocumentMargin(scaled(10));
    applyLook();
    connect(this, &QPlainTextEdit::textChanged, this, [this] { updateGeometry(); });
}

void TextView::setFitsContents(int maximumLines)
{
    m_maximumLines = maximumLines;
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

int TextView::heightOf(int lines) const
{
    return qRound(QFontMetricsF(fontOf(Type::Mono)).lineSpacing() * lines + 2 * document()->documentMargin()) + 4;
}

QSize TextView::sizeHint() const
{
    if (m_maximumLines == 0)
        return QPlainTextEdit::sizeHint();
    return {scaled(200), heightOf(qBound(1, blockCount(), m_maximumLines))};
}

QSize TextView::minimumSizeHint() const { return m_maximumLines == 0 ? QSize(scaled(120), heightOf(3)) : QSize(scaled(80), sizeHint().height()); }

void TextView::applyLook()
{
    m_applying = true;
    setFont(fontOf(Type::Mono));
    QPalette viewPalette = viewport()->palette();
    viewPalette.setColor(QPalette::Base, QColor::fromRgb(tokensOf(palette()).code));
    viewport()->setPalette(viewPalette);
    m_applying = false;
}

void TextView::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (!m_applying && (event->type() == QEvent::PaletteChange || event->type() == QEvent::ApplicationFontChange))
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
