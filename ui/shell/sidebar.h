// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The list of pages at the left: one is current; each shows a count or the worst severity as shape, number
// and colour. Keyboard: Tab enters at the current page, Up and Down move.
#include "models/resources/finding.h"

#include <QAbstractButton>

#include <optional>

QT_FORWARD_DECLARE_CLASS(QVBoxLayout)

namespace ui {

class SidebarItem : public QAbstractButton
{
    Q_OBJECT
public:
    SidebarItem(const QString &id, const QString &title, QWidget *parent);
    const QString &id() const { return m_id; }
    void setBadge(const QString &text, std::optional<models::Severity> severity);
    QString badge() const { return m_badge; }
    QSize sizeHint() const override;

Q_SIGNALS:
    void stepped(int by); // an arrow: to the page above or below

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    const QString m_id;
    QString m_badge;
    std::optional<models::Severity> m_severity;
};

class Sidebar : public QWidget
{
    Q_OBJECT
public:
    explicit Sidebar(QWidget *parent = nullptr);
    void addPage(const QString &id, const QString &title, const QString &toolTip);
    QAbstractButton *addFooter(const QString &id, const QString &title); // not a page
    void setCurrent(const QString &id);
    QString current() const;
    SidebarItem *item(const QString &id) const; // nullptr: no such page
    void focusCurrent();

Q_SIGNALS:
    void pageChosen(const QString &id);
    void
    pageOpened(const QString &id); // by a click or Enter, also of the current one: one wants to go on there

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void step(const SidebarItem *from, int by);
    QVBoxLayout *m_pages, *m_footer;
    QList<SidebarItem *> m_items;
};

} // namespace ui
