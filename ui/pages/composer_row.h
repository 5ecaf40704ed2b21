// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The line of the URL on the page Test a request; in a narrow page its last but one field, the way, stands below, so that a
// usual URL stays whole.
#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QHBoxLayout)

namespace ui {

class ComposerRow : public QWidget
{
public:
    explicit ComposerRow(QWidget *parent);
    QHBoxLayout *first() const { return m_first; }
    void setWay(QWidget *way) { m_way = way; } // it is in first()

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QHBoxLayout *m_first, *m_second;
    QWidget *m_way = nullptr;
};

} // namespace ui
