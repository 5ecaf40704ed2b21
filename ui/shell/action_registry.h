// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Every command of one window, said once: the menu bar, the palette, the shortcut sheet and the tests read it from here.
// Promise: each command has a text and an id that no other has, and stands in one menu; menus() is their order in the bar.
// A command that cannot be done now (isPossible) is greyed in the menu and left out of the palette; its keys do nothing then.
// What can be done with the chosen object is no such command: it comes and goes with the object (objectActions()).
#include "ui/key_note.h"
#include "ui/object_action.h"

#include <QKeySequence>
#include <QObject>

#include <functional>

QT_FORWARD_DECLARE_CLASS(QAction)
QT_FORWARD_DECLARE_CLASS(QMenu)
QT_FORWARD_DECLARE_CLASS(QWidget)

namespace ui {

class ActionRegistry : public QObject
{
    Q_OBJECT
public:
    struct Command
    {
        QString id, menu; // menu: one of menus()
        int group = 0;    // a line is drawn in the menu between groups
        QString text;     // "words\tside": what follows the tab stands where other commands have their keys
        QList<QKeySequence> keys = {};
        std::function<void()> run;
        std::function<bool()> isPossible = {};
    };
    explicit ActionRegistry(QWidget &window); // whose shortcuts they are
    QAction *add(const Command &command);
    void remove(const QString &id);
    QAction *find(const QString &id) const; // nullptr: there is none
    QList<QAction *> actions() const;       // by menu, as in the bar
    QList<QAction *> inMenu(const QString &menu) const;
    static QStringList menus(); // "file", "edit" …
    static QString menuTitle(const QString &menu);
    void fill(QMenu &menu) const; // with the commands of the menu that it is named after
    void askWhatIsPossible() const;
    void makeAllPossible() const; // until it is asked again: a key asks by itself
    // What can be done with what is chosen now; asked each time.
    void setObjectActions(std::function<QList<ObjectAction>()> ask) { m_askForObject = std::move(ask); }
    QList<ObjectAction> objectActions() const
    {
        return m_askForObject ? m_askForObject() : QList<ObjectAction>();
    }
    void addNote(const KeyNote &note) { m_notes.append(note); }
    const QList<KeyNote> &notes() const { return m_notes; }

    static QString textOf(const QAction &action); // without what follows the tab
    static QString sideOf(const QAction &action); // its keys, or what follows the tab

private:
    struct Entry
    {
        Command command;
        QAction *action;
    };
    QWidget &m_window;
    QList<Entry> m_entries; // as they were added
    QList<KeyNote> m_notes;
    std::function<QList<ObjectAction>()> m_askForObject;
};

} // namespace ui
