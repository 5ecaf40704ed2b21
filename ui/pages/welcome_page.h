// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The first thing that one sees, while nothing is contacted: the contexts that were found and the file each
// comes from, another file, the demo; and the connection doctor, which goes through a connection step by step.
// Down and Up choose, Enter connects; letters filter.
#include "models/resources/finding.h"
#include "ui/context_choice.h"

#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QLineEdit)
QT_FORWARD_DECLARE_CLASS(QListView)
QT_FORWARD_DECLARE_CLASS(QPushButton)
QT_FORWARD_DECLARE_CLASS(QStandardItemModel)
QT_FORWARD_DECLARE_CLASS(QVBoxLayout)

namespace ui {

class Banner;
class Card;
class TextLabel;

struct DoctorLine // one step of the way
{
    QString name, text;                                    // text: what was found, or the exact error
    models::Severity severity = models::Severity::Unknown; // Unknown: skipped
    int elapsedMs = -1;
};

class WelcomePage : public QWidget
{
    Q_OBJECT
public:
    explicit WelcomePage(QWidget *parent = nullptr);
    void setContexts(const QList<ContextChoice> &contexts, const QString &current);
    void takeReport(Banner *report); // below the title, while this page is shown
    // No kubeconfig, say; "" none.  action: the button beside it, which emits retryRequested; "" none.
    void setMessage(models::Severity severity, const QString &text, const QString &action = {});
    void setDoctor(const QString &context, const QList<DoctorLine> &lines, bool isDone);
    QString currentContext() const; // "" none
    int shown() const;              // contexts that the filter leaves
    void focusList();
    void examine(const QString &context); // as its button would: with this one chosen, and in sight
    void openFile(); // asks which; fileRequested() is the answer

Q_SIGNALS:
    void retryRequested(); // read the kubeconfig once more
    void connectRequested(const QString &context);
    void doctorRequested(const QString &context);
    void fileRequested(const QString &file); // another kubeconfig
    void demoRequested();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *buildContexts();
    QWidget *buildDoctor();
    void filter();
    void updateButtons();

    QList<ContextChoice> m_contexts;
    QString m_wanted;
    QVBoxLayout *m_banners;
    Banner *m_message;
    TextLabel *m_count = nullptr, *m_doctorText = nullptr;
    QLineEdit *m_filter = nullptr;
    QListView *m_list = nullptr, *m_steps = nullptr;
    QStandardItemModel *m_model, *m_stepModel;
    QPushButton *m_connect = nullptr, *m_check = nullptr;
    QPushButton *m_demo = nullptr;
};

} // namespace ui
