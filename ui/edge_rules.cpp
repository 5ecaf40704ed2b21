// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/edge_rules.h"

#include <QCoreApplication>
#include <QMenu>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

struct RulesText
{
    Q_DECLARE_TR_FUNCTIONS(EdgeRules)
};

} // namespace

QStringList ruleNames() { return {u"v1"_s, u"v2.0"_s, u"v2.2"_s, u"v2.3"_s, u"v2"_s, u"v3"_s, u"v4"_s}; }

QString ruleChoiceText(const QString &name, const EdgeRules &rules)
{
    return name.isEmpty() ? RulesText::tr("as the image says (%1)").arg(rules.image)
                          : RulesText::tr("rules %1").arg(name);
}

QString rulesText(const EdgeRules &rules)
{
    return rules.chosen.isEmpty()
        ? RulesText::tr("%1, as the image says").arg(rules.image)
        : RulesText::tr("%1, chosen; the image says %2").arg(rules.chosen, rules.image);
}

QMenu *makeRulesMenu(const EdgeRules &rules, QWidget *parent, std::function<void(const QString &name)> choose)
{
    auto *menu = new QMenu(parent);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"rulesMenu"_s);
    for (const QString &name : QStringList{QString()} + ruleNames()) {
        QAction *action = menu->addAction(ruleChoiceText(name, rules));
        action->setObjectName(u"rules-"_s + name);
        action->setCheckable(true);
        action->setChecked(name == rules.chosen);
        QObject::connect(action, &QAction::triggered, parent, [choose, name] { choose(name); });
    }
    return menu;
}

} // namespace ui
