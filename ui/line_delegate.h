// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One line of a list: severity as a shape, words, second words at the right.  For guide steps, findings,
// commands.
#include <QStyledItemDelegate>

class QListView;

namespace ui {

class LineDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    enum Role {
        SeverityRole = Qt::UserRole + 100,
        SideRole,
        TargetRole,
        PageRole,
        MarkRole,
        DimRole // true: greyed, as what cannot be done now
    };          // MarkRole: "✓", drawn instead of a shape; " ": its place stays empty
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

// A list that is drawn so: read only, without a frame, never scrolled sideways.
QListView *makeLineList(const QString &objectName, const QString &accessibleName, QAbstractItemModel *model,
                        QWidget *parent);

} // namespace ui
