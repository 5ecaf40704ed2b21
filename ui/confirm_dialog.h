// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The one way to a write: what changes (diff), what the server says to it (dry run), who will break
// (warnings), and a confirmation. In contexts of mode Confirm the context's name must be typed.  A change
// that the server refused cannot be applied. Opened before the answers are there: it says "asking the server"
// until setReview() or setFailed().  While it writes, Cancel (and Esc) asks to stop, and it stays until setOutcome() says what was
// written; asked once more it closes.  Never exec(): open().
#include "models/analysis/change_set.h"

#include <QDialog>

QT_FORWARD_DECLARE_CLASS(QLineEdit)
QT_FORWARD_DECLARE_CLASS(QPushButton)
QT_FORWARD_DECLARE_CLASS(QTabBar)
QT_FORWARD_DECLARE_CLASS(QVBoxLayout)

namespace ui {

class Banner;
class Chip;
class DiffView;
class TextLabel;

class ConfirmDialog : public QDialog
{
    Q_OBJECT
public:
    ConfirmDialog(const QString &title, const QString &context, QWidget *parent);
    void setReview(const models::ChangeReview &review);
    void setFailed(const QString &message); // it could not be planned
    void setApplying();
    // While it plans or writes: the server has put the request off for so many seconds.  why: as the server says it.
    void setPutOff(const QString &why, int seconds);
    void reject() override;
    void setOutcome(bool succeeded, const QString &message);
    const models::ChangeReview &review() const { return m_review; }
    QPushButton *applyButton() const { return m_apply; }
    void setStageable(bool stageable); // offers to keep it for later, among the staged changes
    // It builds on what is staged: it cannot be applied by itself, only staged, too.  why: said above the diff.
    void setStageOnly(const QString &why);

Q_SIGNALS:
    void confirmed(const models::ChangeSet &changes); // once
    void staged();                                    // instead: nothing is written
    void stopRequested();                             // once, while it writes

private:
    QWidget *buildHead(const QString &title);
    QWidget *buildButtons();
    void showDiff(int index);
    void showWarnings(const QStringList &warnings);
    void showMessage(const QString &message);
    void addBanner(models::Severity severity, const QString &text, const QString &toolTip = {});
    void updateApply();
    void hideDiff();
    void confirm();

    const QString m_context;
    models::ChangeReview m_review;
    bool m_reviewed = false, m_applying = false, m_stopping = false, m_stageable = false, m_stageOnly = false;
    TextLabel *m_line;
    Chip *m_dryRun;
    TextLabel *m_message;
    QVBoxLayout *m_warnings;
    QTabBar *m_tabs;
    DiffView *m_diff;
    TextLabel *m_typingLabel;
    QLineEdit *m_typing;
    QPushButton *m_role; // that a right is missing
    QPushButton *m_cancel;
    QPushButton *m_stage;
    QPushButton *m_apply;
};

} // namespace ui
