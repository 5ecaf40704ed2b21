// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Overview's strip of the edge's traffic in the last hour: requests a second, share of 5xx, the time that 95 of 100
// answers take; each with its line.  Where there is no source of metrics it says so.
#include "ui/card.h"

#include <QList>

namespace ui {

class TextLabel;

struct TrafficSummary
{
    struct Figure
    {
        double now = -1;       // negative: nothing was counted
        QList<double> history; // oldest first; negative: a gap
        bool operator==(const Figure &) const = default;
    };
    Figure requests;     // a second
    Figure serverErrors; // of all answers, 0 to 1
    Figure slowest;      // milliseconds that 95 of 100 answers stay below
    QString source;      // "Prometheus istio-system/prometheus, through the API server"
    QString error;       // why there are no figures; "" none
    bool operator==(const TrafficSummary &) const = default;
};

class TrafficCard : public Card
{
    Q_OBJECT
public:
    explicit TrafficCard(QWidget *parent = nullptr);
    void show(const TrafficSummary &summary);
    void setScoped(bool scoped); // the page counts some namespaces alone, which this does not
    void forget();               // not asked yet

Q_SIGNALS:
    void metricsRequested();

private:
    class Line;
    struct Cell
    {
        QWidget *box;
        TextLabel *value;
        Line *line;
    };
    Cell addCell(const QString &name, const QString &objectName);
    void fill(const Cell &cell, const TrafficSummary::Figure &figure, const QString &text);

    TextLabel *m_heading, *m_source, *m_note;
    QWidget *m_figures;
    QList<Cell> m_cells; // requests, errors, slowest
};

} // namespace ui
