// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A filter row above a TableView, and a StatePanel in the table's place while it has no rows to show.
// The filter's language is models::RowOrder's; a wrong filter keeps the last good one and says so below the
// field. Keyboard: / and Ctrl+F (the window's) go to the filter, Down from it to the table, Esc clears the
// filter, then goes to the table; in the table Ctrl+C copies names, Ctrl+Shift+C YAML, Ctrl+Shift+K the
// command of kubectl, of all chosen rows.  Rows are exported as they are shown: the selected ones if there are several, else all.
#include "models/items/table_export.h"
#include "ui/command_palette.h"
#include "ui/count_text.h"
#include "ui/key_note.h"
#include "ui/object_action.h"
#include "ui/state_panel.h"
#include "ui/table_view.h"

#include <QKeySequence>

QT_FORWARD_DECLARE_CLASS(QBoxLayout)
QT_FORWARD_DECLARE_CLASS(QHBoxLayout)
QT_FORWARD_DECLARE_CLASS(QKeyEvent)
QT_FORWARD_DECLARE_CLASS(QLineEdit)
QT_FORWARD_DECLARE_CLASS(QPushButton)
QT_FORWARD_DECLARE_CLASS(QStackedWidget)

namespace ui {

class TablePane : public QWidget
{
    Q_OBJECT
public:
    // name: of the objects ("mappings" → "mappingsFilter", "mappingsTable"); rows: what they are.
    TablePane(const QString &name, const Noun &rows, QWidget *parent);
    void setModel(models::TableModelBase &model);
    void addAction(QWidget *button);      // at the right of the filter row
    void setEmpty(const PanelText &text); // none exist
    void setUnknown(const QString &why);  // none came because they were not read; "" they were
    bool isUnknown() const { return !m_unknown.isEmpty() && total() == 0; }
    void setScope(const QString &filterPrefix); // ANDed with what is typed: "ns:team-a"
    // What object a row is, for copying; without it rows are copied as text.
    void setObjectOf(std::function<models::ObjectRef(const QString &key)> objectOf);
    // What else can be done with them, in their menu.
    void setObjectActions(std::function<QList<ObjectAction>()> ask) { m_askForActions = std::move(ask); }
    QList<models::ObjectRef>
    selectedObjects(int most = -1) const; // each once; the current one if none is selected
    void setContext(const QString &context) { m_context = context; } // of the command of kubectl
    void setKubeconfig(const QString &file) { m_kubeconfig = file; } // the same; "" kubectl's own
    void setFilter(const QString &text);
    QString filter() const;
    // Chooses a row.  What was filtered for stays, unless it hides the row; what the chosen namespace hides is filtered for by its name.
    void choose(const QString &key, const QString &name);
    void focusFilter();
    TableView &table() const { return *m_table; }
    StatePanel &emptyPanel() const { return *m_panel; }
    int shown() const;
    int total() const;
    bool isComplete() const;
    int heightOfRows(int rows) const; // what it needs to show so many, in pixels
    QString countText() const;        // "9 of 412 shown", "· 2 selected", "Hosts: not known"
    QStringList selectedKeys() const { return m_table->selectedKeys(); }
    QString hiddenSelectionText() const; // "2 of the 5 selected are hidden by the filter."; "" none is
    QByteArray exported(models::ExportFormat format) const;
    void saveTo(const QString &file, models::ExportFormat format); // reported() says how it went
    // What can be done with the chosen rows; their keys are heard in the table only.
    struct RowCommand
    {
        QString id, text;
        QKeySequence keys;
    };
    static QList<RowCommand> commands();
    static QList<KeyNote> keyNotes();            // its other keys
    void setK9sKeys(bool on) { m_k9sKeys = on; } // heard in the table, too
    bool can(const QString &commandId) const;
    void run(const QString &commandId);
    QList<Command> sortCommands(); // for the palette: by each column
    void openColumnMenu();         // below their buttons
    void openExportMenu();

Q_SIGNALS:
    void countChanged();
    void emptyPrimaryPressed();
    void allNamespacesWanted();                               // where the chosen one hides all that there is
    void yamlWanted(const QList<models::ObjectRef> &objects); // for the clipboard
    void reported(models::Severity severity, const QString &text);
    void commandWanted(const QString &id, bool isObjectAction); // of the window, by one of k9s' keys

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitRow();
    void applyFilter();
    void updateState();
    void copyNames() const;
    void copyCommands() const;
    void copyYaml();
    void copyRows() const;
    QString exportText() const; // which rows are exported
    void tellHidden();
    void showRowMenu(const QPoint &at);
    void saveAs(models::ExportFormat format);
    bool tableKey(QKeyEvent &key);
    bool runK9sKey(const QKeyEvent &key);

    const Noun m_rows;
    QLineEdit *m_filter;
    class TextLabel *m_filterError;
    QBoxLayout *m_row; // filter and its buttons, actions
    QHBoxLayout *m_actions;
    QPushButton *m_columns, *m_export;
    QStackedWidget *m_stack;
    TableView *m_table;
    StatePanel *m_panel;
    PanelText m_empty;
    QString m_scope, m_context, m_unknown;
    QString m_kubeconfig;
    bool m_k9sKeys = false;
    std::function<models::ObjectRef(const QString &)> m_objectOf;
    std::function<QList<ObjectAction>()> m_askForActions;
    class FilterCompleter *m_completer;
    models::TableModelBase *m_model = nullptr;
    models::RowOrder *m_order = nullptr;
};

} // namespace ui
