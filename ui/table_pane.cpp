// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/table_pane.h"

#include "ui/card.h"
#include "ui/filter_completer.h"
#include "ui/text_label.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QEvent>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
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
    , m_filterError(new TextLabel(Type::Dim, {}, this))
    , m_row(new QHBoxLayout)
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
    m_filterError->hide();
    m_table->setObjectName(name + "Table"_L1);
    m_table->setAccessibleName(rows.many);
    m_table->installEventFilter(this);
    m_panel->setObjectName(name + "State"_L1);
    auto *columns = makeButton(tr("Columns"), name + "Columns"_L1, this);
    auto *exports = makeButton(tr("Export"), name + "Export"_L1, this);
    m_row->setContentsMargins(scaled(Measure::PageMargin), 0, scaled(Measure::PageMargin), 0);
    m_row->addWidget(m_filter, 1);
    m_row->addStretch();
    m_row->addWidget(columns);
    m_row->addWidget(exports);
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
    connect(exports, &QPushButton::clicked, this, &TablePane::showExportMenu);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_table, &QWidget::customContextMenuRequested, this, &TablePane::showRowMenu);
    connect(m_table, &TableView::selectedKeysChanged, this, &TablePane::countChanged);
    connect(m_panel, &StatePanel::secondaryPressed, this, [this] { m_filter->clear(); });
    connect(m_panel, &StatePanel::primaryPressed, this, &TablePane::emptyPrimaryPressed);
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

void TablePane::addAction(QWidget *button) { m_row->addWidget(button); }

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
    const auto selected = int(selectedKeys().size());
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
                             .arg(selectedKeys().size());
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
    QModelIndexList selected = m_table->selectionModel()->selectedRows();
    std::sort(selected.begin(), selected.end());
    if (selected.size() > 1) {
        for (const QModelIndex &index : std::as_const(selected))
            rows.append(index.row());
    } else {
        for (int row = 0; row < m_order->rowCount(); ++row)
            rows.append(row);
    }
    return models::exportRows(*m_order, rows, m_model->layout(), m_table->shownColumns(), format);
}

QList<models::ObjectRef> TablePane::selectedObjects() const
{
    QStringList keys = selectedKeys();
    if (keys.isEmpty() && !m_table->currentKey().isEmpty())
        keys.append(m_table->currentKey());
    QList<models::ObjectRef> objects;
    for (const QString &key : std::as_const(keys)) {
        if (const models::ObjectRef object = m_objectOf ? m_objectOf(key) : models::ObjectRef();
            !object.kind.isEmpty())
            objects.append(object);
    }
    return objects;
}

void TablePane::copyNames() const
{
    QStringList names;
    for (const models::ObjectRef &object : selectedObjects())
        names.append(object.nameSpace.isEmpty() ? object.name : object.nameSpace + u'/' + object.name);
    if (const QString text = m_objectOf ? names.join(u'\n') : m_table->rowsAsText(); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void TablePane::copyCommands() const
{
    QStringList commands;
    for (const models::ObjectRef &object : selectedObjects())
        commands.append(models::kubectlCommand(object, m_context));
    if (!commands.isEmpty())
        QGuiApplication::clipboard()->setText(commands.join(u'\n'));
}

void TablePane::copyYaml()
{
    if (const QList<models::ObjectRef> objects = selectedObjects(); !objects.isEmpty())
        Q_EMIT yamlWanted(objects.first());
}

void TablePane::showRowMenu(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"rowMenu"_s);
    if (m_objectOf) {
        menu->addAction(tr("Copy the name\tCtrl+C"), this, &TablePane::copyNames);
        menu->addAction(tr("Copy as YAML\tCtrl+Shift+C"), this, &TablePane::copyYaml);
        menu->addAction(tr("Copy the kubectl command\tCtrl+Shift+K"), this, &TablePane::copyCommands);
    }
    menu->addAction(tr("Copy the rows as text"), this,
                    [this] { QGuiApplication::clipboard()->setText(m_table->rowsAsText()); });
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

void TablePane::showExportMenu()
{
    using models::ExportFormat;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"exportMenu"_s);
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
    const auto *button = static_cast<QWidget *>(sender());
    menu->popup(button->mapToGlobal(QPoint(0, button->height() + 2)));
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
    if (out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.commit())
        Q_EMIT reported(models::Severity::Good, tr("The table was saved as %1.").arg(file));
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
        m_panel->show({.title = tr("None of %1 matches").arg(ui::countText(total(), m_rows)),
                       .text = m_filter->text().isEmpty() ? tr("No row lies in the chosen namespace.")
                                                          : tr("The filter is: %1").arg(m_filter->text()),
                       .secondary = m_filter->text().isEmpty() ? QString() : tr("Clear filter")});
    else if (isUnknown())
        m_panel->show({.title = tr("Not known"), .text = m_unknown, .severity = models::Severity::Unknown});
    else
        m_panel->show(m_empty);
    m_stack->setCurrentWidget(shown() > 0 || (m_empty.title.isEmpty() && !filtered && !isUnknown())
                                  ? static_cast<QWidget *>(m_table)
                                  : m_panel);
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

bool TablePane::tableKey(QKeyEvent &key)
{
    constexpr auto ControlShift = Qt::ControlModifier | Qt::ShiftModifier;
    if (key.text() == "/"_L1)
        focusFilter();
    else if (key.matches(QKeySequence::Copy))
        copyNames();
    else if (key.key() == Qt::Key_C && key.modifiers() == ControlShift)
        copyYaml();
    else if (key.key() == Qt::Key_K && key.modifiers() == ControlShift)
        copyCommands();
    else
        return false;
    return true;
}

bool TablePane::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    if (watched == m_filter && (key->key() == Qt::Key_Down || key->key() == Qt::Key_Return)) {
        m_completer->popup()->hide();
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
    if (watched == m_table && tableKey(*static_cast<QKeyEvent *>(event)))
        return true;
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
