// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/shadow_gate.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr std::pair FirstWithDryRun{1, 10};

bool isTooOld(const QString &image) { return istioVersion(imageTag(image)) < FirstWithDryRun; }

// What governs: every istiod, whatever it is called.
QString oldControlPlane(const Snapshot &snapshot)
{
    bool any = false;
    for (const Deployment &deployment : snapshot.deployments) {
        for (const Deployment::Container &container : deployment.containers) {
            if (!container.image.section(u':', 0, 0).endsWith("/pilot"_L1))
                continue;
            any = true;
            if (isTooOld(container.image))
                return u"%1/%2 runs %3; dry-run policies need Istio 1.10, an older one would enforce them"_s
                    .arg(deployment.nameSpace, deployment.name, container.image);
        }
    }
    return any ? QString() : u"no istiod was found whose version could be read"_s;
}

QString oldProxy(const Snapshot &snapshot, const StrictScope &scope)
{
    for (const Pod &pod : snapshot.pods) {
        const bool inScope = (scope.nameSpace.isEmpty() || pod.nameSpace == scope.nameSpace)
            && (scope.workload.isEmpty() || pod.workload() == scope.workload);
        if (!inScope || pod.isGone())
            continue;
        if (pod.annotations.value(u"ambient.istio.io/redirection"_s) == "enabled"_L1)
            return u"pod %1/%2 is in ambient mode, where a dry run may be enforced"_s.arg(pod.nameSpace,
                                                                                          pod.name);
        for (const QString &image : pod.images) {
            if (image.section(u':', 0, 0).endsWith("/proxyv2"_L1) && isTooOld(image))
                return u"the proxy of pod %1/%2 is %3; dry-run policies need 1.10"_s.arg(pod.nameSpace,
                                                                                         pod.name, image);
        }
    }
    return {};
}

} // namespace

std::pair<int, int> istioVersion(const QString &tag)
{
    static const QRegularExpression version(u"^v?(\\d{1,3})\\.(\\d{1,3})(?:[.\\-].*)?$"_s);
    const auto match = version.match(tag);
    return match.hasMatch() ? std::pair(match.captured(1).toInt(), match.captured(2).toInt())
                            : std::pair(0, 0);
}

QString whyNoShadow(const Snapshot &snapshot, const StrictScope &scope)
{
    if (snapshot.isOldMesh())
        return u"Istio 1.4 and older know no dry-run policies and would enforce them"_s;
    if (!snapshot.knows(u"authorizationpolicies"_s))
        return snapshot.isAbsent(u"authorizationpolicies"_s) ? u"this cluster has no AuthorizationPolicies"_s
                                                             : snapshot.whyUnknown(u"authorizationpolicies"_s)
                + u": others' dry runs could mix with this one"_s;
    for (const AuthorizationPolicy &policy : snapshot.authorizationPolicies) {
        if (policy.dryRun && !policy.name.startsWith("sallyport-shadow-strict"_L1))
            return u"AuthorizationPolicy %1/%2 is a dry run too: their counters would mix"_s.arg(
                policy.nameSpace, policy.name);
    }
    if (const QString old = oldControlPlane(snapshot); !old.isEmpty())
        return old;
    return oldProxy(snapshot, scope);
}

} // namespace models
