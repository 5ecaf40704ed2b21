// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/configured_objects.h"

#include "edge/config/annotations.h"
#include "edge/config/ingress.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

QString sourceText(const ObjectRef &holder, bool isMade)
{
    return holder.kind.isEmpty() ? QString() : (isMade ? QString() : u"annotation of "_s) + holder.text();
}

} // namespace

ObjectRef refOf(const edge::ResourceRef &ref)
{
    return {text(ref.kind), text(ref.nameSpace), text(ref.name)};
}

ObjectRef refOf(const edge::Value &object)
{
    return {text(object["kind"]), text(object.at({"metadata", "namespace"})),
            text(object.at({"metadata", "name"}))};
}

const edge::Value *ownObject(const Snapshot &snapshot, const ObjectRef &ref)
{
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        const edge::Value &metadata = object["metadata"];
        if (text(object["kind"]) == ref.kind && text(metadata["name"]) == ref.name
            && text(metadata["namespace"]) == ref.nameSpace)
            return &object;
    }
    return nullptr;
}

std::vector<ConfiguredObject> annotatedObjects(const Snapshot &snapshot)
{
    std::vector<ConfiguredObject> all;
    for (const edge::Value &holder : snapshot.ambassadorObjects) {
        if (edge::annotationOf(holder).empty())
            continue;
        const ObjectRef ref = refOf(holder);
        for (edge::Value &object : edge::annotatedObjects(holder))
            all.push_back({std::make_shared<const edge::Value>(std::move(object)), ref, false});
    }
    return all;
}

std::vector<ConfiguredObject> configuredObjects(const Snapshot &snapshot)
{
    std::vector<ConfiguredObject> all;
    for (const auto &object : snapshot.ambassadorObjects.items()) {
        if ((*object)["apiVersion"].text().starts_with("getambassador.io/"))
            all.push_back({object, {}, false});
    }
    for (ConfiguredObject &object : annotatedObjects(snapshot))
        all.push_back(std::move(object));
    return all;
}

std::vector<ConfiguredObject> configuredObjects(const Snapshot &snapshot,
                                                const EdgeInstallation &installation)
{
    std::vector<ConfiguredObject> all = configuredObjects(snapshot);
    for (edge::MadeObject &made :
         edge::objectsOfIngresses(snapshot.ambassadorObjects, compileOptions(installation)))
        all.push_back(
            {std::make_shared<const edge::Value>(std::move(made.object)), refOf(*made.ingress), true});
    return all;
}

QString ConfiguredObject::key() const
{
    const ObjectRef ref = refOf(*object);
    return ref.nameSpace + u'/' + ref.name
        + (isOwn()      ? QString()
               : isMade ? u" from "_s + holder.text()
                        : u" of "_s + holder.text());
}

QString ConfiguredObject::source() const { return sourceText(holder, isMade); }

QString whyReplaced(const ConfiguredObject &one, const edge::Config &config)
{
    if (config.replaced.empty())
        return {};
    const auto isMeant = [object = refOf(*one.object), &one](const edge::ReplacedObject &replaced) {
        return refOf(replaced.object) == object && refOf(replaced.source.holder) == one.holder
            && replaced.source.isMade == one.isMade;
    };
    const auto found = std::find_if(config.replaced.begin(), config.replaced.end(), isMeant);
    if (found == config.replaced.end())
        return {};
    const QString by = sourceText(refOf(found->by.holder), found->by.isMade);
    return by.isEmpty() ? u"another of this name counts: the object %1"_s.arg(refOf(found->object).text())
                        : u"another of this name counts, that of %1"_s.arg(by);
}

std::map<std::string, std::string> mirrorsOf(const Snapshot &snapshot, const edge::Config &config)
{
    std::map<std::string, std::string> mirrors;
    const bool any = std::any_of(config.groups.begin(), config.groups.end(),
                                 [](const edge::GroupInfo &group) { return !group.shadows.empty(); });
    if (!any)
        return mirrors;
    // A group knows a Mapping by its name, and by name.namespace where another namespace has taken the name before: that
    // is the one of the namespace that comes first.
    std::map<std::string, std::string> byName;
    for (const ConfiguredObject &one : configuredObjects(snapshot)) {
        const edge::Value &object = *one.object;
        if (object["kind"].text() != "Mapping" || object.at({"spec", "shadow"}).isNull())
            continue;
        const std::string &name = object.at({"metadata", "name"}).text();
        const std::string &nameSpace = object.at({"metadata", "namespace"}).text();
        const std::string key = nameSpace + "/" + name;
        byName[name + "." + nameSpace] = key;
        const auto [known, fresh] = byName.emplace(name, key);
        if (!fresh && key < known->second)
            known->second = key;
    }
    for (const edge::GroupInfo &group : config.groups) {
        if (const auto found = group.shadows.empty() ? byName.end() : byName.find(group.shadows.front());
            found != byName.end())
            mirrors.emplace(group.id, found->second);
    }
    return mirrors;
}

} // namespace models
