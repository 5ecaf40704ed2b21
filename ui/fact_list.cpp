// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fact_list.h"

#include "ui/text_label.h"

#include <QGridLayout>

namespace ui {

FactList::FactList(QWidget *parent)
    : QWidget(parent)
{
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(scaled(Measure::WideGap));
    grid->setVerticalSpacing(scaled(Measure::Gap));
    grid->setColumnStretch(1, 1);
}

void FactList::setFacts(const QList<Fact> &facts)
{
    if (facts == m_facts && !m_labels.isEmpty())
        return;
    m_facts = facts;
    auto *grid = static_cast<QGridLayout *>(layout());
    int used = 0;
    for (const Fact &fact : facts) {
        if (fact.value.isEmpty())
            continue;
        if (used == m_labels.size()) {
            auto *name = new TextLabel(Type::Dim, {}, this);
            auto *value = new TextLabel(Type::Body, {}, this);
            value->setElided(Qt::ElideMiddle);
            value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            value->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
            grid->addWidget(name, used, 0);
            grid->addWidget(value, used, 1);
            m_labels.append(qMakePair(name, value));
        }
        const auto &[name, value] = m_labels[used++];
        name->setText(fact.name);
        value->setText(fact.value);
        value->setToolTip(fact.toolTip);
        value->setAccessibleName(fact.name + QStringLiteral(": ") + fact.value);
        name->show();
        value->show();
    }
    for (; used < m_labels.size(); ++used) {
        m_labels[used].first->hide();
        m_labels[used].second->hide();
    }
}

} // namespace ui
