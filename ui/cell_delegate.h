// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Paints every cell of every table from the roles of models::TableModelBase: chips, bars, sparklines,
// numbers, names; what a filter looks for is underlined. The style's own selection and focus come first.  What has no room is elided by ui/elide.h; the
// whole is in the tool tip.
#include "models/items/row_filter.h"

#include <QStyledItemDelegate>

namespace ui {

class CellDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit CellDelegate(QObject *parent = nullptr);
    const QList<models::FilterMark> &marks() const { return m_marks; }
    void setMarks(const QList<models::FilterMark> &marks) { m_marks = marks; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void drawWords(QPainter *painter, const QRect &box, const QStyleOptionViewItem &option,
                   const QModelIndex &index, models::CellStyle style) const;
    void drawMarks(QPainter *painter, const QRect &box, const QString &shown, int column,
                   const QColor &accent) const;
    QList<models::FilterMark> m_marks;
};

void drawBar(QPainter &painter, const QRect &box, double part, const QColor &ink, const QColor &track);
void drawSparkline(QPainter &painter, const QRect &box, const QList<double> &values, const QColor &ink);

} // namespace ui
