// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The line of the URL on the page Test a request; in a narrow page what else is chosen for it stands below, so that a usual URL
// stays whole.
#include <QList>
#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QHBoxLayout)

namespace ui {

class ComposerRow : public QWidget
{
public:
    explicit ComposerRow(QWidget *parent);
    QHBoxLayout *first() const { return m_first; }
    void setChoices(const QList<QWidget *> &choices)
    {
        m_choices = choices;
    } // they are in first(), before its last one

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QHBoxLayout *m_first, *m_second;
    QList<QWidget *> m_choices;
};

} // namespace ui
