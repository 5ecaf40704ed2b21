// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The pane beside (from a window width of 1,200 px) or below a table: title with chip, one dim line, facts,
// sections; scrolls vertically.  Where it is wide, so that it is low, title, line and parts share one line.  A pane with
// parts keeps its head in sight, whatever is scrolled.
#include "models/resources/finding.h"
#include "ui/fact_list.h"

#include <QHash>
#include <QScrollArea>
#include <QSplitter>

#include <optional>

QT_FORWARD_DECLARE_CLASS(QHBoxLayout)
QT_FORWARD_DECLARE_CLASS(QVBoxLayout)

namespace ui {

class Chip;
class TextLabel;

class DetailPane : public QScrollArea
{
    Q_OBJECT
public:
    explicit DetailPane(const QString &accessibleName, QWidget *parent = nullptr);
    void setHeading(const QString &title, const QString &line, const QString &chip,
                    models::Severity severity);
    void setNothing(const QString &text); // nothing is chosen
    FactList *addFacts();
    TextLabel *addSection(const QString &title);
    TextLabel *addText();
    void addWidget(QWidget *widget);
    void addLayout(QLayout *layout);
    void addParts(QWidget *tabs);           // once, before all others
    QSize minimumSizeHint() const override; // the heading and a line: the rest is scrolled

protected:
    void changeEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    class Body;
    class Ring;
    void arrangeHead();
    void fitHead();
    bool eventFilter(QObject *watched, QEvent *event) override;
    TextLabel *m_nothing;
    QWidget *m_content;
    QVBoxLayout *m_column;
    TextLabel *m_title;
    TextLabel *m_line;
    Chip *m_chip;
    Ring *m_ring;
    QWidget *m_parts = nullptr;
    QWidget *m_head = nullptr; // of a pane with parts
    QVBoxLayout *m_headColumn = nullptr;
    QHBoxLayout *m_heading;
    QVBoxLayout *m_outer;
    std::optional<bool> m_isWide; // what the head is arranged for
};

// The pane with buttons below it that stay in sight however far it is scrolled; the first ones stand at the left.
QWidget *withFoot(DetailPane *pane, const QList<QWidget *> &right, const QList<QWidget *> &left = {});

// A table and its details: beside it in a wide window, else below it, where the table keeps eight rows and the
// details get the rest.  What was dragged stays; the details can be hidden, and come back with Enter in the table.  A
// table without rows has none.
class DetailSplit : public QSplitter
{
    Q_OBJECT
public:
    DetailSplit(QWidget *main, QWidget *detail, QWidget *parent);
    void setAlwaysBeside(bool always) { m_alwaysBeside = always; } // in docks, which are wide and low
    void setDetailShown(bool shown);
    bool isDetailShown() const;     // as the user wants it
    QStringList splitState() const; // "beside=330", "below=140", "hidden": what the user chose, at 100 %
    void restoreSplitState(const QStringList &state);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void arrange();
    void showWanted();
    void keepDragged();
    int wantedDetail(Qt::Orientation orientation) const; // in pixels
    bool m_alwaysBeside = false;
    bool m_isArranged = false;
    bool m_isDetailWanted = true;
    QHash<Qt::Orientation, int> m_dragged; // at 100 %
};

} // namespace ui
