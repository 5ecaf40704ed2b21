// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What an action needs that this account may not do, said before it is tried: the one place for the command line and the console.
// A right that the server does not tell of is not missing: then its dry run decides.  Blocks: call it from a worker thread.
#include "kube/access.h"
#include "models/analysis/change_set.h"

namespace app {

QString whyReadOnly(kube::Client &client); // "" unless its mode is Read-only

QList<kube::AccessQuestion> rightsFor(const QList<models::Change> &changes);
kube::AccessQuestion rightToReveal(const models::ObjectRef &secret);
QList<kube::AccessQuestion> rightsToTakeBack(const QList<models::JournalEntry> &entries);

// A port-forward is asked for by POST, SPDY's way, which takes `create`, or by a WebSocket's GET, which takes `get` alone until
// Kubernetes 1.34 and both from 1.35 on (its gate AuthorizePodWebsocketUpgradeCreatePermission); kube's forwards know both ways.
kube::AccessQuestion rightToForward(const QString &nameSpace);
// That right was refused: by another one it is done all the same.
bool isGrantedOtherwise(kube::Client &client, const kube::AccessQuestion &refused, std::stop_token stop);

// Of those, what the account lacks, each once: "`patch` on `mappings.getambassador.io` in `shop`".
QStringList missingRights(kube::Client &client, const QList<kube::AccessQuestion> &questions,
                          std::stop_token stop);
QString missingRightsText(kube::Client &client, const QStringList &missing); // "" if nothing is

} // namespace app
