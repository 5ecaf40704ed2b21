// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Ctrl+/: every shortcut, read from the actions themselves, so that the sheet cannot be wrong; and the keys
// of tables and filters.
#include <QDialog>

namespace ui {

class ShortcutSheet : public QDialog
{
    Q_OBJECT
public:
    ShortcutSheet(const QList<QAction *> &actions, QWidget *parent);
};

} // namespace ui
