// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The list of pages at the left: one is current; each shows a count or the worst severity as shape, number
// and colour. In a narrow window icons stand for the words, which tool tips and screen readers keep. Keyboard: Tab enters at the current page, Up and Down move.
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
    void setSmall(bool iconOnly, bool isLow);
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
    void paintIcon(QPainter &painter, const QRect &box) const;
    bool m_isIcon = false, m_isLow = false;
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
    void setSmall(bool narrow, bool low); // icons instead of words; items close together

Q_SIGNALS:
    void pageChosen(const QString &id);
    void
    pageOpened(const QString &id); // by a click or Enter, also of the current one: one wants to go on there

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void step(const SidebarItem *from, int by);
    QVBoxLayout *m_pages, *m_footer;
    QWidget *m_name;
    bool m_isNarrow = false, m_isLow = false;
    QList<SidebarItem *> m_items;
};

} // namespace ui
