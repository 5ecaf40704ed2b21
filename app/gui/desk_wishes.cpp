// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/desk_wishes.h"

#include "app/guide_actions.h"

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

kube::Result<PlannedChanges> plannedApply(kube::Client &client, const Wish &wish, QStringList warnings,
                                          std::stop_token stop)
{
    auto changes = planApply(client, wish, stop);
    if (!changes)
        return tl::unexpected(changes.error());
    return PlannedChanges{std::move(*changes), {}, std::move(warnings)};
}

Wish modeWish(const ClusterAnalysis &analysis, models::MtlsMode mode)
{
    const QString root = analysis.snapshot->istioRootNamespace;
    const models::PeerAuthentication *policy = models::meshWidePolicy(*analysis.snapshot);
    const std::string name = policy ? policy->name.toStdString() : "default";
    Wish wish;
    wish.title = titleOfMode(mode);
    wish.nameSpace = root;
    wish.partial = policy != nullptr; // what else the policy says stays
    wish.objects.push_back(edge::Value::object(
        {{"apiVersion", "security.istio.io/v1beta1"},
         {"kind", "PeerAuthentication"},
         {"metadata", edge::Value::object({{"name", name}, {"namespace", root.toStdString()}})},
         {"spec",
          edge::Value::object(
              {{"mtls", edge::Value::object({{"mode", models::mtlsModeName(mode).toStdString()}})}})}}));
    return wish;
}

kube::Result<Wish> wishOfFix(const ClusterAnalysis &analysis, const models::Finding &finding)
{
    const auto fix = models::fixOf(finding, *analysis.snapshot, analysis.view);
    if (!fix)
        return kube::failure(kube::Error::Kind::NotFound,
                             u"%1 of %2 is no longer there, or nothing is planned for it"_s.arg(
                                 finding.code, finding.subject.text()));
    for (const models::GuideStep &step : analysis.guide) {
        if (!fix->guideStep.isEmpty() && step.id == fix->guideStep)
            return wishOfStep(analysis, step);
    }
    Wish wish;
    wish.title = fix->title;
    wish.nameSpace = finding.subject.nameSpace;
    wish.partial = true;
    wish.objects.push_back(fix->part);
    return wish;
}

} // namespace

Plan applyStepPlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
                   const models::GuideStep &step)
{
    return [&client, analysis = std::move(analysis),
            step](std::stop_token stop) -> kube::Result<PlannedChanges> {
        const auto wish = wishOfStep(*analysis, step);
        if (!wish)
            return tl::unexpected(wish.error());
        const bool isStrict = step.id == "strict"_L1;
        return plannedApply(client, *wish, isStrict ? analysis->breaksUnderStrict : QStringList(), stop);
    };
}

Plan changeModePlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
                    models::MtlsMode mode)
{
    return [&client, analysis = std::move(analysis), mode](std::stop_token stop) {
        const bool isStrict = mode == models::MtlsMode::Strict;
        return plannedApply(client, modeWish(*analysis, mode),
                            isStrict ? analysis->breaksUnderStrict : QStringList(), stop);
    };
}

Plan fixPlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
             const QList<models::Finding> &findings, const QString &hidden)
{
    return [&client, analysis = std::move(analysis), findings,
            hidden](std::stop_token stop) -> kube::Result<PlannedChanges> {
        PlannedChanges all;
        all.changes.title = titleOfFix(findings);
        if (!hidden.isEmpty())
            all.warnings.append(hidden);
        for (const models::Finding &finding : findings) {
            const auto wish = wishOfFix(*analysis, finding);
            if (!wish)
                return tl::unexpected(wish.error());
            const auto changes = planApply(client, *wish, stop);
            if (!changes)
                return tl::unexpected(changes.error());
            all.changes.changes += changes->changes;
        }
        return all;
    };
}

QString titleOfFix(const QList<models::Finding> &findings)
{
    const models::Finding &first = findings.constFirst();
    return findings.size() == 1 ? u"Fix %1 of %2"_s.arg(first.code, first.subject.text())
                                : u"Fix %1 problems"_s.arg(findings.size());
}

QString titleOfMode(models::MtlsMode mode)
{
    return u"Switch the mesh to %1"_s.arg(models::mtlsModeName(mode));
}

Plan undoPlan(kube::Client &client, const QList<models::JournalEntry> &entries)
{
    return [&client, entries](std::stop_token stop) -> kube::Result<PlannedChanges> {
        auto changes = planUndo(client, entries, stop);
        if (!changes)
            return tl::unexpected(changes.error());
        QList<int> numbers;
        for (const models::JournalEntry &entry : entries)
            numbers.append(entry.number);
        return PlannedChanges{std::move(*changes), numbers, {}};
    };
}

std::optional<models::JournalEntry> newestModeChange(const QList<models::JournalEntry> &entries)
{
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        if (entry->change.type.plural == "peerauthentications"_L1 && entry->canBeTakenBack()
            && entry->revertOf == 0)
            return *entry;
    }
    return {};
}

QString apiVersionOf(const QString &kind)
{
    static const QHash<QString, QString> versions{{u"Secret"_s, u"v1"_s},
                                                  {u"Service"_s, u"v1"_s},
                                                  {u"ConfigMap"_s, u"v1"_s},
                                                  {u"Pod"_s, u"v1"_s},
                                                  {u"Namespace"_s, u"v1"_s},
                                                  {u"Deployment"_s, u"apps/v1"_s},
                                                  {u"PeerAuthentication"_s, u"security.istio.io/v1beta1"_s},
                                                  {u"DestinationRule"_s, u"networking.istio.io/v1beta1"_s}};
    return versions.value(kind, u"getambassador.io/v2"_s);
}

kube::Result<QString> yamlOf(kube::Client &client, const QString &apiVersion, const QString &kind,
                             const QString &nameSpace, const QString &name, std::stop_token stop)
{
    const auto type = discoverType(client, apiVersion, kind, stop);
    if (!type)
        return tl::unexpected(type.error());
    auto object = currentState(client, *type, nameSpace, name, stop);
    if (!object)
        return tl::unexpected(object.error());
    if (!*object)
        return kube::failure(kube::Error::Kind::NotFound,
                             u"%1 %2/%3 is no longer there"_s.arg(kind, nameSpace, name));
    (*object)->child("metadata").erase("managedFields");
    return QString::fromStdString(edge::toYaml(**object));
}

} // namespace app::gui
