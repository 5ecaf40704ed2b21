// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A kubeconfig names a program that signs in: before it runs, this shows which, with what, and who says so.  Esc, closing and
// the usual button of a careless hand do not run it.  Deletes itself; open(), never exec().
#include <QDialog>

namespace ui {

class ExecDialog : public QDialog
{
    Q_OBJECT
public:
    struct Program
    {
        QString context, user, file; // file: the kubeconfig that says so
        QString command;
        QStringList arguments;
        QStringList variables; // that are set for it, by name
    };
    enum class Answer { DoNotRun, Once, Always };
    ExecDialog(const Program &program, QWidget *parent);
    void done(int result) override;

Q_SIGNALS:
    void answered(ui::ExecDialog::Answer answer); // exactly once

private:
    void answer(Answer answer);
    bool m_isAnswered = false;
};

} // namespace ui
