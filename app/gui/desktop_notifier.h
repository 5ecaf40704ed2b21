// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Shows notifications of the desktop, through the system's tray, which is asked for with the first one; where there is
// none, nothing is shown: the inbox has it all.  Thread: GUI.
#include <QObject>

QT_FORWARD_DECLARE_CLASS(QIcon)
QT_FORWARD_DECLARE_CLASS(QSystemTrayIcon)

namespace app::gui {

class DesktopNotifier : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    void show(const QString &title, const QString &text, const QIcon &icon);

Q_SIGNALS:
    void pressed(); // the user wants to see what it is about

private:
    QSystemTrayIcon *m_tray = nullptr;
};

} // namespace app::gui
