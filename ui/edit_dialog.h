// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An object's YAML to be changed.  Review asks for the diff and the server's dry run of what is written there; nothing
// else leads to a write.  The text stays until the dialog is closed: a change that is refused is not lost, and what was typed
// and not written is thrown away only when that is confirmed.  Where somebody else has changed the same fields meanwhile, they are
// marked and told, and the text is brought together with theirs when that is asked for; Ctrl+Z takes that back.
#include "models/analysis/edit_together.h"

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
    // Somebody else has changed the same, told of what reviewRequested() was about: until one of the two ways is chosen, it cannot be
    // reviewed but to be told so again.
    void setCollision(const models::EditTogether &together);
    void reject() override;

Q_SIGNALS:
    // base: the object that the text began with, as YAML.
    void reviewRequested(const QString &yaml, const QString &base);

private:
    struct Base
    {
        QString yaml;
        int undoSteps; // it counts while there are more of them
    };
    QWidget *buildCollision();
    void takeIn(const edge::Value &merged, const QString &told);
    void mark(const QList<QStringList> &places);
    void noteTyped();
    void resume();
    QList<Base> m_bases; // the last one counts
    models::EditTogether m_together;
    TextView *m_text;
    QWidget *m_collision;
    class Banner *m_collisionLine;
    TextView *m_collisionText;
    TextLabel *m_problem;
    QPushButton *m_review;
};

} // namespace ui
