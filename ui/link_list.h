// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Objects, one a line: those that a page can show are links to it.  By keyboard: Tab, then Enter.
#include <QList>
#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QVBoxLayout)

namespace ui {

class LinkList : public QWidget
{
    Q_OBJECT
public:
    explicit LinkList(QWidget *parent);
    struct Link
    {
        QString text;
        QString page = {}, target = {}; // "" it leads nowhere
        bool operator==(const Link &) const = default;
    };
    void setLinks(const QList<Link> &links);
    const QList<Link> &links() const { return m_links; }

Q_SIGNALS:
    void followed(const QString &page, const QString &target);

private:
    class Line;
    QList<Link> m_links;
    QList<Line *> m_lines; // reused
    QVBoxLayout *m_column;
};

} // namespace ui
