// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/desk_wishes.h"

#include "app/finding_actions.h"
#include "app/guide_actions.h"
#include "app/rights.h"
#include "app/snapshot_plan.h"
#include "kube/discovery.h"
#include "models/analysis/secret_values.h"
#include "models/analysis/strict_policies.h"
#include "models/resources/counted.h"
#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

kube::Result<PlannedChanges> plannedApply(kube::Client &client, const Wish &wish, QStringList warnings,
                                          const models::StagedChanges &staged, std::stop_token stop)
{
    auto changes = planApply(client, wish, stop, staged);
    if (!changes)
        return tl::unexpected(changes.error());
    return PlannedChanges{std::move(*changes), {}, std::move(warnings)};
}

} // namespace

Wish modeWish(const ClusterAnalysis &analysis, models::MtlsMode mode)
{
    if (analysis.snapshot->isOldMesh()) {
        Wish wish;
        wish.title = titleOfMode(mode);
        wish.objects.push_back(models::strictPolicies(*analysis.snapshot)->setMesh(mode).value);
        return wish;
    }
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

Plan applyStepPlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
                   const models::GuideStep &step)
{
    return [&client, analysis = std::move(analysis),
            step](const models::StagedChanges &staged, std::stop_token stop) -> kube::Result<PlannedChanges> {
        const auto wish = wishOfStep(*analysis, step);
        if (!wish)
            return tl::unexpected(wish.error());
        const bool isStrict = step.id == "strict"_L1;
        return plannedApply(client, *wish, isStrict ? analysis->breaksUnderStrict : QStringList(), staged,
                            stop);
    };
}

Plan changeModePlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
                    models::MtlsMode mode)
{
    return [&client, analysis = std::move(analysis), mode](const models::StagedChanges &staged,
                                                           std::stop_token stop) {
        const bool isStrict = mode == models::MtlsMode::Strict;
        return plannedApply(client, modeWish(*analysis, mode),
                            isStrict ? analysis->breaksUnderStrict : QStringList(), staged, stop);
    };
}

Plan fixPlan(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis,
             const QList<models::Finding> &findings, const QString &hidden)
{
    return [&client, analysis = std::move(analysis), findings, hidden](
               const models::StagedChanges &staged, std::stop_token stop) -> kube::Result<PlannedChanges> {
        auto changes = planFixes(client, *analysis, findings, stop, staged);
        if (!changes)
            return tl::unexpected(changes.error());
        return PlannedChanges{
            std::move(*changes), {}, hidden.isEmpty() ? QStringList() : QStringList{hidden}};
    };
}

QString titleOfMode(models::MtlsMode mode)
{
    return u"Switch the mesh to %1"_s.arg(models::mtlsModeName(mode));
}

Plan undoPlan(kube::Client &client, const QList<models::JournalEntry> &entries)
{
    return [&client, entries](const models::StagedChanges &, // taken back is what was written
                              std::stop_token stop) -> kube::Result<PlannedChanges> {
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
        const QString &plural = entry->change.type.plural;
        if ((plural == "peerauthentications"_L1 || plural == "meshpolicies"_L1) && entry->canBeTakenBack()
            && entry->revertOf == 0)
            return *entry;
    }
    return {};
}

namespace {

bool isSecret(const kube::ResourceType &type) { return type.group.isEmpty() && type.kind == "Secret"_L1; }

kube::Result<QString> yamlOfType(kube::Client &client, const kube::ResourceType &type,
                                 const models::ObjectRef &ref, std::stop_token stop)
{
    auto object = currentState(client, type, ref.nameSpace, ref.name, stop);
    if (!object)
        return tl::unexpected(object.error());
    if (!*object)
        return kube::failure(kube::Error::Kind::NotFound, u"%1 is no longer there"_s.arg(ref.text()));
    (*object)->child("metadata").erase("managedFields");
    if (isSecret(type))
        *object = models::withoutSecretValues(std::move(**object));
    return QString::fromStdString(edge::toYaml(**object));
}

} // namespace

kube::Result<QString> yamlOf(kube::Client &client, const models::ObjectRef &object, const QString &apiVersion,
                             std::stop_token stop)
{
    const auto type = discoverType(client, apiVersion, object.kind, stop);
    return type ? yamlOfType(client, *type, object, stop)
                : kube::Result<QString>(tl::unexpected(type.error()));
}

kube::Result<QString> yamlAsRead(kube::Client &client, const models::ObjectRef &object,
                                 bool isFirstGeneration, std::stop_token stop)
{
    const auto catalog = client.discovery().fetch(stop, groupsRead()).result();
    if (!catalog)
        return tl::unexpected(catalog.error());
    const auto type = typeOfKind(&*catalog, object.kind, isFirstGeneration);
    if (type)
        return yamlOfType(client, *type, object, stop);
    const kube::ApiResource *served =
        catalog->find(object.kind); // a StatefulSet, say: no snapshot holds them
    return served ? yamlOfType(client, served->type, object, stop)
                  : kube::failure(kube::Error::Kind::NotFound,
                                  u"%1: this cluster does not serve such a kind"_s.arg(object.text()));
}

