// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The ClusterRole that gives the rights which an account lacks for an action, to be copied to whoever manages the cluster, with
// the commands that bind it: for the console's dialogs and the command line.  Pure.
#include <QStringList>

namespace models {

// missing: as buttons tell it, several in one joined by " and ": "`patch` on `mappings.getambassador.io` in `shop`".  The object
// is read, too, so `get` is among the verbs.  YAML; "" of what names no right.
QString roleForRights(const QStringList &missing);

} // namespace models
