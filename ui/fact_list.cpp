// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fact_list.h"

#include "ui/text_label.h"
#include "ui/text_link.h"

#include <QGridLayout>
#include <QHBoxLayout>

namespace ui {

namespace {

constexpr int TwoColumnsFrom = 620; // below a table, not beside one

} // namespace

class FactLink : public TextLink
{
public:
    explicit FactLink(QWidget *parent)
        : TextLink(Qt::AlignRight, parent)
    {
    }
    QString target;
    int most = 0; // of its words is always in sight
    QSize minimumSizeHint() const override { return {qMin(sizeHint().width(), most), sizeHint().height()}; }
};

FactList::FactList(QWidget *parent)
    : QWidget(parent)
    , m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setVerticalSpacing(scaled(Measure::Gap));
    m_grid->setHorizontalSpacing(scaled(2 * Measure::PageMargin));
    m_grid->setColumnStretch(0, 1);
}

int FactList::columns() const { return width() >= scaled(TwoColumnsFrom) ? 2 : 1; }

void FactList::arrange()
{
    const int wanted = columns();
    const int rows = (m_used + wanted - 1) / wanted;
    m_grid->setColumnStretch(1, wanted - 1);
    m_grid->setVerticalSpacing(scaled(wanted > 1 ? Measure::Gap / 2 : Measure::Gap));
    for (int i = 0; i < m_used; ++i) {
        QWidget *widget = m_rows[i].widget;
        int row = -1;
        int column = -1;
        int span = 0;
        if (const int at = m_grid->indexOf(widget); at >= 0)
            m_grid->getItemPosition(at, &row, &column, &span, &span);
        if (row == i % qMax(1, rows) && column == i / qMax(1, rows))
            continue;
        m_grid->removeWidget(widget);
        m_grid->addWidget(widget, i % qMax(1, rows), i / qMax(1, rows));
    }
}

FactList::Row FactList::addRow()
{
    auto *widget = new QWidget(this);
    const Row row{widget, new TextLabel(Type::Dim, {}, widget), new TextLabel(Type::Body, {}, widget),
                  new FactLink(widget)};
    row.name->setElided();
    row.value->setElided();
    row.value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row.value->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto *line = new QHBoxLayout(widget);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(scaled(Measure::WideGap));
    line->addWidget(row.name);
    line->addWidget(row.value, 1);
    line->addWidget(row.link, 1, Qt::AlignRight);
    row.link->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    row.link->setCursor(Qt::PointingHandCursor);
    connect(row.link, &QAbstractButton::clicked, this,
            [this, link = row.link] { Q_EMIT followed(link->target); });
    return row;
}

void FactList::setFacts(const QList<Fact> &facts)
{
    if (facts == m_facts && !m_rows.isEmpty())
        return;
    m_facts = facts;
    qsizetype used = 0;
    for (const Fact &fact : facts) {
        if (fact.value.isEmpty())
            continue;
        if (used == m_rows.size())
            m_rows.append(addRow());
        const Row &row = m_rows[used++];
        row.name->setText(fact.name);
        row.value->setText(fact.value);
        row.value->setToolTip(fact.toolTip);
        row.value->setAccessibleName(fact.name + QStringLiteral(": ") + fact.value);
        row.link->target = fact.link;
        row.link->setText(fact.value);
        row.link->setToolTip(fact.toolTip);
        row.link->setAccessibleName(row.value->accessibleName());
        row.link->setVisible(!fact.link.isEmpty());
        row.value->setVisible(fact.link.isEmpty());
        row.widget->show();
    }
    m_used = int(used);
    for (; used < m_rows.size(); ++used) {
        m_grid->removeWidget(m_rows[used].widget);
        m_rows[used].widget->hide();
    }
    arrange();
    shareWidth();
}

// A value is as long as it may be beside its whole name, and half of the place is always its own.
void FactList::shareWidth()
{
    const int column = (width() - (columns() - 1) * m_grid->horizontalSpacing()) / columns();
    const auto widthOf = [](const TextLabel &label) {
        return label.fontMetrics().horizontalAdvance(label.text()) + 2;
    };
    for (const Row &row : std::as_const(m_rows)) {
        const int room = column - widthOf(*row.name) - row.widget->layout()->spacing();
        row.value->setMinimumWidth(qMin(widthOf(*row.value), qMax(room, column / 2)));
        row.link->most = qMax(room, column / 2);
        row.link->updateGeometry();
    }
}

void FactList::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
    shareWidth();
}

} // namespace ui
