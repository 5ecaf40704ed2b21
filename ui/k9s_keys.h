// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// k9s' keys in tables, for hands that know them: only where somebody has asked for them, and only while a table has the focus.
// k9s' Ctrl+K (kill without a question) is left out on purpose.  Pure.
#include "ui/key_note.h"

#include <QList>
#include <QString>

QT_FORWARD_DECLARE_CLASS(QKeyEvent)

namespace ui {

struct K9sKey
{
    int movesBy = 0; // a key of Qt that moves in the table the same way; 0: it is a command
    QString command; // id of the window's command or object action; "filter", "open": of the table
    bool isObjectAction = false;
};
// Neither: it is none of them.
K9sKey k9sKey(const QKeyEvent &key);
QList<KeyNote> k9sKeyNotes();

} // namespace ui
