// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Paints every cell of every table from the roles of models::TableModelBase: chips, bars, sparklines,
// numbers, names. The style's own selection and focus come first.  What has no room is elided by ui/elide.h; the
// whole is in the tool tip.
#include "models/items/table_model.h"

#include <QStyledItemDelegate>

namespace ui {

class CellDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit CellDelegate(QObject *parent = nullptr);
    const QStringList &marks() const { return m_marks; }
    void setMarks(const QStringList &words) { m_marks = words; } // case-folded; marked where they stand
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void drawWords(QPainter *painter, const QRect &box, const QStyleOptionViewItem &option,
                   const QModelIndex &index, models::CellStyle style) const;
    void drawMarks(QPainter *painter, const QRect &box, const QString &shown, const QColor &accent) const;
    QStringList m_marks;
};

void drawBar(QPainter &painter, const QRect &box, double part, const QColor &ink, const QColor &track);
void drawSparkline(QPainter &painter, const QRect &box, const QList<double> &values, const QColor &ink);

} // namespace ui
