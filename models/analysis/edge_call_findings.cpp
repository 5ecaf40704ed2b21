// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_call_findings.h"

#include "models/analysis/cluster_users.h"
#include "models/analysis/route_findings.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

bool isCaller(std::string_view kind)
{
    return kind == "TCPMapping" || kind == "AuthService" || kind == "RateLimitService"
        || kind == "LogService";
}

// As a Mapping's finding says it.
QStringList dialledText(const edge::UpstreamAddress &address, const Origination &origination)
{
    return {u"it dials %1:%2 %3"_s.arg(text(address.host))
                .arg(address.port)
                .arg(origination.kind == Origination::Kind::Plain ? u"in clear text"_s
                         : origination.context.isEmpty()          ? u"by TLS without a client certificate"_s
                                                         : u"by TLS of TLSContext "_s + origination.context)};
}

QList<Finding> findingsOf(const edge::UpstreamAddress &address, const QList<Hop> &hops,
                          const Origination &origination, const ObjectRef &caller)
{
    QList<Finding> findings;
    for (const Hop &hop : hops) {
        if (hop.security != Hop::Security::Broken)
            continue;
        Finding finding = brokenHopFinding(hop, caller);
        finding.evidence = dialledText(address, origination);
        if (caller.kind == "LogService"_L1) // requests are answered all the same
            finding.severity = Severity::Warning;
        findings.append(std::move(finding));
    }
    return findings;
}

} // namespace

QList<Finding> edgeCallFindings(const Snapshot &snapshot, const EdgeView &view)
{
    if (!view.table)
        return {};
    std::vector<ConfiguredObject> callers = configuredObjects(snapshot, view.installation);
    callers.erase(std::remove_if(callers.begin(), callers.end(),
                                 [](const auto &one) { return !isCaller((*one.object)["kind"].text()); }),
                  callers.end());
    if (callers.empty())
        return {};
    const edge::Config &config = view.table->config();
    const ClusterUsers users = clusterUsers(config, edgeServices(callers, view.installation));
    EffectiveModes modes(snapshot);
    QList<Finding> findings;
    for (const auto &[name, cluster] : config.clusters) {
        const auto here = users.find(name);
        if (here == users.end()
            || std::none_of(here->second.begin(), here->second.end(),
                            [](const edge::ResourceRef &user) { return isCaller(user.kind); }))
            continue;
        const Origination origination = originationOf(snapshot, config, cluster);
        for (const edge::UpstreamAddress &address : addressesOf(cluster)) {
            const UpstreamTarget target = resolveUpstream(snapshot, text(address.host), address.port,
                                                          view.installation.ambassadorNamespace, modes);
            const QList<Hop> hops = upstreamHops(target, origination);
            for (const edge::ResourceRef &user : here->second) {
                if (isCaller(user.kind))
                    findings += findingsOf(address, hops, origination, refOf(user));
            }
        }
    }
    return findings;
}

} // namespace models
