// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A number with its word, in the user's way of writing numbers: "1 Host", "1,204 Hosts".  Both words come tr()ed
// from the caller; every count on the screen goes through here, so none says "1 Hosts".
#include <QString>

namespace ui {

struct Noun
{
    QString one, many; // in the middle of a sentence
};

QString countText(qint64 count, const QString &one, const QString &many);
QString countText(qint64 count, const Noun &noun);

} // namespace ui
