// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/crd.h"

#include "app/demo/api_discovery.h"
#include "app/demo/object_meta.h"
#include "app/demo/schema.h"
#include "edge/text.h"

#include <algorithm>

namespace demo {

namespace {

std::vector<std::string> texts(const Value &list)
{
    std::vector<std::string> found;
    for (const Value &item : list.items())
        found.push_back(item.text());
    return found;
}

std::vector<ResourceKind::Column> columnsOf(const Value &version)
{
    std::vector<ResourceKind::Column> columns;
    for (const Value &column : version["additionalPrinterColumns"].items())
        columns.push_back({column["name"].text(), column["type"].text(), column["jsonPath"].text(),
                           int(column["priority"].toInteger()), column["format"].text(),
                           column["description"].text()});
    return columns;
}

ResourceKind kindOf(const Value &definition)
{
    const Value &spec = definition["spec"];
    const Value &names = spec["names"];
    ResourceKind kind;
    kind.group = spec["group"].text();
    kind.plural = names["plural"].text();
    kind.kind = names["kind"].text();
    kind.listKind = names["listKind"].text();
    kind.singular = names["singular"].text().empty() ? edge::lowered(kind.kind) : names["singular"].text();
    kind.shortNames = texts(names["shortNames"]);
    kind.categories = texts(names["categories"]);
    kind.namespaced = spec["scope"].text() != "Cluster";
    kind.isBuiltIn = false;
    kind.hasGeneration = true;
    for (const Value &version : spec["versions"].items()) {
        if (!version["served"].toBool())
            continue;
        const std::string &name = version["name"].text();
        ResourceKind::Version of;
        if (const Value *schema = version["schema"].find("openAPIV3Schema"))
            of.schema = std::make_shared<const Value>(*schema);
        of.columns = columnsOf(version);
        of.hasStatus = version["subresources"].find("status") != nullptr;
        if (const Value *scale = version["subresources"].find("scale"))
            of.scale = ResourceKind::ScalePaths{(*scale)["specReplicasPath"].text(),
                                                (*scale)["statusReplicasPath"].text(),
                                                (*scale)["labelSelectorPath"].text()};
        if (version["deprecated"].toBool())
            of.deprecationWarning = version["deprecationWarning"].text().empty()
                ? kind.group + "/" + name + " " + kind.kind + " is deprecated"
                : version["deprecationWarning"].text();
        kind.hasStatus = kind.hasStatus || of.hasStatus;
        kind.versions.push_back(name);
        kind.perVersion.emplace(name, std::move(of));
    }
    std::stable_sort(kind.versions.begin(), kind.versions.end(), isNewerVersion);
    return kind;
}

} // namespace

Value withCondition(Value object, const char *type, const char *status, const char *reason,
                    const char *message)
{
    Value condition = Value::object({{"type", type},
                                     {"status", status},
                                     {"lastTransitionTime", timeNow()},
                                     {"reason", reason},
                                     {"message", message}});
    Value &conditions = object.child("status").child("conditions");
    for (Value &known : conditions.mutableItems()) {
        if (known["type"].text() != type)
            continue;
        if (known["status"].text() == status)
            condition.set("lastTransitionTime", known["lastTransitionTime"]);
        known = std::move(condition);
        return object;
    }
    conditions.push(std::move(condition));
    return object;
}

void markTerminating(Store &store, const std::string &name)
{
    const ResourceKind &definitions = *store.find("apiextensions.k8s.io", "customresourcedefinitions");
    const ObjectPtr definition = store.get(definitions, {}, name);
    if (definition && hasFinalizers(*definition))
        (void)store.update(
            definitions,
            withCondition(
                *definition, "Terminating", "True", "InstanceDeletionPending",
                "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"));
}

std::vector<Cause> definitionProblems(const Value &definition)
{
    std::vector<Cause> causes;
    const Value &spec = definition["spec"];
    const std::string &group = spec["group"].text();
    const std::string &plural = spec["names"]["plural"].text();
    if (nameOf(definition) != plural + "." + group)
        causes.push_back(invalidValue("metadata.name", quoted(nameOf(definition)),
                                      "must be spec.names.plural+\".\"+spec.group"));
    if (group.empty())
        causes.push_back(requiredValue("spec.group"));
    else if (group.find('.') == std::string::npos)
        causes.push_back(
            invalidValue("spec.group", quoted(group), "should be a domain with at least one dot"));
    const std::string &scope = spec["scope"].text();
    if (scope.empty())
        causes.push_back(requiredValue("spec.scope"));
    else if (scope != "Cluster" && scope != "Namespaced")
        causes.push_back(unsupportedValue("spec.scope", quoted(scope), {"Cluster", "Namespaced"}));
    if (plural.empty())
        causes.push_back(requiredValue("spec.names.plural"));
    if (spec["names"]["kind"].text().empty())
        causes.push_back(requiredValue("spec.names.kind"));
    const auto &versions = spec["versions"].items();
    const auto stored = std::count_if(versions.begin(), versions.end(),
                                      [](const Value &version) { return version["storage"].toBool(); });
    if (stored != 1)
        causes.push_back(invalidValue("spec.versions", edge::toJson(spec["versions"]),
                                      "must have exactly one version marked as storage version"));
    for (std::size_t i = 0; i < versions.size(); ++i) {
        if (!versions[i]["schema"]["openAPIV3Schema"].isObject())
            causes.push_back(requiredValue("spec.versions[" + std::to_string(i) + "].schema.openAPIV3Schema",
                                           "schemas are required"));
        for (Cause &cause : ruleProblems(versions[i]["schema"]["openAPIV3Schema"],
                                         "spec.versions[" + std::to_string(i) + "].schema.openAPIV3Schema"))
            causes.push_back(std::move(cause));
    }
    return causes;
}

void completeDefinition(Value &definition)
{
    Value &spec = definition.child("spec");
    Value &names = spec.child("names");
    const std::string kind = names["kind"].text();
    if (names["singular"].text().empty())
        names.set("singular", edge::lowered(kind));
    if (names["listKind"].text().empty())
        names.set("listKind", kind + "List");
    if (!spec.find("conversion"))
        spec.set("conversion", Value::object({{"strategy", "None"}}));
}

void establish(Store &store, const Value &definition)
{
    store.addKind(kindOf(definition));
    Value done = withCondition(definition, "NamesAccepted", "True", "NoConflicts", "no conflicts found");
    done = withCondition(std::move(done), "Established", "True", "InitialNamesAccepted",
                         "the initial names have been accepted");
    Value &status = done.child("status");
    status.set("acceptedNames", done["spec"]["names"]);
    Value versions = status["storedVersions"].isArray() ? status["storedVersions"] : Value::array();
    for (const Value &version : done["spec"]["versions"].items()) {
        const Value &name = version["name"];
        if (version["storage"].toBool()
            && std::find(versions.items().begin(), versions.items().end(), name) == versions.items().end())
            versions.push(name);
    }
    status.set("storedVersions", std::move(versions));
    Value &finalizers = done.child("metadata").child("finalizers");
    const Value cleanup = "customresourcecleanup.apiextensions.k8s.io";
    if (!isDeleting(definition)
        && std::find(finalizers.items().begin(), finalizers.items().end(), cleanup)
            == finalizers.items().end())
        finalizers.push(cleanup);
    done.child("metadata").erase("resourceVersion");
    (void)store.update(*store.find("apiextensions.k8s.io", "customresourcedefinitions"), std::move(done));
}

StoreResult<void> installDefinition(Store &store, Value definition)
{
    const ResourceKind &definitions = *store.find("apiextensions.k8s.io", "customresourcedefinitions");
    completeDefinition(definition);
    ObjectPtr stored = store.get(definitions, {}, nameOf(definition));
    if (!stored) {
        const auto created = store.create(definitions, std::move(definition));
        if (!created)
            return tl::unexpected(created.error());
        stored = *created;
    }
    establish(store, *stored);
    return {};
}

} // namespace demo
