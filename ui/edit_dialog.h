// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An object's YAML to be changed.  Review asks for the diff and the server's dry run of what is written there; nothing
// else leads to a write.  The text stays until the dialog is closed: a change that is refused is not lost, and what was typed
// and not written is thrown away only when that is confirmed.
#include <QDialog>

QT_FORWARD_DECLARE_CLASS(QPushButton)

namespace ui {

class TextLabel;
class TextView;

class EditDialog : public QDialog
{
    Q_OBJECT
public:
    EditDialog(const QString &title, const QString &yaml, QWidget *parent);
    void setProblem(const QString &text); // why it could not be reviewed; "" it can
    // What a review has come to: it closes once that text is kept, unless more was typed; else it is gone on with.
    void settle(const QString &yaml, bool isKept);
    void reject() override;

Q_SIGNALS:
    void reviewRequested(const QString &yaml);

private:
    void resume();
    const QString m_before;
    TextView *m_text;
    TextLabel *m_problem;
    QPushButton *m_review;
};

} // namespace ui
