// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The steps of a prediction: a chip with the step's name, what was found, and a second word at the right; below a step, its notes.
#include "models/analysis/prediction.h"

#include <QWidget>

QT_FORWARD_DECLARE_CLASS(QVBoxLayout)

namespace ui {

class StepList : public QWidget
{
    Q_OBJECT
public:
    explicit StepList(QWidget *parent = nullptr);
    // notes: lines below the step with that title ("Mapping": why the others lose).
    void setSteps(const QList<models::PredictionStep> &steps, const QString &noteOf, const QStringList &notes);

private:
    class Row;
    QVBoxLayout *m_column;
    QList<Row *> m_rows; // reused: predictions follow every keystroke
};

} // namespace ui
