// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An edge installation that can be chosen.
#include <QString>

namespace ui {

struct EdgeChoice
{
    EdgeChoice(const QString &edgeKey, const QString &ambassadorId = {}, const QString &tag = {})
        : key(edgeKey)
        , id(ambassadorId)
        , version(tag)
    {
    }
    QString key;     // "namespace/name" of its workload
    QString id;      // ambassador_id; "" not known
    QString version; // as its image says; "" not known
    bool operator==(const EdgeChoice &) const = default;
};

} // namespace ui
