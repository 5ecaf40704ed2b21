// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Help ▸ Performance: how long the window was held by what it did (p50, p99, longest), which events were the
// longest, and the memory that the program has; as text to copy into a report.
#include "ui/event_times.h"

#include <QDialog>

namespace ui {

class PerformanceDialog : public QDialog
{
    Q_OBJECT
public:
    explicit PerformanceDialog(
        QWidget *parent); // reads TimedApplication's times, once a second while it is open
    QString text() const;

private:
    void refresh();
    class TextView *m_text;
};

QString performanceText(const EventTimes &times, double residentMiB); // negative: not known

} // namespace ui
