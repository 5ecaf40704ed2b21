// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The names of a chart's lines, whole: in columns of equal width, as many beside each other as fit, at most four
// rows.  What is more than that is counted; a name that is wider than the chart is elided and has a tool tip.
#include <QColor>
#include <QWidget>

namespace ui {

class ChartLegend : public QWidget
{
    Q_OBJECT
public:
    struct Entry
    {
        QString name;
        QColor colour;
        Qt::PenStyle dash = Qt::SolidLine;
    };
    explicit ChartLegend(QWidget *parent = nullptr);
    void setEntries(const QList<Entry> &entries);
    void setMostRows(int rows); // four; fewer where the chart would have no place
    QStringList shownTexts(int width) const; // as they are painted in this width, row by row
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Grid
    {
        int columns = 1, rows = 0, cell = 0;
    };
    Grid gridFor(int width) const;
    QRect cellAt(const Grid &grid, qsizetype index) const;
    QList<Entry> m_entries;
    int m_mostRows = 4;
};

} // namespace ui
