// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The ClusterRole that lets an account read some kinds: what to give to whoever manages the cluster.  Pure.
#include <QList>
#include <QPair>
#include <QString>

namespace app {

using GroupAndPlural = QPair<QString, QString>; // "" the core group

// YAML with get, list and watch, one rule a group; {}: "".
QString clusterRole(const QString &name, QList<GroupAndPlural> kinds);

} // namespace app
