// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/finding.h"

namespace models {

QString ObjectRef::text() const
{
    const QString where = nameSpace.isEmpty() ? name : QString(nameSpace + QLatin1Char('/') + name);
    return kind + QLatin1Char(' ') + where;
}

} // namespace models
