// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/desktop_notifier.h"

#include <QIcon>
#include <QSystemTrayIcon>

namespace app::gui {

void DesktopNotifier::show(const QString &title, const QString &text, const QIcon &icon)
{
    if (!QSystemTrayIcon::isSystemTrayAvailable() || !QSystemTrayIcon::supportsMessages())
        return;
    if (!m_tray) {
        m_tray = new QSystemTrayIcon(icon, this);
        connect(m_tray, &QSystemTrayIcon::messageClicked, this, &DesktopNotifier::pressed);
        connect(m_tray, &QSystemTrayIcon::activated, this, &DesktopNotifier::pressed);
        m_tray->show();
    }
    m_tray->showMessage(title, text, icon);
}

} // namespace app::gui
