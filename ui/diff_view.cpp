// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff_view.h"

#include "ui/shown_text.h"
#include "ui/theme.h"

#include <QEvent>
#include <QTextBlock>

#include <optional>

namespace ui {

namespace {

std::optional<Tone> toneOfLine(const QString &line, const Tokens &tokens)
{
    if (line.startsWith(QLatin1String("+++")) || line.startsWith(QLatin1String("---"))
        || line.startsWith(QLatin1String("@@")))
        return Tone{tokens.dim, tokens.code};
    if (line.startsWith(QLatin1Char('+')))
        return tokens.good;
    if (line.startsWith(QLatin1Char('-')))
        return tokens.error;
    return {};
}

} // namespace

DiffView::DiffView(QWidget *parent)
    : TextView(tr("What changes, line by line"), parent)
{
    setObjectName(QStringLiteral("diffView"));
}

void DiffView::setDiff(const QString &unifiedDiff)
{
    setPlainText(unifiedDiff.isEmpty() ? tr("Nothing changes.") : withVisibleControls(unifiedDiff.trimmed()));
    colourLines();
}

void DiffView::colourLines()
{
    QList<QTextEdit::ExtraSelection> papers;
    const Tokens tokens = tokensOf(palette());
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        const std::optional<Tone> tone = toneOfLine(block.text(), tokens);
        if (!tone)
            continue;
        QTextEdit::ExtraSelection paper;
        paper.format.setForeground(QColor::fromRgb(tone->ink));
        paper.format.setBackground(QColor::fromRgb(tone->paper));
        paper.format.setProperty(QTextFormat::FullWidthSelection, true);
        paper.cursor = QTextCursor(block);
        papers.append(paper);
        paper.cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        paper.format.clearProperty(QTextFormat::FullWidthSelection); // full width colours no words
        papers.append(paper);
    }
    setExtraSelections(papers);
}

void DiffView::changeEvent(QEvent *event)
{
    TextView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        colourLines();
}

} // namespace ui
