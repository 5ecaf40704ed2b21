// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/table_pane.h"

#include "ui/card.h"
#include "ui/filter_completer.h"
#include "ui/filtered_text.h"
#include "ui/text_label.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QEvent>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QSaveFile>
#include <QStackedWidget>

using namespace Qt::StringLiterals;

namespace ui {

TablePane::TablePane(const QString &name, const Noun &rows, QWidget *parent)
    : QWidget(parent)
    , m_rows(rows)
    , m_filter(new QLineEdit(this))
    , m_filterError(new TextLabel(Type::Body, {}, this))
    , m_row(new QBoxLayout(QBoxLayout::LeftToRight))
    , m_actions(new QHBoxLayout)
    , m_stack(new QStackedWidget(this))
    , m_table(new TableView(this))
    , m_panel(new StatePanel(this))
{
    setObjectName(name + "Pane"_L1);
    m_filter->setObjectName(name + "Filter"_L1);
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setAccessibleName(tr("Filter %1").arg(rows.many));
    m_filter->setToolTip(tr("Words must all be found; -word excludes; name:word looks in one column, such as "
                            "host:api or status:ok."));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(scaled(420));
    m_filter->installEventFilter(this);
    m_completer = new FilterCompleter(m_filter);
    m_filterError->setObjectName(name + "FilterError"_L1);
    m_filterError->setElided();
    m_filterError->setMark(models::Severity::Error);
    m_filterError->hide();
    m_table->setObjectName(name + "Table"_L1);
    m_table->setAccessibleName(rows.many);
    m_table->installEventFilter(this);
    m_panel->setObjectName(name + "State"_L1);
    m_columns = makeButton(tr("Columns"), name + "Columns"_L1, this);
    m_export = makeButton(tr("Export"), name + "Export"_L1, this);
    m_row->setContentsMargins(scaled(Measure::PageMargin), 0, scaled(Measure::PageMargin), 0);
    auto *line = new QHBoxLayout;
    line->addWidget(m_filter, 1);
    line->addWidget(m_filterError, 1); // beside it: the table stays where it is
    line->addStretch();
    line->addWidget(m_columns);
    line->addWidget(m_export);
    m_row->addLayout(line, 1);
    m_row->addLayout(m_actions);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_panel);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, scaled(Measure::Gap), 0, 0);
    column->setSpacing(scaled(10));
    column->addLayout(m_row);
    column->addWidget(m_stack, 1);
    connect(m_filter, &QLineEdit::textChanged, this, &TablePane::applyFilter);
    connect(m_columns, &QPushButton::clicked, this, &TablePane::openColumnMenu);
    connect(m_export, &QPushButton::clicked, this, &TablePane::openExportMenu);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_table, &QWidget::customContextMenuRequested, this, &TablePane::showRowMenu);
    m_table->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_table->horizontalHeader(), &QWidget::customContextMenuRequested, this,
            [this](const QPoint &at) {
                openColumnMenu();
                if (auto *menu = findChild<QMenu *>(u"columnMenu"_s))
                    menu->move(m_table->horizontalHeader()->mapToGlobal(at)); // rather than below the button
            });
    connect(m_table, &TableView::selectedKeysChanged, this, &TablePane::countChanged);
    connect(m_panel, &StatePanel::secondaryPressed, this, [this] { m_filter->clear(); });
    connect(m_panel, &StatePanel::primaryPressed, this,
            [this] { total() > 0 ? Q_EMIT allNamespacesWanted() : Q_EMIT emptyPrimaryPressed(); });
}

void TablePane::setModel(models::TableModelBase &model)
{
    m_model = &model;
    m_order = new models::RowOrder(model, this);
    m_table->setRows(model, *m_order);
    m_completer->setColumns(model.layout(), model.columnsWithSeverity());
    connect(m_order, &models::RowOrder::orderChanged, this, &TablePane::updateState);
    connect(&model, &models::TableModelBase::completed, this, &TablePane::updateState);
    connect(&model, &QAbstractItemModel::modelReset, this, &TablePane::updateState);
    applyFilter();
}

void TablePane::addAction(QWidget *button)
{
    m_actions->addWidget(button);
    fitRow();
}

// Where there is no place for all beside the filter, the actions stand below it.
void TablePane::fitRow()
{
    constexpr int LeastFilter = 110;
    const QMargins margins = m_row->contentsMargins();
    const int asked = scaled(LeastFilter) + m_columns->sizeHint().width() + m_export->sizeHint().width()
        + m_actions->sizeHint().width() + 4 * m_row->spacing() + margins.left() + margins.right();
    const bool isNarrow = m_actions->count() > 0 && width() < asked;
    m_row->setDirection(isNarrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_row->setAlignment(m_actions, isNarrow ? Qt::AlignLeading : Qt::Alignment());
}

void TablePane::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitRow();
}

