// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a switch to STRICT needs to be written, watched and taken back (R1 of facts mesh-security.md §2.3), asked before anything
// is written.  Blocks: worker thread.
#include "kube/access.h"
#include "models/analysis/strict_preflight.h"

namespace app {

// A right that is needed in several namespaces.
struct RightWanted
{
    QString verb, group, resource;
    QStringList namespaces; // empty: cluster-wide
};
// policies: the kinds that decide the modes, as they are served.
QList<RightWanted> rightsForStrict(const models::Snapshot &snapshot, const models::StrictScope &scope,
                                   const QList<kube::ResourceType> &policies);

struct RightsAnswer
{
    QStringList missing; // each once: "`delete` on `peerauthentications.security.istio.io` in `shop`"
    QString notTold;     // why the server did not say, "" it has said everything
};
RightsAnswer askRights(kube::Client &client, const QList<RightWanted> &wanted, std::stop_token stop);

} // namespace app
