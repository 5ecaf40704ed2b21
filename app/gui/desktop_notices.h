// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is worth a notification of the desktop while nobody looks at the window (facts console-peers-and-ui.md §1.2): a
// certificate that ends within seven days, a cluster that was lost, a change that is finished.  (A forward that died
// joins them with the page that has forwards.)  Everything else stays in the inbox, the dock Notices.  Each thing is
// told once; what was there while somebody looked is known.  Decides, and shows nothing itself.  Thread: GUI.
#include "models/items/rows.h"
#include "models/resources/connection_state.h"

#include <QObject>
#include <QSet>

#include <functional>

namespace app::gui {

class DesktopNotices : public QObject
{
    Q_OBJECT
public:
    explicit DesktopNotices(std::function<bool()> isLookedAt, QObject *parent = nullptr);
    void setConnection(const models::ConnectionState &state);
    void setCertificates(const QList<models::CertificateRow> &rows, const QDateTime &now);
    void changeFinished(bool succeeded, const QString &text);

Q_SIGNALS:
    void wanted(models::NoticeRow::Kind kind, const QString &title, const QString &text);

private:
    void tell(models::NoticeRow::Kind kind, const QString &title, const QString &text);
    const std::function<bool()> m_isLookedAt;
    bool m_wasLive = false;
    QSet<QString> m_known; // certificates by key and end
};

} // namespace app::gui
