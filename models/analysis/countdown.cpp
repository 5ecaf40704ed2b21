// SPDX-License-Identifier: GPL-3.0-or-later
// How long a certificate still lives, in words and colours (facts mesh-security.md §3.4, sidecar-truth.md
// §6).
#include "models/analysis/certificates.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr qint64 Second = 1000;
constexpr qint64 Minute = 60 * Second;
constexpr qint64 Hour = 60 * Minute;
constexpr qint64 Day = 24 * Hour;
constexpr qint64 Year = 365 * Day;

constexpr qint64 ShortLife = 7 * Day;
constexpr qint64 LongLife = 180 * Day;   // what lives 90 days is in its last 60 for most of its life
constexpr qint64 Backdated = 2 * Minute; // Istio's certificates begin that much before they are made
// Of its life left: by then a new one should have come, and have been read.  A share alone would be seconds of a short life, and
// who looks at pods does not look each second.
constexpr double RotationDue = 0.49, RotationSurelyDue = 0.45;
constexpr qint64 ReadingTime = Minute / 2;
constexpr double RotationLost = 0.25;

// The smallest unit that the text shows of a time that is left.
qint64 unitOf(qint64 left)
{
    if (left >= 2 * Year)
        return Year;
    if (left >= 14 * Day)
        return Day;
    if (left >= Day)
        return Hour;
    return left >= Hour ? Minute : Second;
}

qint64 unitOfExpired(qint64 since) { return since >= Day ? Day : since >= Hour ? Hour : Minute; }

// What a certificate was made to live: Istio's begin two minutes before they are made, however short they live.
qint64 ownLife(qint64 span) { return span < ShortLife && span > Backdated ? span - Backdated : span; }

// How much of such a life is left when a rotation is late.
qint64 lateFrom(qint64 life)
{
    const qint64 read = std::min(qRound64(RotationDue * double(life)), life / 2 - ReadingTime);
    return std::max(qRound64(RotationSurelyDue * double(life)), read);
}

} // namespace

Severity countdownSeverity(const QDateTime &notBefore, const QDateTime &notAfter, const QDateTime &now)
{
    if (!notBefore.isValid() || !notAfter.isValid())
        return Severity::Unknown;
    const qint64 left = now.msecsTo(notAfter);
    if (left <= 0 || now < notBefore)
        return Severity::Error;
    const qint64 span = notBefore.msecsTo(notAfter);
    if (span >= ShortLife) {
        if (left <= 7 * Day)
            return Severity::Error;
        if (left <= 30 * Day)
            return Severity::Warning;
        return left < 60 * Day && span >= LongLife ? Severity::Info : Severity::Good;
    }
    const qint64 life = ownLife(span);
    if (left > lateFrom(life))
        return Severity::Good;
    return double(left) / double(life) >= RotationLost ? Severity::Warning : Severity::Error;
}

QDateTime nextSeverityChange(const QDateTime &notBefore, const QDateTime &notAfter, const QDateTime &now)
{
    if (!notBefore.isValid() || !notAfter.isValid())
        return {};
    const qint64 span = notBefore.msecsTo(notAfter);
    QList<QDateTime> changes{notBefore, notAfter};
    if (span >= ShortLife) {
        for (const int days : {1, 7, 14, 30, 60})
            changes.append(notAfter.addDays(-days));
    } else {
        const qint64 life = ownLife(span);
        changes.append(notAfter.addMSecs(-lateFrom(life)));
        changes.append(notAfter.addMSecs(
            1 - qRound64(RotationLost * double(life)))); // at that instant it is not lost yet
    }
    QDateTime next;
    for (const QDateTime &change : std::as_const(changes)) {
        if (change > now && (!next.isValid() || change < next))
            next = change;
    }
    return next;
}

int daysThreshold(const QDateTime &notBefore, const QDateTime &notAfter, const QDateTime &now)
{
    const qint64 left = now.msecsTo(notAfter), span = notBefore.msecsTo(notAfter);
    for (const int days : {1, 7, 14, 30, 60}) {
        if (span >= ShortLife && left > 0 && left <= days * Day)
            return days;
    }
    return 0;
}

