// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Small readings of Qt's JSON values which several of the client's answers share.
#include <QJsonArray>
#include <QJsonValue>
#include <QStringList>

namespace kube {

// The strings of a JSON list, in its order; empty where the value is no list, "" for an item that is no string.
inline QStringList texts(const QJsonValue &list)
{
    QStringList result;
    for (const QJsonValue &item : list.toArray())
        result.append(item.toString());
    return result;
}

} // namespace kube
