// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Every code that a finding can have.  Codes are stable: they are added, never given another meaning.
// The help text of a code is resources/help/CODE.md, which is part of the program.
#include "models/resources/finding.h"

#include <QList>

namespace models {

struct FindingKind
{
    QString code;
    QString title; // one line
};
const QList<FindingKind> &findingKinds();
QString findingHelp(const QString &code); // Markdown; "" for a code that is none

} // namespace models
