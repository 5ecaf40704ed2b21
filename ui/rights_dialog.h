// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What an account may not read, kind by kind, or do, and the ClusterRole that would let it, to copy.  Deletes itself;
// open(), never exec().
#include <QDialog>

namespace ui {

class RightsDialog : public QDialog
{
    Q_OBJECT
public:
    RightsDialog(const QStringList &missing, const QString &clusterRole, QWidget *parent);
    // Of actions: "`patch` on `mappings.getambassador.io` in `shop`".
    static RightsDialog *forActions(const QStringList &missing, QWidget *parent);

private:
    struct Words
    {
        QString title, note, list;
    };
    RightsDialog(const Words &words, const QStringList &missing, const QString &clusterRole, QWidget *parent);
};

} // namespace ui
