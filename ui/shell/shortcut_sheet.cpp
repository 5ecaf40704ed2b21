// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/shortcut_sheet.h"

#include "ui/card.h"
#include "ui/fact_list.h"
#include "ui/text_label.h"

#include <QAction>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>

using namespace Qt::StringLiterals;

namespace ui {

ShortcutSheet::ShortcutSheet(const QList<QAction *> &actions, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"shortcutSheet"_s);
    setWindowTitle(tr("Keyboard shortcuts"));
    setAttribute(Qt::WA_DeleteOnClose);
    QList<Fact> facts;
    for (const QAction *action : actions) {
        if (!action->shortcuts().isEmpty())
            facts.append(
                {action->text(), QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText)});
    }
    facts.append({tr("In a table: filter"), u"/"_s});
    facts.append({tr("In a table: open the details"), tr("Enter")});
    facts.append({tr("In a table: copy the rows"), u"Ctrl+C"_s});
    facts.append({tr("In a filter: to the table; clear it"), tr("Down; Esc")});
    auto *body = new QWidget(this);
    auto *bodyColumn = new QVBoxLayout(body);
    auto *list = new FactList(body);
    list->setFacts(facts);
    bodyColumn->addWidget(list);
    bodyColumn->addStretch();
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(body);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(windowTitle());
    auto *close = makeButton(tr("Close"), u"shortcutClose"_s, this);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *column = new QVBoxLayout(this);
    const int margin = scaled(Measure::PageMargin);
    column->setContentsMargins(margin, margin, margin, scaled(Measure::CardPadding));
    column->addWidget(new TextLabel(Type::Title, windowTitle(), this));
    column->addWidget(scroll, 1);
    column->addWidget(close, 0, Qt::AlignRight);
    resize(scaled(520), scaled(560));
}

} // namespace ui
