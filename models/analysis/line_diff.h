// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Two texts → a unified diff with three lines of context, as `diff -u` writes it; "" if they are the same.
#include <QString>
#include <QStringList>

namespace models {

struct NamedText
{
    QString name;
    QStringList lines;
};
QString lineDiff(const NamedText &before, const NamedText &after);

} // namespace models
