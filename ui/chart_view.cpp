// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart_view.h"

#include "ui/chart_legend.h"
#include "ui/theme.h"
#include "ui/time_text.h"
#include "ui/tool_tips.h"

#include <QChart>
#include <QChartView>
#include <QDateTimeAxis>
#include <QEvent>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLineSeries>
#include <QMouseEvent>
#include <QScatterSeries>
#include <QVBoxLayout>
#include <QValueAxis>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int DotSide = 8;

// The first is the theme's accent; the rest is Okabe and Ito's palette, which is safe for colour-blind eyes.
QColor seriesColour(qsizetype index, const Tokens &tokens)
{
    constexpr QRgb rest[] = {0xFFE69F00, 0xFF009E73, 0xFFCC79A7, 0xFF56B4E9, 0xFFD55E00};
    return QColor::fromRgb(index == 0 ? tokens.accent : rest[(index - 1) % 5]);
}

Qt::PenStyle dashOf(qsizetype index)
{
    constexpr Qt::PenStyle dashes[] = {Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
    return dashes[index % 4];
}

double roundUp(double value)
{
    const double magnitude = std::pow(10, std::floor(std::log10(std::max(value, 0.01))));
    for (const double step :
         {1.0, 1.2, 1.6, 2.0, 2.4, 3.2, 4.0, 6.0, 8.0, 10.0}) { // quarters of these are round
        if (value <= step * magnitude)
            return step * magnitude;
    }
    return 10 * magnitude;
}

// So many marks that the distance between them is a round one.
int ticksFor(qint64 seconds)
{
    if (seconds <= 300)
        return 6;
    if (seconds <= 900)
        return 4;
    if (seconds <= 3600)
        return 5;
    return seconds <= 86400 ? 7 : 8;
}

// By where they are now: a legend without room for all names the lines that stand out, as the table's first rows do.
QList<qsizetype> highestFirst(const QList<ChartSeries> &series)
{
    QList<qsizetype> order(series.size());
    std::iota(order.begin(), order.end(), 0);
    const auto last = [&series](qsizetype index) {
        const QList<ChartPoint> &points = series[index].points;
        return points.isEmpty() || !std::isfinite(points.last().value) ? -1 : points.last().value;
    };
    std::stable_sort(order.begin(), order.end(),
                     [&last](qsizetype a, qsizetype b) { return last(a) > last(b); });
    return order;
}

} // namespace

class ChartView::Private
{
public:
    QChartView *view = nullptr;
    QChart *chart = nullptr;
    ChartLegend *legend = nullptr; // not the chart's own: that one cuts names
    QDateTimeAxis *time = nullptr;
    QValueAxis *value = nullptr;
    QList<ChartSeries> series;
    QList<QPair<QXYSeries *, qsizetype>>
        lines; // with the index of their series: a series with gaps has several

    void draw(const QList<QPointF> &run, const QString &name, qsizetype index);
};

// A line, or a dot where one sample stands alone: a line would need two.
void ChartView::Private::draw(const QList<QPointF> &run, const QString &name, qsizetype index)
{
    QXYSeries *part = nullptr;
    if (run.size() > 1) {
        part = new QLineSeries;
    } else {
        auto *dot = new QScatterSeries;
        dot->setMarkerSize(scaled(DotSide));
        dot->setBorderColor(Qt::transparent);
        part = dot;
    }
    part->setName(name);
    part->replace(run);
    chart->addSeries(part);
    part->attachAxis(time);
    part->attachAxis(value);
    lines.append(qMakePair(part, index));
}

ChartView::ChartView(const QString &accessibleName, QWidget *parent)
    : QWidget(parent)
    , d(std::make_unique<Private>())
{
    setAccessibleName(accessibleName);
    d->chart = new QChart;
    d->view = new QChartView(d->chart, this);
    d->time = new QDateTimeAxis(d->chart);
    d->value = new QValueAxis(d->chart);
    d->chart->setMargins(QMargins(0, 0, 0, 0));
    d->chart->setBackgroundRoundness(0);
    d->chart->layout()->setContentsMargins(0, 0, 0, 0);
    d->chart->legend()->hide();
    d->legend = new ChartLegend(this);
    d->time->setTickCount(5);
    d->time->setFormat(u"HH:mm"_s);
    d->value->setTickCount(5);
    d->chart->addAxis(d->time, Qt::AlignBottom);
    d->chart->addAxis(d->value, Qt::AlignLeft);
    connect(d->chart, &QChart::plotAreaChanged, this, &ChartView::fitTicks);
    d->view->setRenderHint(QPainter::Antialiasing);
    d->view->setFrameShape(QFrame::NoFrame);
    d->view->setFocusPolicy(Qt::NoFocus); // the table below has the same data
    d->view->viewport()->setFocusPolicy(Qt::NoFocus);
    d->view->viewport()->setMouseTracking(true);
    d->view->viewport()->installEventFilter(this);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(4));
    column->addWidget(d->legend);
    column->addWidget(d->view, 1);
    setMinimumHeight(scaled(140));
    applyLook();
}

ChartView::~ChartView() = default;

