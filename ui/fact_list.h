// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// "Match order … 4 of 9 on this host": names at the left, values at the right, one line each, elided in the
// middle.  Where it is wide, two columns of them, the second one after the first.
#include <QList>
#include <QString>
#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QGridLayout)

namespace ui {

class FactLink;
class TextLabel;

struct Fact
{
    QString name, value;
    QString toolTip = {}; // "": the value
    QString link = {};    // "" it leads nowhere; else what followed() says
    bool operator==(const Fact &) const = default;
};

class FactList : public QWidget
{
    Q_OBJECT
public:
    explicit FactList(QWidget *parent = nullptr);
    void setFacts(const QList<Fact> &facts); // those with an empty value are left out
    const QList<Fact> &facts() const { return m_facts; }

Q_SIGNALS:
    void followed(const QString &link); // of the value that was pressed

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    int columns() const;
    void arrange();
    void shareWidth(); // values first: names give way
    QList<Fact> m_facts;
    struct Row
    {
        QWidget *widget;
        TextLabel *name, *value;
        FactLink *link; // in the value's place where it leads somewhere
    };
    Row addRow();
    QList<Row> m_rows; // reused: facts change with every analysis
    int m_used = 0;    // of m_rows
    QGridLayout *m_grid;
};

} // namespace ui
