// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The ClusterRole that lets an account read some kinds, and do what else reading takes: what to give to whoever manages the cluster.  Pure.
#include <QList>
#include <QPair>
#include <QString>

namespace app {

using GroupAndPlural = QPair<QString, QString>; // "" the core group

struct OtherRight // of the core group
{
    QString verb, resource; // "create", "pods/portforward"
    QString meaning;        // what cannot be read without it
};
QList<OtherRight> otherRightsRead(); // that the console's pages read through

// YAML with get, list and watch, one rule a group, and one for each other right; nothing at all: "".
QString clusterRole(const QString &name, QList<GroupAndPlural> kinds, const QList<OtherRight> &others = {});

} // namespace app
