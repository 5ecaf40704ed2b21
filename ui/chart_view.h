// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Lines over time.  The only place that knows Qt Charts; nothing of it is in this header.
// Gaps in the data are drawn as gaps, a sample that stands alone as a dot; the axis starts at zero; a cross-hair tells the values under the mouse;
// colours follow the theme, and each series has its own dash pattern as well.
#include <QDateTime>
#include <QList>
#include <QWidget>

#include <memory>

namespace ui {

struct ChartPoint
{
    QDateTime at;
    double value = 0;
    bool operator==(const ChartPoint &) const = default;
};

struct ChartSeries
{
    QString name;
    QList<ChartPoint> points; // in order of time
    bool operator==(const ChartSeries &) const = default;
};

class ChartView : public QWidget
{
    Q_OBJECT
public:
    explicit ChartView(const QString &accessibleName, QWidget *parent = nullptr);
    ~ChartView() override;
    // from … to: what the axis shows, also where there is no data.  gapSeconds: a longer distance between two
    // points is a gap.
    void setSeries(const QList<ChartSeries> &series, const QDateTime &from, const QDateTime &to,
                   int gapSeconds);
    QString valueText(const QDateTime &at) const; // what the cross-hair says: "12:04:31  quote 12"

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    class Private;
    void applyLook();
    void fitTicks(const QRectF &plotArea);
    std::unique_ptr<Private> d;
};

} // namespace ui
