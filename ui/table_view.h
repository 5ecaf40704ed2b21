// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The one table of the console: whole rows, no grid, rows of 32 px (compact 26), no horizontal scroll bar:
// columns are as wide as their contents ask for; where there is no place, those of low priority are hidden
// (the highest number first; words of priority 2 give up a quarter of their least width before), then words
// shrink and elide. Chips and numbers are never cut; a column only grows with what has come into sight. Selection and
// current row are kept by models::RowOrder.  The current row, whose details are shown, is the selected one, or among those:
// where a filter hides the row that was chosen, the first one that is left is current until the chosen one is back; several
// that are selected stay so while a filter hides them.  Enter emits opened().  A click on a heading sorts by it, Shift+click
// sorts further by it; by keyboard see TableHeader.  Widths that were dragged stay.
#include "models/items/row_order.h"

#include <QElapsedTimer>
#include <QSet>
#include <QTableView>

QT_FORWARD_DECLARE_CLASS(QTimer)

namespace ui {

class CellDelegate;
class TableHeader;
struct ColumnWish;

class TableView : public QTableView
{
    Q_OBJECT
public:
    explicit TableView(QWidget *parent = nullptr);
    void setRows(models::TableModelBase &model, models::RowOrder &order);
    void setCompact(bool compact);
    void setColumnWanted(const QString &id, bool wanted); // of the column chooser
    QSet<QString> unwantedColumns() const { return m_unwanted; }
    QStringList columnState() const; // "prefix=240", "-created": widths that were dragged, columns not wanted
    void restoreColumnState(const QStringList &state);
    QList<int> shownColumns() const;  // in the order of the screen
    QList<int> wantedColumns() const; // those that have no room too
    QString currentKey() const;       // "" none
    QStringList selectedKeys() const; // those that are shown from the top, then those that a filter hides
    int selectedCount() const;        // of them, without asking each row for its key
    int hiddenSelected() const;       // how many of them a filter hides
    QString rowsAsText() const;       // the selected rows that are shown, tab-separated
    QString sortText() const;         // "Host, Prefix"; "" by arrival
    bool selectKey(const QString &key);
    int visibleColumns() const;
    int heightOfRows(int rows) const; // with the header, in pixels
    void sortBy(const QString &columnId,
                Qt::SortOrder order = Qt::AscendingOrder); // nothing if there is no such column
    void sortBy(const QStringList &columnIds);             // ascending, the first one first
    void sortBy(const QList<models::SortColumn> &columns);
    void setGroupColumn(const QString &columnId); // a strong line where its words change; "" none
    void sortFurther(int column, bool further);   // as a click on its heading; further: with Shift
    void focusHeadings();
    // From the top, then those that a filter hides, until it answers false.
    void visitSelected(const std::function<bool(const QString &key)> &visit) const;
    // Brings it into sight, with the whole row at the top.
    void scrollTo(const QModelIndex &index, ScrollHint hint = EnsureVisible) override;

Q_SIGNALS:
    void currentKeyChanged(const QString &key);
    void opened(const QString &key);
    void selectedKeysChanged();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;
    void paintEvent(QPaintEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void changeEvent(QEvent *event) override;

private:
    QList<std::pair<int, int>> selectedRuns() const; // of rows, first and last, from the top
    void fitColumns();
    void applyRowHeight();
    QList<ColumnWish> wishes() const;
    void rowsHidden(int first, int last); // by a filter, or gone
    void rowsShown(int first, int last);
    void orderCame();
    void followChosen(bool isNewView);
    void makeCurrent(const QModelIndex &index);
    void chooseCurrent(); // by whoever sits there
    void sampleContents();
    void sampleColumn(int column);

    CellDelegate *m_delegate;
    TableHeader *m_header;
    models::TableModelBase *m_model = nullptr;
    models::RowOrder *m_order = nullptr;
    QSet<QString> m_unwanted;
    QHash<QString, int> m_widths;    // by column id, at 100 %: those that the user has dragged
    QSet<QString> m_hiddenKeys;      // selected, and hidden by the filter
    QString m_chosen;                // the row that was made current by hand; "" none
    QString m_filter;                // in force when the order came last
    QHash<int, int> m_contentWidths; // by column: the widest that was seen, in pixels
    QSet<int> m_filledColumns;       // sparklines that had a value
    quint64 m_revision = 0;          // of the rows: each change is another one
    struct Sample                    // what the widths were seen of
    {
        quint64 revision = 0;
        int rows = 0, firstInSight = 0, endInSight = 0;
        QString filter;
        QSet<QString> unwanted;
    };
    Sample m_sample;
    QElapsedTimer m_sampledSince;
    bool m_isFollowing = false; // the current row is made so by this table
    bool m_isLoading = true;
    bool m_isFitting = false;
    bool m_isRemoving = false;
    bool m_isChosen = false; // something was selected, and nobody has deselected it
    int m_groupColumn = -1;
    QTimer *m_fitting; // contents changed: fit again, a few times a second at most
    bool m_compact = false;
};

} // namespace ui
