// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/preflight_run.h"

#include "app/edge_proxies.h"
#include "app/snapshot_fetch.h"

using namespace Qt::StringLiterals;

namespace app::cli {

kube::Result<JudgedScope> judgeCluster(Invocation &invocation, const EvidenceWish &wish)
{
    const auto client = invocation.session.client();
    if (!client)
        return tl::unexpected(client.error());
    auto fetched = fetchSnapshot(**client, invocation.session.stop());
    if (!fetched)
        return tl::unexpected(fetched.error());
    fetchPlatform(**client, *fetched, invocation.session.stop());
    fetchProxies(**client, *fetched, invocation.session.stop());
    const SessionOptions &options = invocation.session.options();
    const auto analysis = analyse(
        *fetched, options.edge, [&options](models::EdgeInstallation &edge) { options.applyTo(edge); },
        options.ambassadorId);
    if (!wish.scope.nameSpace.isEmpty() && analysis->snapshot->knows(u"namespaces"_s)
        && !analysis->snapshot->nameSpace(wish.scope.nameSpace))
        return kube::failure(kube::Error::Kind::NotFound,
                             u"there is no namespace %1 in this cluster"_s.arg(wish.scope.nameSpace));
    const QUrl &server = (*client)->transport().connection().server;
    if (const QString why = options.misfit(*analysis->snapshot, server); !why.isEmpty())
        return kube::failure(kube::Error::Kind::NotFound, why);
    const models::PreflightInput input =
        gatherEvidence(**client, *analysis, *fetched, wish, invocation.session.stop());
    return JudgedScope{models::strictPreflight(*analysis->snapshot, analysis->view, input),
                       *std::move(fetched)};
}

} // namespace app::cli