namespace {

bool isByHand(const CertificateRow &row) { return row.byHand && !row.renewalDue.isValid(); }

bool isShort(const CertificateRow &row) { return row.notBefore.msecsTo(row.notAfter) < ShortLife; }

} // namespace

Severity countdownSeverity(const CertificateRow &row, const QDateTime &now)
{
    const Severity byLife = countdownSeverity(row.notBefore, row.notAfter, now);
    if (!isShort(row) || byLife == Severity::Unknown || byLife == Severity::Error)
        return byLife;
    if (row.renewalDue.isValid())
        return now <= row.renewalDue || row.isIssuing ? Severity::Good : Severity::Warning;
    if (!isByHand(row))
        return byLife;
    return now.msecsTo(row.notAfter) <= Day ? Severity::Error : Severity::Warning;
}

int daysThreshold(const CertificateRow &row, const QDateTime &now)
{
    if (!isShort(row) || !isByHand(row))
        return daysThreshold(row.notBefore, row.notAfter, now);
    const qint64 left = now.msecsTo(row.notAfter);
    return left <= 0 ? 0 : left <= Day ? 1 : 7;
}

QDateTime nextSeverityChange(const CertificateRow &row, const QDateTime &now)
{
    QDateTime next = nextSeverityChange(row.notBefore, row.notAfter, now);
    QList<QDateTime> more{row.renewalDue.isValid() ? row.renewalDue.addMSecs(1) : QDateTime()};
    if (isShort(row) && isByHand(row))
        more.append(row.notAfter.addDays(-1));
    for (const QDateTime &change : std::as_const(more)) {
        if (change.isValid() && change > now && (!next.isValid() || change < next))
            next = change;
    }
    return next;
}

bool renewsInTime(const CertificateRow &row, const QDateTime &now)
{
    return row.rotates && row.notBefore.isValid() && row.notAfter.isValid() && row.notBefore <= now
        && now.msecsTo(row.notAfter) > lateFrom(ownLife(row.notBefore.msecsTo(row.notAfter)));
}

QDateTime nextRotation(const CertificateRow &row, const QDateTime &now)
{
    QDateTime at = row.renewalDue;
    if (!at.isValid() && renewsInTime(row, now))
        at = row.notAfter.addMSecs(-ownLife(row.notBefore.msecsTo(row.notAfter)) / 2);
    return at > now ? at : QDateTime();
}

QString countdownText(const QDateTime &notAfter, const QDateTime &now)
{
    if (!notAfter.isValid())
        return u"unknown"_s;
    const qint64 left = now.msecsTo(notAfter);
    const auto two = [](qint64 number) { return QString::number(number).rightJustified(2, u'0'); };
    if (left <= 0) {
        const qint64 unit = unitOfExpired(-left);
        return u"expired %1 %2"_s.arg(-left / unit)
            .arg(unit == Day        ? u"d"_s
                     : unit == Hour ? u"h"_s
                                    : u"min"_s);
    }
    switch (unitOf(left)) {
    case Year: return u"%1 y"_s.arg(left / Year);
    case Day: return u"%1 d"_s.arg(left / Day);
    case Hour: return u"%1 d %2 h"_s.arg(left / Day).arg(two(left % Day / Hour));
    case Minute: return u"%1 h %2 min"_s.arg(left / Hour).arg(two(left % Hour / Minute));
    default: return u"%1:%2"_s.arg(left / Minute).arg(two(left % Minute / Second));
    }
}

QDateTime nextCountdownChange(const QDateTime &notAfter, const QDateTime &now)
{
    if (!notAfter.isValid())
        return {};
    const qint64 left = now.msecsTo(notAfter);
    if (left <= 0) {
        const qint64 unit = unitOfExpired(-left);
        return notAfter.addMSecs((-left / unit + 1) * unit);
    }
    const qint64 unit = unitOf(left);
    return notAfter.addMSecs(1 - left / unit * unit); // a whole unit is still shown at its very instant
}

double lifeUsed(const QDateTime &notBefore, const QDateTime &notAfter, const QDateTime &now)
{
    const qint64 span = notBefore.msecsTo(notAfter);
    const qint64 life = ownLife(span);
    return span > 0 ? std::max(0.0, 1 - double(now.msecsTo(notAfter)) / double(life)) : 0;
}

} // namespace models
