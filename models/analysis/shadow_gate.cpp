// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/shadow_gate.h"

#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr std::pair FirstWithDryRun{1, 10};

// "" it is known to be new enough.
QString whyTooOld(const QString &image)
{
    const auto version = istioVersion(imageTag(image));
    if (version == std::pair(0, 0))
        return u"runs %1, which names no version"_s.arg(image.isEmpty() ? u"an image of no name"_s : image);
    return version < FirstWithDryRun ? u"runs %1"_s.arg(image) : QString();
}

const QLatin1String Needs("; dry-run policies need Istio 1.10, an older one would enforce them");

// What governs: every istiod, whatever it and its image are called.
QString oldControlPlane(const Snapshot &snapshot)
{
    bool any = false;
    for (const Deployment &deployment : snapshot.deployments) {
        for (const Deployment::Container &container : deployment.containers) {
            if (!isControlPlane(container))
                continue;
            any = true;
            if (const QString old = whyTooOld(container.image); !old.isEmpty())
                return u"%1/%2 %3"_s.arg(deployment.nameSpace, deployment.name, old) + Needs;
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
        const QString old = pod.hasSidecar ? whyTooOld(pod.sidecarImage) : QString();
        if (!old.isEmpty())
            return u"the proxy of pod %1/%2 %3"_s.arg(pod.nameSpace, pod.name, old) + Needs;
    }
    return {};
}

} // namespace

bool isControlPlane(const Deployment::Container &container)
{
    return container.name == "discovery"_L1 || imageName(container.image) == "pilot"_L1;
}

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

QString freeShadowName(const Snapshot &snapshot, const QList<ObjectRef> &made, const QString &nameSpace,
                       const QString &wanted)
{
    constexpr int MaxName = 253;
    QString name = wanted.left(MaxName);
    const auto isTheirs = [&](const AuthorizationPolicy &policy) {
        return policy.nameSpace == nameSpace && policy.name == name
            && !made.contains(ObjectRef{u"AuthorizationPolicy"_s, nameSpace, name});
    };
    const auto &there = snapshot.authorizationPolicies;
    for (int next = 2; std::any_of(there.begin(), there.end(), isTheirs); ++next) {
        const QString suffix = u"-%1"_s.arg(next);
        name = wanted.left(MaxName - suffix.size()) + suffix;
    }
    return name;
}

} // namespace models