void TablePane::setEmpty(const PanelText &text)
{
    m_empty = text;
    updateState();
}

void TablePane::setUnknown(const QString &why)
{
    if (std::exchange(m_unknown, why) != why)
        updateState();
}

void TablePane::setScope(const QString &filterPrefix)
{
    m_scope = filterPrefix;
    applyFilter();
}

void TablePane::setFilter(const QString &text) { m_filter->setText(text); }

void TablePane::choose(const QString &key, const QString &name)
{
    if (m_table->selectKey(key))
        return;
    setFilter({});
    if (!m_table->selectKey(key))
        setFilter(name);
}

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
    if (isUnknown())
        return tr("%1: not known").arg(m_rows.many);
    const QLocale locale;
    QString text = shown() == total()
        ? ui::countText(total(), m_rows)
        : tr("%1 shown of %2").arg(locale.toString(shown()), locale.toString(total()));
    const int selected = m_table->selectedCount();
    if (selected > 1)
        text += tr(" · %1 selected").arg(locale.toString(selected));
    const int hidden = m_order ? m_table->hiddenSelected() : 0;
    if (hidden > 0)
        text += selected > 1 ? tr(", %1 of them filtered out").arg(locale.toString(hidden))
                             : tr(" · the selected one is filtered out");
    return text;
}

int TablePane::heightOfRows(int rows) const
{
    const QMargins margins = layout()->contentsMargins();
    const int row =
        qMax(m_row->sizeHint().height(), scaled(Measure::Field)); // its hint is lower before it is polished
    return margins.top() + row + layout()->spacing() + m_table->heightOfRows(rows) + margins.bottom();
}

QString TablePane::hiddenSelectionText() const
{
    const int hidden = m_order ? m_table->hiddenSelected() : 0;
    return hidden == 0 ? QString()
                       : tr("%1 of the %2 that are selected are filtered out and not to be seen now.")
                             .arg(hidden)
                             .arg(m_table->selectedCount());
}

void TablePane::setObjectOf(std::function<models::ObjectRef(const QString &key)> objectOf)
{
    m_objectOf = std::move(objectOf);
}

QByteArray TablePane::exported(models::ExportFormat format) const
{
    if (!m_order)
        return {};
    QList<int> rows;
    if (const QStringList selected = selectedKeys(); selected.size() > 1) {
        for (const QString &key : selected) // those that the filter hides too: as what is copied
            rows.append(m_model->rowOfKey(key));
    } else {
        for (int row = 0; row < m_order->rowCount(); ++row)
            rows.append(m_order->mapToSource(m_order->index(row, 0)).row());
    }
    return models::exportRows(*m_model, rows, m_model->layout(), m_table->wantedColumns(), format);
}

QString TablePane::exportText() const
{
    const QLocale locale;
    const int selected = m_table->selectedCount();
    if (selected <= 1)
        return tr("The %1 that are shown").arg(ui::countText(shown(), m_rows));
    const int hidden = m_table->hiddenSelected();
    return hidden == 0 ? tr("The %1 selected ones").arg(locale.toString(selected))
                       : tr("The %1 selected ones, %2 of which are filtered out now")
                             .arg(locale.toString(selected), locale.toString(hidden));
}

// What is copied and cannot be seen is said.
void TablePane::tellHidden()
{
    if (const QString hidden = hiddenSelectionText(); !hidden.isEmpty())
        Q_EMIT reported(models::Severity::Info, tr("Copied. %1").arg(hidden));
}

// Each once: several ports are of one workload, several problems of one object.
QList<models::ObjectRef> TablePane::selectedObjects(int most) const
{
    QList<models::ObjectRef> objects;
    QSet<QString> known;
    const auto visit = [&](const QString &key) {
        const models::ObjectRef object = m_objectOf ? m_objectOf(key) : models::ObjectRef();
        if (object.kind.isEmpty() || object.name.isEmpty() || known.contains(object.text()))
            return true;
        known.insert(object.text());
        objects.append(object);
        return objects.size() != most;
    };
    m_table->visitSelected(visit);
    if (m_table->selectedCount() == 0 && !m_table->currentKey().isEmpty())
        visit(m_table->currentKey());
    return objects;
}

