// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One question with one line to type: a reason, a name that confirms.  Return answers, Esc leaves; it deletes
// itself.  open(), never exec().
#include <QDialog>

QT_FORWARD_DECLARE_CLASS(QLineEdit)
QT_FORWARD_DECLARE_CLASS(QPushButton)

namespace ui {

class AskDialog : public QDialog
{
    Q_OBJECT
public:
    struct Question
    {
        QString title, text, field, answer; // answer: the word on the button
        QString required = {};              // what must be typed; "": anything but nothing
    };
    AskDialog(const Question &question, QWidget *parent);

Q_SIGNALS:
    void answered(const QString &typed); // once

private:
    bool isAnswer() const;
    const QString m_required;
    QLineEdit *m_field;
    QPushButton *m_answer;
};

} // namespace ui
