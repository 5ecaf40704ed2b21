// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The one rule (design look.md) for text that has no room: a name gives up its middle, since its ends tell it apart;
// words give up their end, since they are read from their start.  A name is one word that is not all letters
// ("quote-backend"), or a kind or a sign before one with a slash ("PeerAuthentication istio-system/default",
// "~ /v[0-9]+/").
#include <QStringView>
#include <Qt>

QT_FORWARD_DECLARE_CLASS(QFontMetrics)

namespace ui {

Qt::TextElideMode elisionOf(QStringView text);
QString elided(const QString &text, const QFontMetrics &metrics,
               int width); // in pixels; the whole if it fits; as shownText() shows it

} // namespace ui
