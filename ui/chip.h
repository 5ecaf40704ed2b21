// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A severity as a small rounded field: shape, word, colour.  drawChip() is what delegates use; Chip is the
// same as a label.
#include "models/resources/finding.h"

#include <QWidget>

namespace ui {

// Draws it at the left of box, vertically centred, at most as wide as box (the word is elided then); answers
// its rectangle.
QRect drawChip(QPainter &painter, const QRect &box, const QString &text, models::Severity severity,
               const QPalette &palette);
int chipWidth(const QString &text);

class Chip : public QWidget
{
    Q_OBJECT
public:
    explicit Chip(QWidget *parent = nullptr);
    void set(const QString &text, models::Severity severity); // "" hides it
    QString text() const { return m_text; }
    models::Severity severity() const { return m_severity; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_text;
    models::Severity m_severity = models::Severity::Unknown;
};

} // namespace ui
