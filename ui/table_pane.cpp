// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/table_pane.h"

#include "ui/card.h"
#include "ui/text_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>

using namespace Qt::StringLiterals;

namespace ui {

TablePane::TablePane(const QString &name, const QString &rowsName, QWidget *parent)
    : QWidget(parent)
    , m_rowsName(rowsName)
    , m_filter(new QLineEdit(this))
    , m_filterError(new TextLabel(Type::Dim, {}, this))
    , m_row(new QHBoxLayout)
    , m_stack(new QStackedWidget(this))
    , m_table(new TableView(this))
    , m_panel(new StatePanel(this))
{
    setObjectName(name + "Pane"_L1);
    m_filter->setObjectName(name + "Filter"_L1);
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setAccessibleName(tr("Filter %1").arg(rowsName));
    m_filter->setToolTip(tr("Words must all be found; -word excludes; name:word looks in one column, such as "
                            "host:api or status:ok."));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(scaled(420));
    m_filter->installEventFilter(this);
    m_filterError->setObjectName(name + "FilterError"_L1);
    m_filterError->hide();
    m_table->setObjectName(name + "Table"_L1);
    m_table->setAccessibleName(rowsName);
    m_table->installEventFilter(this);
    m_panel->setObjectName(name + "State"_L1);
    auto *columns = makeButton(tr("Columns"), name + "Columns"_L1, this);
    m_row->setContentsMargins(scaled(Measure::PageMargin), 0, scaled(Measure::PageMargin), 0);
    m_row->addWidget(m_filter, 1);
    m_row->addStretch();
    m_row->addWidget(columns);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_panel);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, scaled(Measure::Gap), 0, 0);
    column->setSpacing(scaled(10));
    column->addLayout(m_row);
    column->addWidget(m_filterError);
    m_filterError->setContentsMargins(scaled(Measure::PageMargin), 0, 0, 0);
    column->addWidget(m_stack, 1);
    connect(m_filter, &QLineEdit::textChanged, this, &TablePane::applyFilter);
    connect(columns, &QPushButton::clicked, this, &TablePane::showColumnMenu);
    connect(m_panel, &StatePanel::secondaryPressed, this, [this] { m_filter->clear(); });
    connect(m_panel, &StatePanel::primaryPressed, this, &TablePane::emptyPrimaryPressed);
}

void TablePane::setModel(models::TableModelBase &model)
{
    m_model = &model;
    m_order = new models::RowOrder(model, this);
    m_table->setRows(model, *m_order);
    connect(m_order, &models::RowOrder::orderChanged, this, &TablePane::updateState);
    connect(&model, &models::TableModelBase::completed, this, &TablePane::updateState);
    connect(&model, &QAbstractItemModel::modelReset, this, &TablePane::updateState);
    applyFilter();
}

void TablePane::addAction(QWidget *button) { m_row->addWidget(button); }

void TablePane::setEmpty(const PanelText &text)
{
    m_empty = text;
    updateState();
}

void TablePane::setScope(const QString &filterPrefix)
{
    m_scope = filterPrefix;
    applyFilter();
}

void TablePane::setFilter(const QString &text) { m_filter->setText(text); }

QString TablePane::filter() const { return m_filter->text(); }

void TablePane::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

int TablePane::shown() const { return m_order ? m_order->shown() : 0; }

int TablePane::total() const { return m_order ? m_order->total() : 0; }

bool TablePane::isComplete() const { return m_model && m_model->isComplete(); }

QString TablePane::countText() const
{
    const QLocale locale;
    return shown() == total() ? tr("%1 %2").arg(locale.toString(total()), m_rowsName)
                              : tr("%1 shown of %2").arg(locale.toString(shown()), locale.toString(total()));
}

void TablePane::applyFilter()
{
    if (m_order)
        m_order->setFilter(QStringList({m_scope, m_filter->text()}).join(u' ').trimmed());
    updateState();
}

void TablePane::updateState()
{
    const QString error = m_order ? m_order->filterError() : QString();
    m_filterError->setText(error);
    m_filterError->setVisible(!error.isEmpty());
    const bool filtered = shown() == 0 && total() > 0;
    if (filtered)
        m_panel->show({.title = tr("None of %1 %2 matches").arg(QLocale().toString(total()), m_rowsName),
                       .text = m_filter->text().isEmpty() ? tr("No row lies in the chosen namespace.")
                                                          : tr("The filter is: %1").arg(m_filter->text()),
                       .secondary = m_filter->text().isEmpty() ? QString() : tr("Clear filter")});
    else
        m_panel->show(m_empty);
    m_stack->setCurrentWidget(
        shown() > 0 || (m_empty.title.isEmpty() && !filtered) ? static_cast<QWidget *>(m_table) : m_panel);
    Q_EMIT countChanged();
}

void TablePane::showColumnMenu()
{
    if (!m_model)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto &column : m_model->layout()) {
        QAction *action = menu->addAction(column.title);
        action->setCheckable(true);
        action->setChecked(!m_table->unwantedColumns().contains(column.id));
        connect(action, &QAction::toggled, this,
                [this, id = column.id](bool wanted) { m_table->setColumnWanted(id, wanted); });
    }
    const auto *button = static_cast<QWidget *>(sender());
    menu->popup(button->mapToGlobal(QPoint(0, button->height() + 2)));
}

bool TablePane::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    if (watched == m_filter && (key->key() == Qt::Key_Down || key->key() == Qt::Key_Return)) {
        m_table->setFocus(Qt::ShortcutFocusReason);
        if (!m_table->currentIndex().isValid() && shown() > 0)
            m_table->setCurrentIndex(m_order->index(0, 0));
        return true;
    }
    if (watched == m_filter && key->key() == Qt::Key_Escape) {
        if (m_filter->text().isEmpty())
            m_table->setFocus(Qt::ShortcutFocusReason);
        m_filter->clear();
        return true;
    }
    if (watched == m_table && key->text() == "/"_L1) {
        focusFilter();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
