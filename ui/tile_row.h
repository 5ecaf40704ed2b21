// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A row of cards with one number each: "3 ✖ will break".  A tile with a filter can be pressed and says what
// it stands for.
#include "models/resources/finding.h"

#include <QAbstractButton>

namespace ui {

class Tile : public QAbstractButton
{
    Q_OBJECT
public:
    explicit Tile(QWidget *parent = nullptr);
    void set(const QString &number, const QString &word, models::Severity severity);
    QString number() const { return m_number; }
    models::Severity severity() const { return m_severity; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QString m_number;
    models::Severity m_severity = models::Severity::Unknown;
};

class TileRow : public QWidget
{
    Q_OBJECT
public:
    struct Entry
    {
        QString number, word;
        models::Severity severity = models::Severity::Unknown;
        QString filter; // what tilePressed() carries
    };
    explicit TileRow(QWidget *parent = nullptr);
    void setEntries(const QList<Entry> &entries);

Q_SIGNALS:
    void tilePressed(const QString &filter);

private:
    QList<Tile *> m_tiles;
    QStringList m_filters;
};

} // namespace ui
