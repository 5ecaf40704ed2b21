// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Each dialog of the console, filled: "review", "ask", "secret", "exec", "rights", "performance", "palette", "sheet".
#include <QStringList>

QT_FORWARD_DECLARE_CLASS(QDialog)

namespace ui {
class MainWindow;
}

QStringList sampleDialogNames();
QDialog *sampleDialog(const QString &name, ui::MainWindow &window); // the caller's