kube::Result<Editable> editable(kube::Client &client, const models::ObjectRef &object,
                                const QString &apiVersion, std::stop_token stop)
{
    models::Change change;
    const auto type = discoverType(client, apiVersion, object.kind, stop);
    if (!type)
        return tl::unexpected(type.error());
    change.type = *type;
    change.nameSpace = object.nameSpace;
    change.name = object.name;
    if (const QString why = missingRightsText(client, missingRights(client, rightsFor({change}), stop));
        !why.isEmpty())
        return kube::failure(kube::Error::Kind::Forbidden, why);
    const auto current = currentState(client, *type, object.nameSpace, object.name, stop);
    if (!current)
        return tl::unexpected(current.error());
    if (!*current)
        return kube::failure(kube::Error::Kind::NotFound, u"%1 is no longer there"_s.arg(object.text()));
    return Editable{object, apiVersion,
                    QString::fromStdString(edge::toYaml(models::withoutServerFields(**current)))};
}

kube::Result<Edit> editOf(const Editable &edited, const QString &yaml, const QString &base)
{
    const auto documents = edge::parseYaml(yaml.toStdString(), "YAML");
    if (!documents)
        return kube::failure(kube::Error::Kind::Invalid, models::text(documents.error().message));
    const auto began = edge::parseYaml(base.toStdString(), "YAML"); // written here: it can be read
    Edit edit{edited, began && !began->empty() ? began->front() : edge::Value(), {}};
    const auto isSame = [&edited, &edit](const edge::Value &value) {
        const edge::Value &metadata = value["metadata"];
        return models::text(value["kind"]) == edited.object.kind
            && value["apiVersion"] == edit.base["apiVersion"]
            && models::text(metadata["name"]) == edited.object.name
            && models::text(metadata["namespace"]) == edited.object.nameSpace;
    };
    if (documents->size() != 1 || !isSame(documents->front()))
        return kube::failure(
            kube::Error::Kind::Invalid,
            u"It must stay %1, and be one object: apiVersion, kind, name and namespace are not changed by an edit."_s
                .arg(edited.object.text()));
    edit.mine = documents->front();
    return edit;
}

Plan deletePlan(kube::Client &client, const QList<ui::ObjectToWrite> &objects, const QStringList &warnings)
{
    return [&client, objects, warnings](const models::StagedChanges &staged,
                                        std::stop_token stop) -> kube::Result<PlannedChanges> {
        models::ChangeSet set;
        set.title = titleOfDelete(objects);
        for (const auto &[object, apiVersion] : objects) {
            models::Change change;
            change.verb = models::Change::Verb::Remove;
            change.nameSpace = object.nameSpace;
            change.name = object.name;
            const auto type = discoverType(client, apiVersion, object.kind, stop);
            if (!type)
                return tl::unexpected(type.error());
            change.type = *type;
            auto current = currentState(client, *type, object.nameSpace, object.name, stop);
            if (!current)
                return tl::unexpected(current.error());
            if (!*current)
                return kube::failure(kube::Error::Kind::NotFound,
                                     u"%1 is no longer there"_s.arg(object.text()));
            change.before = std::move(*current);
            set.changes.append(std::move(change));
        }
        return PlannedChanges{staged.with(set), {}, warnings};
    };
}

QString titleOfDelete(const QList<ui::ObjectToWrite> &objects)
{
    const models::ObjectRef &first = objects.constFirst().object;
    return u"Delete %1"_s.arg(objects.size() == 1 ? first.text()
                                                  : models::counted(objects.size(), first.kind));
}

QString titleOfEdit(const models::ObjectRef &object) { return u"Edit %1"_s.arg(object.text()); }

namespace {

constexpr qsizetype MostTold = 3; // of what somebody else has changed

QString changedMeanwhile(const models::ObjectRef &object, const QStringList &changes)
{
    const QString more = changes.size() > MostTold
        ? u"; and %1 more"_s.arg(QString::number(changes.size() - MostTold))
        : QString();
    return u"Somebody else has changed %1 since it was opened, and that stays: %2%3"_s.arg(
        object.text(), changes.mid(0, MostTold).join(u"; "_s), more);
}

} // namespace

// The patch, and not the object as it is typed, is what is planned: it leaves alone what is not about this edit.
Plan editPlan(kube::Client &client, const Edit &edit)
{
    return [&client, edit](const models::StagedChanges &,
                           std::stop_token stop) -> kube::Result<PlannedChanges> {
        const models::ObjectRef &object = edit.edited.object;
        models::Change change;
        const auto type = discoverType(client, edit.edited.apiVersion, object.kind, stop);
        if (!type)
            return tl::unexpected(type.error());
        auto current = currentState(client, *type, object.nameSpace, object.name, stop);
        if (!current)
            return tl::unexpected(current.error());
        if (!*current)
            return kube::failure(kube::Error::Kind::NotFound, u"%1 is no longer there"_s.arg(object.text()));
        const models::EditTogether all = models::editTogether(edit.base, edit.mine, **current);
        PlannedChanges planned;
        if (!all.collisions.isEmpty()) {
            planned.collided = all;
            return planned;
        }
        if (!all.theirChanges.isEmpty())
            planned.warnings.append(changedMeanwhile(object, all.theirChanges));
        planned.changes.title = titleOfEdit(object);
        if (all.patch == "{}")
            return planned;
        change.verb = models::Change::Verb::MergePatch;
        change.type = *type;
        change.nameSpace = object.nameSpace;
        change.name = object.name;
        change.body = all.patch;
        change.before = std::move(*current);
        planned.changes.changes = {std::move(change)};
        return planned;
    };
}

} // namespace app::gui
