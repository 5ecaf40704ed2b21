// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/action_registry.h"

#include <QAction>
#include <QMenu>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

ActionRegistry::ActionRegistry(QWidget &window)
    : QObject(&window)
    , m_window(window)
{
}

QStringList ActionRegistry::menus()
{
    return {u"file"_s,  u"edit"_s, u"view"_s,   u"go"_s,  u"cluster"_s,
            u"tools"_s, u"demo"_s, u"window"_s, u"help"_s};
}

QString ActionRegistry::menuTitle(const QString &menu)
{
    const QStringList titles{tr("&File"),  tr("&Edit"), tr("&View"),   tr("&Go"),  tr("&Cluster"),
                             tr("&Tools"), tr("&Demo"), tr("&Window"), tr("&Help")};
    return titles.value(menus().indexOf(menu));
}

QAction *ActionRegistry::add(const Command &command)
{
    Q_ASSERT(!find(command.id) && menus().contains(command.menu) && !command.text.isEmpty());
    auto *action = new QAction(command.text, &m_window);
    action->setObjectName(command.id);
    action->setShortcuts(command.keys);
    m_window.addAction(action);
    connect(action, &QAction::triggered, this, [run = command.run, isPossible = command.isPossible] {
        if (!isPossible || isPossible())
            run();
    });
    m_entries.append({command, action});
    return action;
}

void ActionRegistry::remove(const QString &id)
{
    delete find(id); // takes itself out of the window and the menus
    erase_if(m_entries, [&id](const Entry &entry) { return entry.command.id == id; });
}

QAction *ActionRegistry::find(const QString &id) const
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&id](const Entry &entry) { return entry.command.id == id; });
    return found == m_entries.end() ? nullptr : found->action;
}

QList<QAction *> ActionRegistry::inMenu(const QString &menu) const
{
    QList<Entry> entries;
    std::copy_if(m_entries.begin(), m_entries.end(), std::back_inserter(entries),
                 [&menu](const Entry &entry) { return entry.command.menu == menu; });
    std::stable_sort(entries.begin(), entries.end(), [](const Entry &left, const Entry &right) {
        return left.command.group < right.command.group;
    });
    QList<QAction *> actions;
    for (const Entry &entry : std::as_const(entries))
        actions.append(entry.action);
    return actions;
}

QList<QAction *> ActionRegistry::actions() const
{
    QList<QAction *> all;
    for (const QString &menu : menus())
        all.append(inMenu(menu));
    return all;
}

void ActionRegistry::fill(QMenu &menu) const
{
    menu.clear();
    int group = 0;
    for (QAction *action : inMenu(menu.objectName())) {
        const auto entry = std::find_if(m_entries.begin(), m_entries.end(),
                                        [action](const Entry &each) { return each.action == action; });
        if (!menu.isEmpty() && entry->command.group != group)
            menu.addSeparator();
        group = entry->command.group;
        menu.addAction(action);
    }
}

void ActionRegistry::askWhatIsPossible() const
{
    for (const Entry &entry : m_entries) {
        if (entry.command.isPossible)
            entry.action->setEnabled(entry.command.isPossible());
    }
}

void ActionRegistry::makeAllPossible() const
{
    for (const Entry &entry : m_entries) {
        if (entry.command.isPossible)
            entry.action->setEnabled(true);
    }
}

QString ActionRegistry::textOf(const QAction &action)
{
    return action.text().section(u'\t', 0, 0).replace(u"&&"_s, u"&"_s);
}

QString ActionRegistry::sideOf(const QAction &action)
{
    const QString keys = QKeySequence::listToString(action.shortcuts(), QKeySequence::NativeText);
    return keys.isEmpty() ? action.text().section(u'\t', 1) : keys;
}

} // namespace ui
