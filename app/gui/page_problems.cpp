// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/page_problems.h"

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

QString groupOf(const QString &plural)
{
    if (plural == "mappings"_L1 || plural == "hosts"_L1 || plural == "tlscontexts"_L1)
        return u"getambassador.io"_s;
    return plural == "peerauthentications"_L1 ? u"security.istio.io"_s : QString();
}

QString clusterRole(const QString &plural)
{
    return u"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: "
           u"sallyport-%1\nrules:\n"
           "- apiGroups: [\"%2\"]\n  resources: [\"%1\"]\n  verbs: [\"get\", \"list\", \"watch\"]\n"_s.arg(
               plural, groupOf(plural));
}

// What is installed for these objects to be there, and what to do where it is not.
QString absentText(const QString &plural)
{
    const QString group = groupOf(plural);
    const QString product = group == "security.istio.io"_L1 ? u"Istio"_s : u"Ambassador or Emissary"_s;
    return u"%1 is not installed in this cluster: its API server has no %2 (%3). Install it, or choose the context of a cluster that has it."_s
        .arg(product, plural, group.isEmpty() ? u"core"_s : group);
}

} // namespace

ui::PageProblem pageProblem(const models::Snapshot &snapshot, const QString &plural)
{
    using Kind = ui::PageProblem::Kind;
    const auto error = snapshot.unavailable.constFind(plural);
    if (error == snapshot.unavailable.constEnd()) {
        const bool isKnown = snapshot.knows(plural) || snapshot.onlyIn.contains(plural);
        return isKnown ? ui::PageProblem() : ui::PageProblem{Kind::Absent, absentText(plural), {}};
    }
    switch (error->kind) {
    case kube::Error::Kind::Forbidden: return {Kind::Forbidden, error->message, clusterRole(plural)};
    case kube::Error::Kind::NotFound: return {Kind::Absent, absentText(plural), {}};
    default: return {Kind::Failed, error->message, {}};
    }
}

} // namespace app::gui
