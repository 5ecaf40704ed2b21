// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/docks/notices_panel.h"

#include "ui/card.h"
#include "ui/detail_pane.h"
#include "ui/table_pane.h"
#include "ui/text_view.h"
#include "ui/time_text.h"

#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

NoticesPanel::NoticesPanel(QWidget *parent)
    : QWidget(parent)
    , m_pane(new TablePane(u"notices"_s, {tr("notice"), tr("notices")}, this))
    , m_text(new TextView(tr("The whole notice"), this))
    , m_clear(makeButton(tr("Clear"), u"noticesClear"_s, this))
{
    setObjectName(u"noticesPanel"_s);
    m_pane->setEmpty({.title = tr("Nothing has happened yet"),
                      .text = tr("Requests, changes and whatever goes wrong are listed here.")});
    m_pane->addAction(m_clear);
    m_text->setObjectName(u"noticeText"_s);
    m_text->setWraps();
    auto *split = new DetailSplit(m_pane, m_text, this);
    split->setAlwaysBeside(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(split);
    connect(m_clear, &QPushButton::clicked, this, &NoticesPanel::clearRequested);
    connect(&m_pane->table(), &TableView::currentKeyChanged, this, &NoticesPanel::showDetail);
    connect(&m_pane->table(), &TableView::opened, this,
            [this] { m_text->setFocus(Qt::ShortcutFocusReason); });
    connect(m_pane, &TablePane::countChanged, this, &NoticesPanel::countChanged);
}

void NoticesPanel::setNotices(models::TableModel<models::NoticeRow> &notices)
{
    m_notices = &notices;
    m_pane->setModel(notices);
    m_pane->table().sortBy(u"at"_s, Qt::DescendingOrder);
}

void NoticesPanel::showDetail()
{
    const models::NoticeRow *row = m_notices ? m_notices->find(m_pane->table().currentKey()) : nullptr;
    m_text->setPlainText(
        !row ? QString()
             : QStringList({exactText(row->at), row->text, row->details}).join(u"\n\n"_s).trimmed());
}

QList<QWidget *> NoticesPanel::panes() const { return {&m_pane->table(), m_text}; }

} // namespace ui
