// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What stands in the place of content that is not there: connecting, loading, none, filtered away, forbidden,
// failed. Says what, why and what to do; never blank.  At most one primary and one other action.
#include "models/resources/finding.h"

#include <QWidget>

#include <optional>

QT_FORWARD_DECLARE_CLASS(QPushButton)

namespace ui {

class TextLabel;

struct PanelText
{
    QString title, text;
    std::optional<models::Severity> severity = {}; // absent: nothing is wrong
    QString primary = {}, secondary = {};          // words on the buttons, "" none
    QString link = {};                             // another way, as words below the text; "" none
    QString details = {};                          // monospace: a ClusterRole to copy, a server's answer
    bool operator==(const PanelText &) const = default;
};

class StatePanel : public QWidget
{
    Q_OBJECT
public:
    explicit StatePanel(QWidget *parent = nullptr);
    void show(const PanelText &text);
    using QWidget::show;
    const PanelText &shown() const { return m_shown; }

Q_SIGNALS:
    void primaryPressed();
    void secondaryPressed();
    void linkPressed();

private:
    class Shape;
    PanelText m_shown;
    Shape *m_shape;
    TextLabel *m_title;
    TextLabel *m_text;
    class TextLink *m_link;
    class TextView *m_details;
    QPushButton *m_primary;
    QPushButton *m_secondary;
};

// One line above content that stays: stale, partial, a failed wish.  Hidden while it has no text.
class Banner : public QWidget
{
    Q_OBJECT
public:
    explicit Banner(QWidget *parent = nullptr);
    void show(models::Severity severity, const QString &text, const QString &action = {});
    using QWidget::show;
    void clear();
    QString text() const;

Q_SIGNALS:
    void actionPressed();
    void shown(bool hasText); // what it says is another thing, or nothing

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    models::Severity m_severity = models::Severity::Info;
    TextLabel *m_text;
    QPushButton *m_action;
};

} // namespace ui
