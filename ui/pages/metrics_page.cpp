// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/metrics_page.h"

#include "ui/card.h"
#include "ui/cell_delegate.h"
#include "ui/reflow_box.h"
#include "ui/text_label.h"
#include "ui/text_view.h"
#include "ui/time_text.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QTableWidget>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

struct Summary
{
    double last = -1, mean = -1, peak = -1; // last: -1 also if the series ended
    QDateTime endedAt = {};                 // not valid: it goes on
};

Summary summaryOf(const ChartSeries &series, const QDateTime &to, int gapSeconds)
{
    Summary summary;
    double sum = 0;
    int count = 0;
    QDateTime lastAt;
    for (const ChartPoint &point : series.points) {
        if (!std::isfinite(point.value))
            continue;
        summary.last = point.value;
        lastAt = point.at;
        summary.peak = std::max(summary.peak, point.value);
        sum += point.value;
        ++count;
    }
    if (count > 0)
        summary.mean = sum / count;
    if (lastAt.isValid() && lastAt.secsTo(to) > gapSeconds) {
        summary.last = -1;
        summary.endedAt = lastAt;
    }
    return summary;
}

QDateTime firstSample(const MetricsAnswer &answer)
{
    QDateTime first;
    for (const ChartSeries &series : answer.series) {
        if (!series.points.isEmpty() && (!first.isValid() || series.points.first().at < first))
            first = series.points.first().at;
    }
    return first;
}

} // namespace

MetricsPage::MetricsPage(QWidget *parent)
    : PageFrame(u"metrics"_s, tr("Metrics"), parent)
    , m_range(new QComboBox(this))
{
    m_range->setObjectName(u"metricsRange"_s);
    m_range->setAccessibleName(tr("Range"));
    m_range->addItem(tr("last 5 min"), 300);
    m_range->addItem(tr("last 15 min"), 900);
    m_range->addItem(tr("last 1 h"), 3600);
    m_range->addItem(tr("last 6 h"), 6 * 3600);
    m_range->addItem(tr("last 24 h"), 86400);
    m_range->addItem(tr("last 7 d"), 7 * 86400);
    m_range->setCurrentIndex(1);
    m_range->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    addHeaderWidget(m_range);
    setContent(buildContent());
    connect(m_range, &QComboBox::currentIndexChanged, this, [this] { Q_EMIT rangeChosen(rangeSeconds()); });
}

QWidget *MetricsPage::buildContent()
{
    auto *content = new QWidget(this);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(scaled(Measure::PageMargin), scaled(4), scaled(Measure::PageMargin),
                               scaled(Measure::CardPadding));
    column->setSpacing(scaled(Measure::WideGap));
    auto *chartCard = new Card(content);
    m_chartNote = new TextLabel(Type::Dim, {}, chartCard);
    m_chartNote->setObjectName(u"metricsNote"_s);
    auto *chartHead = new ReflowBox(560);
    chartHead->addWidget(new TextLabel(Type::Section, tr("Requests a second, by upstream"), chartCard));
    chartHead->addStretch();
    chartHead->addWidget(m_chartNote);
    chartCard->body()->addLayout(chartHead);
    m_chart = new ChartView(tr("Requests a second over time; the table below has the same data"), chartCard);
    m_chart->setObjectName(u"metricsChart"_s);
    chartCard->body()->addWidget(m_chart, 1);
    column->addWidget(chartCard, 3);
    m_table = new QTableWidget(0, 4, content);
    m_table->setObjectName(u"metricsTable"_s);
    m_table->setAccessibleName(tr("Requests a second, by upstream"));
    m_table->setHorizontalHeaderLabels({tr("Upstream"), tr("now"), tr("mean"), tr("highest")});
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setMinimumSectionSize(scaled(Measure::Row)); // the style's is higher
    m_table->verticalHeader()->setDefaultSectionSize(scaled(Measure::Row));
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->horizontalHeader()->setFixedHeight(scaled(Measure::Header));
    for (int column_ = 1; column_ < 4; ++column_) {
        m_table->horizontalHeaderItem(column_)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        m_table->horizontalHeader()->setSectionResizeMode(column_, QHeaderView::ResizeToContents);
    }
    m_table->setItemDelegate(new CellDelegate(m_table));
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setTabKeyNavigation(false);
    m_table->setMinimumHeight(scaled(Measure::Header) + 3 * scaled(Measure::Row));
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    column->addWidget(m_table, 2);
    auto *queryRow = new ReflowBox(560);
    m_query = new TextView(tr("Query"), content);
    m_query->setObjectName(u"metricsQuery"_s);
    m_query->setFitsContents(3);
    m_query->setWraps();
    m_queryFacts = new TextLabel(Type::Dim, {}, content);
    queryRow->addWidget(m_query, 1);
    queryRow->addWidget(m_queryFacts);
    column->addLayout(queryRow);
    return content;
}