void ChartView::setSeries(const QList<ChartSeries> &series, const QDateTime &from, const QDateTime &to,
                          int gapSeconds)
{
    d->series = series;
    d->chart->removeAllSeries();
    d->lines.clear();
    double top = 0;
    for (qsizetype i = 0; i < series.size(); ++i) {
        QList<QPointF> run;
        QDateTime last;
        const auto finish = [&] {
            if (run.isEmpty())
                return;
            d->draw(run, series[i].name, i);
            run.clear();
        };
        for (const ChartPoint &point : series[i].points) {
            if (last.isValid() && last.secsTo(point.at) > gapSeconds)
                finish();
            last = point.at;
            if (!std::isfinite(point.value)) {
                finish();
                continue;
            }
            run.append(QPointF(double(point.at.toMSecsSinceEpoch()), point.value));
            top = std::max(top, point.value);
        }
        finish();
    }
    d->time->setTickCount(ticksFor(from.secsTo(to)));
    d->time->setRange(from.toLocalTime(), to.toLocalTime());
    d->time->setFormat(from.secsTo(to) > 2 * 86400  ? u"MM-dd HH:mm"_s
                           : from.secsTo(to) <= 600 ? u"HH:mm:ss"_s
                                                    : u"HH:mm"_s);
    const double highest =
        top > 0 ? std::max(roundUp(top * 1.05), 0.04) : 1; // quarters that differ in their digits
    d->value->setRange(0, highest);
    d->value->setLabelFormat(highest < 0.4      ? u"%.3f"_s
                                 : highest < 2  ? u"%.2f"_s
                                 : highest < 20 ? u"%.1f"_s
                                                : u"%.0f"_s);
    d->legend->setVisible(series.size() > 1);
    applyLook();
}

// Qt Charts writes "…" for every value once one tick's share of the height is less than a label with its padding.
void ChartView::fitTicks(const QRectF &plotArea)
{
    constexpr int LabelPadding = 6;
    const int room = int(plotArea.height()) / (QFontMetrics(fontOf(Type::Body)).height() + 2 * LabelPadding);
    d->value->setTickCount(room >= 5 ? 5 : room >= 3 ? 3 : 2);
}

QString ChartView::valueText(const QDateTime &at) const
{
    QStringList lines{at.toLocalTime().toString(u"HH:mm:ss")};
    for (const ChartSeries &series : d->series) {
        const auto nearest = std::min_element(
            series.points.begin(), series.points.end(), [&at](const ChartPoint &a, const ChartPoint &b) {
                return std::abs(a.at.msecsTo(at)) < std::abs(b.at.msecsTo(at));
            });
        if (nearest != series.points.end())
            lines.append(u"%1  %2"_s.arg(series.name, rateText(nearest->value)));
    }
    return lines.join(u'\n');
}

void ChartView::applyLook()
{
    const Tokens tokens = tokensOf(palette());
    const QColor text = QColor::fromRgb(tokens.dim);
    d->chart->setBackgroundBrush(QColor::fromRgb(tokens.base));
    d->chart->setBackgroundPen(Qt::NoPen);
    d->view->setBackgroundBrush(QColor::fromRgb(tokens.base));
    QList<ChartLegend::Entry> names;
    for (const qsizetype i : highestFirst(d->series))
        names.append({d->series[i].name, seriesColour(i, tokens), dashOf(i)});
    d->legend->setEntries(names);
    for (QAbstractAxis *axis :
         {static_cast<QAbstractAxis *>(d->time), static_cast<QAbstractAxis *>(d->value)}) {
        axis->setLabelsFont(fontOf(Type::Body));
        axis->setLabelsColor(text);
        axis->setGridLineColor(QColor::fromRgb(tokens.line));
        axis->setLinePenColor(QColor::fromRgb(tokens.line));
    }
    for (const auto &[part, index] : d->lines) {
        if (part->type() == QAbstractSeries::SeriesTypeScatter)
            part->setColor(seriesColour(index, tokens));
        else
            part->setPen(QPen(seriesColour(index, tokens), 1.8, dashOf(index)));
    }
}

void ChartView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::ApplicationFontChange)
        applyLook();
}

// A low chart keeps its place: the table below names every line.
void ChartView::resizeEvent(QResizeEvent *event)
{
    constexpr int LowBelow = 230;
    QWidget::resizeEvent(event);
    d->legend->setMostRows(height() < scaled(LowBelow) ? 2 : 4);
    if (d->time->labelsFont().pixelSize()
        != fontOf(Type::Body).pixelSize()) // another zoom, which ends with this event
        applyLook();
}

bool ChartView::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::MouseMove && !d->series.isEmpty() && !d->lines.isEmpty()) {
        const auto *mouse = static_cast<QMouseEvent *>(event);
        const QPointF value = d->chart->mapToValue(d->chart->mapFromScene(d->view->mapToScene(mouse->pos())),
                                                   d->lines.first().first);
        if (d->chart->plotArea().contains(mouse->pos()))
            showToolTip(mouse->globalPosition().toPoint(),
                        valueText(QDateTime::fromMSecsSinceEpoch(qint64(value.x()))), this);
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
