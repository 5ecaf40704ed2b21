// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/traffic_card.h"

#include "ui/cell_delegate.h"
#include "ui/reflow_box.h"
#include "ui/style.h"
#include "ui/text_label.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace ui {

class TrafficCard::Line : public QWidget
{
public:
    explicit Line(QWidget *parent)
        : QWidget(parent)
    {
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    void setValues(const QList<double> &values)
    {
        m_values = values;
        update();
    }
    QSize sizeHint() const override { return {scaled(96), scaled(20)}; }
    QSize minimumSizeHint() const override { return {scaled(24), scaled(20)}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        drawSparkline(painter, rect().adjusted(0, scaled(2), 0, -scaled(2)), m_values,
                      QColor::fromRgb(tokensOf(palette()).accent));
    }

private:
    QList<double> m_values;
};

TrafficCard::TrafficCard(QWidget *parent)
    : Card(parent)
    , m_heading(new TextLabel(Type::Section, tr("Traffic"), this))
    , m_source(new TextLabel(Type::Dim, {}, this))
    , m_note(new TextLabel(Type::Dim, tr("Not asked yet."), this))
    , m_figures(new QWidget(this))
{
    auto *head = new QHBoxLayout;
    head->addWidget(m_heading);
    head->addWidget(m_source, 1);
    auto *button = makeButton(tr("Metrics"), u"trafficOpen"_s, this);
    head->addWidget(button);
    connect(button, &QPushButton::clicked, this, &TrafficCard::metricsRequested);
    body()->addLayout(head);
    m_note->setObjectName(u"trafficNote"_s);
    m_note->setWordWrap(true);
    body()->addWidget(m_note);
    auto *row = new ReflowBox(520);
    m_figures->setLayout(row);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(scaled(Measure::WideGap));
    m_cells = {addCell(tr("requests/s"), u"trafficRequests"_s), addCell(tr("5xx"), u"trafficErrors"_s),
               addCell(tr("95 % within"), u"trafficSlowest"_s)};
    body()->addWidget(m_figures);
    m_figures->hide();
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

TrafficCard::Cell TrafficCard::addCell(const QString &name, const QString &objectName)
{
    auto *box = new QWidget(m_figures);
    box->setObjectName(objectName);
    auto *row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    Cell cell{box, new TextLabel(Type::Section, {}, box), new Line(box)};
    cell.value->setObjectName(objectName + "Value"_L1);
    row->addWidget(new TextLabel(Type::Dim, name, box));
    row->addWidget(cell.value);
    row->addWidget(cell.line, 1);
    m_figures->layout()->addWidget(box);
    return cell;
}

void TrafficCard::fill(const Cell &cell, const TrafficSummary::Figure &figure, const QString &text)
{
    cell.value->setText(figure.now < 0 ? tr("none") : text);
    cell.line->setValues(figure.history);
}

void TrafficCard::show(const TrafficSummary &summary)
{
    const bool hasCounted = !summary.requests.history.isEmpty();
    const bool has = summary.error.isEmpty() && hasCounted;
    m_figures->setVisible(has);
    m_note->setVisible(!has);
    if (!summary.error.isEmpty())
        m_note->setText(tr("No metrics: %1").arg(summary.error));
    else if (!hasCounted)
        m_note->setText(
            tr("%1 has counted no request of an edge in the last hour; the guide's step on Prometheus "
               "lets it scrape the edge.")
                .arg(summary.source));
    m_source->setText(has ? tr("last hour, from %1").arg(summary.source) : QString());
    if (!has)
        return;
    const QLocale locale;
    const double requests = summary.requests.now, slowest = summary.slowest.now;
    fill(m_cells[0], summary.requests, locale.toString(requests, 'f', requests < 10 ? 1 : 0));
    fill(m_cells[1], summary.serverErrors,
         tr("%1 %").arg(locale.toString(summary.serverErrors.now * 100, 'f', 2)));
    fill(m_cells[2], summary.slowest, tr("%1 ms").arg(locale.toString(slowest, 'f', slowest < 10 ? 1 : 0)));
}

void TrafficCard::setScoped(bool scoped)
{
    m_heading->setText(scoped ? tr("Traffic of all namespaces") : tr("Traffic"));
}

void TrafficCard::forget()
{
    m_figures->hide();
    m_source->clear();
    m_note->setText(tr("Not asked yet."));
    m_note->show();
}

} // namespace ui
