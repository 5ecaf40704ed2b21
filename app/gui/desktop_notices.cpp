// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/desktop_notices.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

using Kind = models::NoticeRow::Kind;

constexpr int Days = 7;

// Those that live for hours are renewed all day: that one of them ends soon is its life.
bool isWorthTelling(const models::CertificateRow &row, const QDateTime &now)
{
    return row.notAfter.isValid() && row.notBefore.daysTo(row.notAfter) > Days
        && now.daysTo(row.notAfter) <= Days;
}

} // namespace

DesktopNotices::DesktopNotices(std::function<bool()> isLookedAt, QObject *parent)
    : QObject(parent)
    , m_isLookedAt(std::move(isLookedAt))
{
}

void DesktopNotices::tell(Kind kind, const QString &title, const QString &text)
{
    if (!m_isLookedAt())
        Q_EMIT wanted(kind, title, text);
}

void DesktopNotices::setConnection(const models::ConnectionState &state)
{
    using Phase = models::ConnectionState::Phase;
    const bool isLost = state.phase == Phase::Stale || state.phase == Phase::Failed;
    if (isLost && std::exchange(m_wasLive, false))
        tell(Kind::Connection, tr("The connection to %1 was lost").arg(state.context), state.message);
    if (state.phase == Phase::Live)
        m_wasLive = true;
}

void DesktopNotices::setCertificates(const QList<models::CertificateRow> &rows, const QDateTime &now)
{
    QList<const models::CertificateRow *> news;
    for (const models::CertificateRow &row : rows) {
        const QString mark = row.key + u' ' + row.notAfter.toString(Qt::ISODate);
        if (!isWorthTelling(row, now) || m_known.contains(mark))
            continue;
        m_known.insert(mark);
        news.append(&row);
    }
    if (news.isEmpty())
        return;
    const models::CertificateRow &first = **std::min_element(
        news.begin(), news.end(), [](const auto *a, const auto *b) { return a->notAfter < b->notAfter; });
    const QString left = models::countdownText(first.notAfter, now);
    const QString end = first.notAfter < now ? left : tr("ends in %1").arg(left);
    tell(Kind::Notice,
         news.size() == 1 ? tr("A certificate ends soon") : tr("%1 certificates end soon").arg(news.size()),
         tr("%1 (%2): %3").arg(first.subject, first.storedIn, end));
}

void DesktopNotices::changeFinished(bool succeeded, const QString &text)
{
    tell(Kind::Change, succeeded ? tr("The change was applied") : tr("The change was not applied"), text);
}

} // namespace app::gui
