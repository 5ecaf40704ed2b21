// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The headings of a TableView, by mouse as any, and by keyboard: Up from the first row goes there, Left and Right move,
// Space sorts (again: turned, a third time: by arrival), Shift+Space sorts further, Shift+Left and Shift+Right change the
// width, Down and Esc go back.  What else is sorted by, after the first column, is told by its number.
#include "models/items/row_order.h"

#include <QHeaderView>

namespace ui {

class TableHeader : public QHeaderView
{
    Q_OBJECT
public:
    explicit TableHeader(QWidget *parent);
    void enter(); // takes the focus, at the column that was left last
    void setSort(const QList<models::SortColumn> &columns);
    int current() const { return m_current; } // -1: none

Q_SIGNALS:
    void sortRequested(int column, bool further);
    void widthRequested(int column, int width);
    void left(); // back to the rows

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void paintSection(QPainter *painter, const QRect &rect, int column) const override;

private:
    void move(int step);
    void tellName();
    int sortedAt(int column) const; // 0: the first one; -1: not sorted by it
    QList<models::SortColumn> m_sort;
    int m_current = -1;
};

} // namespace ui
