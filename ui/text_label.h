// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A label of one of the type styles of theme.h, in words or second words, that follows changes of theme and
// zoom. An elided one is one line, elides by the rule of ui/elide.h, shows the whole in its tool tip, and never asks
// for the width of its text.  A mark is a severity as a shape before the words.
#include "ui/theme.h"

#include <QLabel>

#include <optional>

namespace ui {

class TextLabel : public QLabel
{
    Q_OBJECT
public:
    explicit TextLabel(Type type, const QString &text = {}, QWidget *parent = nullptr);
    void setText(const QString &text); // shown by ui/shown_text.h
    void setElided();                  // one line
    bool isElided() const { return m_isElided; }
    void setMark(std::optional<models::Severity> severity); // of an elided one only
    QSize minimumSizeHint() const override;

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    void applyFont();
    QRect wordsRect() const;
    const Type m_type;
    QString m_source; // as it was given
    bool m_isElided = false;
    std::optional<models::Severity> m_mark;
};

} // namespace ui
