// SPDX-License-Identifier: GPL-3.0-or-later
// TablePane's keys, and what they do with the chosen rows.
#include "ui/filter_completer.h"
#include "ui/k9s_keys.h"
#include "ui/table_pane.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLineEdit>

using namespace Qt::StringLiterals;

namespace ui {

void TablePane::copyNames() const
{
    QStringList names;
    for (const models::ObjectRef &object : selectedObjects())
        names.append(object.nameSpace.isEmpty() ? object.name : object.nameSpace + u'/' + object.name);
    if (const QString text = m_objectOf ? names.join(u'\n') : m_table->rowsAsText(); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void TablePane::copyCommands() const
{
    QStringList commands;
    for (const models::ObjectRef &object : selectedObjects())
        commands.append(models::kubectlCommand(object, m_context, m_kubeconfig));
    if (!commands.isEmpty())
        QGuiApplication::clipboard()->setText(commands.join(u'\n'));
}

void TablePane::copyYaml()
{
    if (const QList<models::ObjectRef> objects = selectedObjects(); !objects.isEmpty())
        Q_EMIT yamlWanted(objects);
}

void TablePane::copyRows() const
{
    if (const QString text = m_table->rowsAsText(); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

QList<TablePane::RowCommand> TablePane::commands()
{
    return {{u"copyNames"_s, tr("Copy the names"), QKeySequence(QKeySequence::Copy)},
            {u"copyYaml"_s, tr("Copy as YAML"), QKeySequence(u"Ctrl+Shift+C"_s)},
            {u"copyCommands"_s, tr("Copy the kubectl commands"), QKeySequence(u"Ctrl+Shift+K"_s)},
            {u"copyRows"_s, tr("Copy the rows as text"), {}}};
}

QList<KeyNote> TablePane::keyNotes()
{
    return {{tr("In a table: filter"), u"/"_s},
            {tr("In a table: open the details"), tr("Enter")},
            {tr("In a table: what can be done with the rows"), tr("Menu")},
            {tr("In a table's first row: to the headings"), tr("Up")},
            {tr("In the headings: sort; sort further"), tr("Space; Shift+Space")},
            {tr("In the headings: another width"), tr("Shift+Left, Shift+Right")},
            {tr("In a filter: to the table; clear it"), tr("Down; Esc")}};
}

bool TablePane::can(const QString &commandId) const
{
    const bool isChosen = m_order && (m_table->selectedCount() > 0 || m_table->currentIndex().isValid());
    if (!isChosen || commandId == "copyRows"_L1)
        return isChosen;
    return !selectedObjects(1).isEmpty() || (commandId == "copyNames"_L1 && !m_objectOf);
}

void TablePane::run(const QString &commandId)
{
    if (!can(commandId))
        return;
    if (commandId == "copyNames"_L1)
        copyNames();
    else if (commandId == "copyYaml"_L1)
        copyYaml();
    else if (commandId == "copyCommands"_L1)
        copyCommands();
    else
        return copyRows(); // those that are shown
    tellHidden();
}

bool TablePane::tableKey(QKeyEvent &key)
{
    if (key.text() == "/"_L1) {
        focusFilter();
        return true;
    }
    for (const RowCommand &each : commands()) {
        if (!each.keys.isEmpty() && QKeySequence(key.keyCombination()) == each.keys) {
            run(each.id);
            return true;
        }
    }
    return m_k9sKeys && runK9sKey(key);
}

bool TablePane::runK9sKey(const QKeyEvent &key)
{
    const K9sKey known = k9sKey(key);
    const int sent = known.command == "open"_L1 ? int(Qt::Key_Return) : known.movesBy;
    if (sent != 0) {
        QKeyEvent same(QEvent::KeyPress, sent, Qt::NoModifier);
        QCoreApplication::sendEvent(m_table, &same);
    } else if (!known.command.isEmpty()) {
        Q_EMIT commandWanted(known.command, known.isObjectAction);
    }
    return sent != 0 || !known.command.isEmpty();
}

bool TablePane::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    if (watched == m_filter && (key->key() == Qt::Key_Down || key->key() == Qt::Key_Return)) {
        m_completer->popup()->hide();
        m_table->setFocus(Qt::ShortcutFocusReason);
        if (!m_table->currentIndex().isValid() && shown() > 0)
            m_table->setCurrentIndex(m_order->index(0, 0));
        return true;
    }
    if (watched == m_filter && key->key() == Qt::Key_Escape) {
        if (m_filter->text().isEmpty())
            m_table->setFocus(Qt::ShortcutFocusReason);
        m_filter->clear();
        return true;
    }
    if (watched == m_table && tableKey(*static_cast<QKeyEvent *>(event)))
        return true;
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
