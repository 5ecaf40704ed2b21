// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_rights.h"

#include "app/rights.h"
#include "models/analysis/shadow_gate.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

// Those whose pods become STRICT; an object of the mesh stands in the root namespace.
QStringList namespacesOf(const models::Snapshot &snapshot, const models::StrictScope &scope)
{
    if (!scope.nameSpace.isEmpty())
        return {scope.nameSpace};
    QStringList namespaces{snapshot.istioRootNamespace};
    for (const models::Pod &pod : snapshot.pods) {
        if (pod.hasSidecar && !pod.isGone() && !namespaces.contains(pod.nameSpace))
            namespaces.append(pod.nameSpace);
    }
    namespaces.sort();
    return namespaces;
}

struct Asked // of one right: everywhere at once, then where that is not allowed
{
    const RightWanted &right;
    QFuture<kube::Result<kube::AccessVerdict>> everywhere;
};

kube::AccessQuestion questionOf(const RightWanted &right, const QString &nameSpace)
{
    return {right.verb, right.group, right.resource, nameSpace, {}};
}

void add(RightsAnswer &answer, const RightWanted &right, const QString &nameSpace,
         const kube::Result<kube::AccessVerdict> &verdict)
{
    const QString need = questionOf(right, nameSpace).need();
    if (!verdict)
        answer.notTold = u"whether this user has %1 was not told: %2"_s.arg(need, verdict.error().message);
    else if (!verdict->isAllowed && !answer.missing.contains(need))
        answer.missing.append(need);
}

} // namespace

QList<RightWanted> rightsForStrict(const models::Snapshot &snapshot, const models::StrictScope &scope,
                                   const QList<kube::ResourceType> &policies)
{
    const models::StrictScope place = models::effectiveScope(snapshot, scope);
    const QStringList namespaces = namespacesOf(snapshot, place);
    QList<RightWanted> wanted;
    for (const kube::ResourceType &type : policies) {
        const bool isWritten = type.kind != "DestinationRule"_L1
            && (type.namespaced || place.nameSpace.isEmpty()); // a MeshPolicy is the whole mesh's
        for (const QString &verb : {u"create"_s, u"patch"_s, u"delete"_s}) {
            if (isWritten)
                wanted.append({verb, type.group, type.plural, type.namespaced ? namespaces : QStringList()});
        }
    }
    if (models::whyNoShadow(snapshot, place).isEmpty()) {
        for (const QString &verb : {u"create"_s, u"patch"_s, u"delete"_s})
            wanted.append({verb, u"security.istio.io"_s, u"authorizationpolicies"_s, namespaces});
    }
    wanted.append({u"get"_s, {}, u"pods/log"_s, namespaces});   // V9
    wanted.append({u"get"_s, {}, u"pods/proxy"_s, namespaces}); // V8
    const kube::AccessQuestion forward = rightToForward({});
    wanted.append({forward.verb, forward.group, forward.resource, namespaces}); // V1
    return wanted;
}

RightsAnswer askRights(kube::Client &client, const QList<RightWanted> &wanted, std::stop_token stop)
{
    std::vector<Asked> asked;
    for (const RightWanted &right : wanted)
        asked.push_back({right, client.access().ask(questionOf(right, {}), stop)});
    RightsAnswer answer;
    for (Asked &one : asked) {
        const auto everywhere = one.everywhere.result();
        if (everywhere && everywhere->isAllowed)
            continue;
        if (one.right.namespaces.isEmpty())
            add(answer, one.right, {}, everywhere);
        for (const QString &nameSpace : one.right.namespaces) {
            const kube::AccessQuestion question = questionOf(one.right, nameSpace);
            const auto verdict = client.access().ask(question, stop).result();
            if (!verdict || verdict->isAllowed || !isGrantedOtherwise(client, question, stop))
                add(answer, one.right, nameSpace, verdict);
        }
    }
    return answer;
}

} // namespace app
