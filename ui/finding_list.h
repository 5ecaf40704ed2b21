// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Findings of one object, one row each: shape, code and message, what to do below it, and a button where a change
// would end it.
#include "models/resources/finding.h"

#include <QWidget>

#include <functional>

QT_FORWARD_DECLARE_CLASS(QVBoxLayout)

namespace ui {

class FindingList : public QWidget
{
    Q_OBJECT
public:
    explicit FindingList(QWidget *parent);
    struct Entry
    {
        models::Finding finding;
        QString fixKey; // "" nothing is planned for it
        QString whyNot; // why it cannot be fixed now; "" it can
        bool operator==(const Entry &) const = default;
    };
    void setEntries(const QList<Entry> &entries);
    const QList<Entry> &entries() const { return m_entries; }

Q_SIGNALS:
    void fixRequested(const QString &key);

private:
    class Row;
    QList<Entry> m_entries;
    QList<Row *> m_rows; // reused
    QVBoxLayout *m_column;
};

} // namespace ui
