// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What an account may not read, kind by kind, and the ClusterRole that would let it, to copy.  Deletes itself;
// open(), never exec().
#include <QDialog>

namespace ui {

class RightsDialog : public QDialog
{
    Q_OBJECT
public:
    RightsDialog(const QStringList &missing, const QString &clusterRole, QWidget *parent);
};

} // namespace ui
