// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A unified diff: added and removed lines on their own papers, each still told apart by its + or -.  Reads as
// plain text.
#include "ui/text_view.h"

namespace ui {

class DiffView : public TextView
{
    Q_OBJECT
public:
    explicit DiffView(QWidget *parent = nullptr);
    void setDiff(const QString &unifiedDiff); // "" says that nothing changes

protected:
    void changeEvent(QEvent *event) override;

private:
    void colourLines();
};

} // namespace ui
