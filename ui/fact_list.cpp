// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fact_list.h"

#include "ui/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui {

FactList::FactList(QWidget *parent)
    : QWidget(parent)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(Measure::Gap));
}

FactList::Row FactList::addRow()
{
    auto *widget = new QWidget(this);
    const Row row{widget, new TextLabel(Type::Dim, {}, widget), new TextLabel(Type::Body, {}, widget)};
    row.name->setElided();
    row.value->setElided();
    row.value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row.value->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto *line = new QHBoxLayout(widget);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(scaled(Measure::WideGap));
    line->addWidget(row.name);
    line->addWidget(row.value, 1);
    layout()->addWidget(widget);
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
        row.widget->show();
    }
    for (; used < m_rows.size(); ++used)
        m_rows[used].widget->hide();
    shareWidth();
}

void FactList::shareWidth()
{
    const int most = width() * 3 / 4;
    for (const Row &row : std::as_const(m_rows))
        row.value->setMinimumWidth(
            qMin(row.value->fontMetrics().horizontalAdvance(row.value->text()) + 2, most));
}

void FactList::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    shareWidth();
}

} // namespace ui