int MetricsPage::rangeSeconds() const { return m_range->currentData().toInt(); }

void MetricsPage::setRange(int seconds)
{
    int nearest = 0;
    for (int i = 1; i < m_range->count(); ++i) {
        if (std::abs(m_range->itemData(i).toInt() - seconds)
            < std::abs(m_range->itemData(nearest).toInt() - seconds))
            nearest = i;
    }
    m_range->setCurrentIndex(nearest);
}

qsizetype MetricsPage::pointsShown() const
{
    qsizetype most = 0;
    for (const ChartSeries &series : m_answer.series)
        most = std::max(most, series.points.size());
    return most;
}

void MetricsPage::setAnswer(const MetricsAnswer &answer)
{
    const bool failed = !answer.error.isEmpty();
    if (failed && !m_answer.series.isEmpty()) {
        banner().show(models::Severity::Warning,
                      tr("The last question failed; this is what was known before. %1").arg(answer.error));
        return;
    }
    if (failed) {
        setProblem({PageProblem::Kind::Failed, answer.error, answer.query});
        return;
    }
    m_answer = answer;
    setProblem({});
    banner().clear();
    if (answer.series.isEmpty())
        banner().show(models::Severity::Info,
                      tr("Prometheus has no such series yet: either nothing was requested in this time, or "
                         "it does not scrape the edge (integration guide, last step)."));
    m_chart->setSeries(answer.series, answer.from, answer.to, answer.gapSeconds());
    m_chartNote->setText(pointsShown() == 1
                             ? tr("first sample at %1; a line needs two")
                                   .arg(firstSample(answer).toLocalTime().toString(u"hh:mm:ss"_s))
                             : QString());
    m_query->setPlainText(answer.query);
    m_queryFacts->setText(answer.elapsedMs < 0
                              ? tr("%1 series").arg(answer.series.size())
                              : tr("%1 ms, %2 series").arg(answer.elapsedMs).arg(answer.series.size()));
    QStringList facts{answer.source, tr("step %1 s").arg(answer.stepSeconds)};
    if (answer.to.isValid())
        facts.append(tr("as of %1").arg(exactText(answer.to)));
    facts.removeAll(QString());
    setFacts(facts.join(u" · "_s));
    showTable();
    updateState();
}

void MetricsPage::forgetAnswer()
{
    m_answer = {};
    banner().clear();
    updateState();
}

void MetricsPage::forget()
{
    m_answer = {};
    PageFrame::forget();
}

void MetricsPage::showTable()
{
    QList<QPair<QString, Summary>> rows;
    for (const ChartSeries &series : m_answer.series)
        rows.append(qMakePair(series.name, summaryOf(series, m_answer.to, m_answer.gapSeconds())));
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto &a, const auto &b) { return a.second.last > b.second.last; });
    m_table->setRowCount(int(rows.size()));
    for (int row = 0; row < rows.size(); ++row) {
        const Summary &summary = rows[row].second;
        const QStringList cells{rows[row].first, rateText(summary.last), rateText(summary.mean),
                                rateText(summary.peak)};
        for (int column = 0; column < cells.size(); ++column) {
            auto *item = new QTableWidgetItem(cells[column]);
            item->setData(models::TableModelBase::StyleRole,
                          int(column > 0 ? models::CellStyle::Number : models::CellStyle::Text));
            if (column == 1 && summary.endedAt.isValid())
                item->setToolTip(tr("ended %1").arg(agoText(summary.endedAt, m_answer.to)));
            m_table->setItem(row, column, item);
        }
    }
}

QList<QWidget *> MetricsPage::panes() const { return {m_range, m_table, m_query}; }

bool MetricsPage::hasContent() const { return m_answer.to.isValid(); }

} // namespace ui
