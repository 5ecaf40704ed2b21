// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Metrics: requests a second of the edge from Prometheus, as a chart and as the same data in a table.
#include "ui/chart_view.h"
#include "ui/page_frame.h"

#include <algorithm>

QT_FORWARD_DECLARE_CLASS(QComboBox)
QT_FORWARD_DECLARE_CLASS(QTableWidget)

namespace ui {

class Card;
class TextLabel;
class TextView;

struct MetricsAnswer
{
    QString query;             // PromQL as it was sent
    QList<ChartSeries> series; // requests a second, one for each upstream cluster
    QDateTime from, to;
    int stepSeconds = 15;
    int elapsedMs = -1;
    QString source; // "Prometheus istio-system/prometheus, through the API server"
    QString error;  // what, where, what to do; "" none
    int gapSeconds() const
    {
        return std::max(stepSeconds * 3, 60);
    } // a series that is silent for longer has a gap, or has ended
};

class MetricsPage : public PageFrame
{
    Q_OBJECT
public:
    explicit MetricsPage(QWidget *parent = nullptr);
    void setAnswer(const MetricsAnswer &answer); // an error keeps the last series on screen
    int rangeSeconds() const;                    // what to ask for
    void setRange(int seconds);                  // the choice that is nearest to it
    qsizetype pointsShown() const;               // of the series that has most of them
    void forgetAnswer(); // it was of another edge; the page stays
    void forget() override;
    QList<QWidget *> panes() const override;

Q_SIGNALS:
    void rangeChosen(int seconds);

protected:
    bool hasContent() const override;

private:
    QWidget *buildContent();
    void showTable();

    MetricsAnswer m_answer;
    QComboBox *m_range;
    ChartView *m_chart = nullptr;
    QTableWidget *m_table = nullptr;
    TextView *m_query = nullptr;
    TextLabel *m_chartNote = nullptr;
    TextLabel *m_queryFacts = nullptr;
};

} // namespace ui
