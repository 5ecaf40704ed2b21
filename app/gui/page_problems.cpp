// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/page_problems.h"

#include "app/cluster_role.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

QString groupOf(const QString &plural)
{
    if (plural == "mappings"_L1 || plural == "hosts"_L1 || plural == "tlscontexts"_L1)
        return u"getambassador.io"_s;
    if (plural == "meshpolicies"_L1 || plural == "policies"_L1)
        return u"authentication.istio.io"_s;
    return plural == "peerauthentications"_L1 ? u"security.istio.io"_s : QString();
}

QString roleFor(const QString &plural)
{
    return clusterRole(u"sallyport-"_s + plural, {{groupOf(plural), plural}});
}

// What is installed for these objects to be there, and what to do where it is not.
QString absentText(const QString &plural)
{
    const QString group = groupOf(plural);
    const QString product = group.endsWith("istio.io"_L1) ? u"Istio"_s : u"Ambassador or Emissary"_s;
    return u"%1 is not installed in this cluster: its API server has no %2 (%3). Install it, or choose the context of a cluster that has it."_s
        .arg(product, plural, group.isEmpty() ? u"core"_s : group);
}

} // namespace

QString whyUnread(const models::Snapshot &snapshot, const QString &plural)
{
    const bool wasRefused = snapshot.unavailable.contains(plural) || snapshot.onlyIn.contains(plural);
    return snapshot.knows(plural) || snapshot.isAbsent(plural) || !wasRefused ? QString()
                                                                              : snapshot.whyUnknown(plural);
}

ui::PageProblem pageProblem(const models::Snapshot &snapshot, const QString &plural)
{
    using Kind = ui::PageProblem::Kind;
    const auto error = snapshot.unavailable.constFind(plural);
    if (error == snapshot.unavailable.constEnd()) {
        const bool isKnown = snapshot.knows(plural) || snapshot.onlyIn.contains(plural);
        return isKnown ? ui::PageProblem() : ui::PageProblem{Kind::Absent, absentText(plural), {}};
    }
    switch (error->kind) {
    case kube::Error::Kind::Forbidden: return {Kind::Forbidden, error->message, roleFor(plural), plural};
    case kube::Error::Kind::NotFound: return {Kind::Absent, absentText(plural), {}};
    default: return {Kind::Failed, error->message, {}};
    }
}

ui::PageProblem certificatesProblem(const models::Snapshot &snapshot,
                                    const QList<models::CertificateRow> &certificates)
{
    const bool isToldOfSome =
        std::any_of(certificates.begin(), certificates.end(), [](const models::CertificateRow &row) {
            return row.notAfter.isValid() && row.storedAt.kind != "Kubeconfig"_L1;
        });
    return isToldOfSome ? ui::PageProblem() : pageProblem(snapshot, u"secrets"_s);
}

} // namespace app::gui
