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

} // namespace

ui::PageProblem pageProblem(const models::Snapshot &snapshot, const QString &plural)
{
    using Kind = ui::PageProblem::Kind;
    const auto error = snapshot.unavailable.constFind(plural);
    if (error == snapshot.unavailable.constEnd())
        return {};
    switch (error->kind) {
    case kube::Error::Kind::Forbidden: return {Kind::Forbidden, error->message, clusterRole(plural)};
    case kube::Error::Kind::NotFound: return {Kind::Absent, error->message, {}};
    default: return {Kind::Failed, error->message, {}};
    }
}

} // namespace app::gui
