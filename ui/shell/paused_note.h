// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Says in the status bar, where nothing else has to move for it, that the pages are kept as they were, since when, and lets them go
// on.  Hidden while they do.  Thread: GUI.
#include <QDateTime>
#include <QWidget>

namespace ui {

class TextLabel;
class TextLink;

class PausedNote : public QWidget
{
    Q_OBJECT
public:
    explicit PausedNote(QWidget *parent);
    void setSince(const QDateTime &since); // invalid: updates go on

Q_SIGNALS:
    void resumePressed();

private:
    TextLabel *m_text;
    TextLink *m_resume;
};

} // namespace ui
