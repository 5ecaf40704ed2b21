// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Ctrl+/: every shortcut by menu, read from the registry, so that the sheet cannot be wrong; and the keys of
// tables and filters.
#include "ui/key_note.h"

#include <QDialog>
#include <QList>

namespace ui {

class ActionRegistry;

class ShortcutSheet : public QDialog
{
    Q_OBJECT
public:
    ShortcutSheet(const ActionRegistry &registry, const QList<KeyNote> &more, QWidget *parent);
};

} // namespace ui
