// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/shortcut_sheet.h"

#include "ui/card.h"
#include "ui/fact_list.h"
#include "ui/shell/action_registry.h"
#include "ui/text_label.h"

#include <QAction>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>

using namespace Qt::StringLiterals;

namespace ui {

ShortcutSheet::ShortcutSheet(const ActionRegistry &registry, const QList<KeyNote> &more, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"shortcutSheet"_s);
    setWindowTitle(tr("Keyboard shortcuts"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *body = new QWidget(this);
    auto *bodyColumn = new QVBoxLayout(body);
    const auto addList = [body, bodyColumn](const QString &title, const QList<Fact> &facts) {
        if (facts.isEmpty())
            return;
        bodyColumn->addWidget(new TextLabel(Type::Section, title, body));
        auto *list = new FactList(body);
        list->setFacts(facts);
        bodyColumn->addWidget(list);
    };
    for (const QString &menu : ActionRegistry::menus()) {
        QList<Fact> facts;
        for (const QAction *action : registry.inMenu(menu)) {
            if (const QString keys = ActionRegistry::sideOf(*action);
                !keys.isEmpty() && menu != u"demo"_s) // names of incidents stand there
                facts.append({ActionRegistry::textOf(*action), keys});
        }
        addList(ActionRegistry::menuTitle(menu).remove(u'&'), facts);
    }
    QList<Fact> others;
    for (const KeyNote &note : registry.notes() + more)
        others.append({note.text, note.keys});
    addList(tr("In tables"), others);
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