QList<Command> TablePane::sortCommands()
{
    QList<Command> list;
    const auto layout = m_model ? m_model->layout() : QList<models::TableModelBase::ColumnLayout>();
    for (int column = 0; column < layout.size(); ++column) {
        for (const bool further : {false, true})
            list.append({further ? tr("Sort further by %1").arg(layout[column].title)
                                 : tr("Sort by %1").arg(layout[column].title),
                         m_rows.many, [this, column, further] { m_table->sortFurther(column, further); },
                         Command::Kind::Sort});
    }
    return list;
}

void TablePane::showRowMenu(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"rowMenu"_s);
    const QList<ObjectAction> actions = m_askForActions ? m_askForActions() : QList<ObjectAction>();
    if (!actions.isEmpty()) // they are of the current row alone, however many are selected
        menu->addSection(actions.constFirst().subject);
    addObjectActions(*menu, actions, window());
    menu->addSeparator();
    for (const RowCommand &each : commands()) {
        if (can(each.id))
            menu->addAction(each.text + u'\t' + each.keys.toString(QKeySequence::NativeText), this,
                            [this, id = each.id] { run(id); });
    }
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

void TablePane::openExportMenu()
{
    using models::ExportFormat;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"exportMenu"_s);
    menu->addAction(exportText())->setEnabled(false);
    const std::pair<ExportFormat, QString> formats[]{{ExportFormat::Csv, u"CSV"_s},
                                                     {ExportFormat::Json, u"JSON"_s},
                                                     {ExportFormat::Markdown, u"Markdown"_s}};
    for (const auto &[format, name] : formats) {
        menu->addAction(tr("Copy as %1").arg(name), this, [this, format = format] {
            QGuiApplication::clipboard()->setText(QString::fromUtf8(exported(format)));
        });
    }
    menu->addSeparator();
    for (const auto &[format, name] : formats)
        menu->addAction(tr("Save as %1…").arg(name), this, [this, format = format] { saveAs(format); });
    menu->popup(m_export->mapToGlobal(QPoint(0, m_export->height() + 2)));
}

void TablePane::saveAs(models::ExportFormat format)
{
    auto *dialog = new QFileDialog(window(), tr("Save the table"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(models::suffixOf(format));
    dialog->selectFile(m_rows.many.toLower() + u'.' + models::suffixOf(format));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, format](const QString &file) { saveTo(file, format); });
    dialog->open();
}

void TablePane::saveTo(const QString &file, models::ExportFormat format)
{
    QSaveFile out(file);
    const QByteArray bytes = exported(format);
    if (out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.flush() && out.commit())
        Q_EMIT reported(models::Severity::Good, tr("The table was saved as %1. %2.").arg(file, exportText()));
    else
        Q_EMIT reported(models::Severity::Error,
                        tr("%1 cannot be written: %2. Choose another place.").arg(file, out.errorString()));
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
        m_panel->show(filteredText(ui::countText(total(), m_rows), m_filter->text(), m_scope));
    else if (isUnknown())
        m_panel->show({.title = tr("Not known"), .text = m_unknown, .severity = models::Severity::Unknown});
    else
        m_panel->show(m_empty);
    m_stack->setCurrentWidget(shown() > 0 || (m_empty.title.isEmpty() && !filtered && !isUnknown())
                                  ? static_cast<QWidget *>(m_table)
                                  : m_panel);
    Q_EMIT countChanged();
}

void TablePane::openColumnMenu()
{
    if (!m_model)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"columnMenu"_s);
    const QList<int> shown = m_table->shownColumns();
    const auto layout = m_model->layout();
    for (int at = 0; at < layout.size(); ++at) {
        const auto &column = layout[at];
        const bool lacksRoom = !shown.contains(at) && !m_table->unwantedColumns().contains(column.id);
        QAction *action =
            menu->addAction(lacksRoom ? column.title + u'\t' + tr("no room at this width") : column.title);
        action->setCheckable(true);
        action->setChecked(!m_table->unwantedColumns().contains(column.id));
        connect(action, &QAction::toggled, this,
                [this, id = column.id](bool wanted) { m_table->setColumnWanted(id, wanted); });
    }
    menu->addSeparator();
    menu->addAction(tr("All columns, as wide as at first"), this, [this] { m_table->restoreColumnState({}); })
        ->setEnabled(!m_table->columnState().isEmpty());
    menu->popup(m_columns->mapToGlobal(QPoint(0, m_columns->height() + 2)));
}

} // namespace ui
