// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Steps: a chip with the step's name, what was found, and a second word at the right; below a step, its
// notes, one a line.
#include "models/analysis/prediction.h"

#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QVBoxLayout)

namespace ui {

class StepList : public QWidget
{
    Q_OBJECT
public:
    explicit StepList(
        bool wraps, QWidget *parent = nullptr); // wraps: notes are whole on several lines, else one line each
    // notes: of each step, may be shorter than steps.
    void setSteps(const QList<models::PredictionStep> &steps, const QList<QStringList> &notes);

private:
    class Row;
    const bool m_wraps;
    QVBoxLayout *m_column;
    QList<Row *> m_rows; // reused: predictions follow every keystroke
};

} // namespace ui
