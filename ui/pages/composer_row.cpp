// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/composer_row.h"

#include "ui/theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui {

ComposerRow::ComposerRow(QWidget *parent)
    : QWidget(parent)
    , m_first(new QHBoxLayout)
    , m_second(new QHBoxLayout)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(m_first);
    column->addLayout(m_second);
    m_second->addStretch();
}

void ComposerRow::resizeEvent(QResizeEvent *event)
{
    constexpr int NarrowBelow = 740;
    QWidget::resizeEvent(event);
    const bool isNarrow = width() < scaled(NarrowBelow);
    if (m_choices.isEmpty() || isNarrow == (m_second->indexOf(m_choices.first()) >= 0))
        return;
    for (qsizetype i = 0; i < m_choices.size(); ++i) { // a layout takes it from the other one
        if (isNarrow)
            m_second->insertWidget(int(i), m_choices[i]);
        else
            m_first->insertWidget(m_first->count() - 1, m_choices[i]);
    }
}

} // namespace ui
