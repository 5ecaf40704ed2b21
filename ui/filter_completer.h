// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Completes the last word of a filter: names of columns ("host:"), values of those with a severity
// ("status:error"), examples of those that compare ("age<1h").  Appears from the second letter on; what is
// typed stays as it is until one of them is taken.
#include "models/items/table_model.h"

#include <QCompleter>

QT_FORWARD_DECLARE_CLASS(QLineEdit)

namespace ui {

class FilterCompleter : public QCompleter
{
    Q_OBJECT
public:
    explicit FilterCompleter(QLineEdit *field); // the field's completer, and its child
    void setColumns(const QList<models::TableModelBase::ColumnLayout> &columns,
                    const QSet<QString> &withSeverity);
    QStringList splitPath(const QString &path) const override;
    QString pathFromIndex(const QModelIndex &index) const override;

private:
    QLineEdit *m_field;
    QStringList m_words; // all that it offers
};

} // namespace ui
