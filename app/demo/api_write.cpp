// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_write.h"

#include "app/demo/api_autoscaler.h"
#include "app/demo/api_patch.h"
#include "app/demo/builtin_rules.h"
#include "app/demo/byte_fields.h"
#include "app/demo/crd.h"
#include "app/demo/go_json.h"
#include "app/demo/go_types.h"
#include "app/demo/managed_fields.h"
#include "app/demo/object_meta.h"
#include "app/demo/resource_kinds.h"
#include "app/demo/schema.h"
#include "app/demo/typed_configuration.h"
#include "app/demo/write_warnings.h"

#include <algorithm>

namespace demo {

namespace {

bool acceptsUnconditionalUpdate(const ResourceKind &kind)
{
    return kind.isBuiltIn && kind.kind != "CustomResourceDefinition" && kind.kind != "Lease"
        && kind.kind != "APIService";
}

StoreResult<void> checkName(const Call &call, const Value &object)
{
    if (const std::string &name = nameOf(object); name != call.path.name)
        return tl::unexpected(badRequest("the name of the object (" + name
                                         + ") does not match the name on the URL (" + call.path.name + ")"));
    return {};
}

StoreResult<void> checkPlace(const Call &call, Value &object)
{
    Value &metadata = object.child("metadata");
    const std::string &nameSpace = metadata["namespace"].text();
    if (!call.kind->namespaced)
        return {};
    if (!nameSpace.empty() && nameSpace != call.path.nameSpace)
        return tl::unexpected(badRequest(
            "the namespace of the provided object does not match the namespace sent on the request"));
    metadata.set("namespace", call.path.nameSpace);
    return {};
}

std::vector<Cause> problemsOf(const Call &call, const Value &object, const ObjectPtr &current)
{
    std::vector<Cause> causes;
    if (object["kind"].text() != call.kind->kind)
        causes.push_back(invalidValue("kind", quoted(object["kind"].text()), "must be " + call.kind->kind));
    for (Cause &cause : metadataProblems(*call.kind, object))
        causes.push_back(std::move(cause));
    for (Cause &cause : builtInProblems(*call.kind, object, current.get()))
        causes.push_back(std::move(cause));
    if (call.kind->isBuiltIn && call.kind->kind == "CustomResourceDefinition") {
        for (Cause &cause : definitionProblems(object))
            causes.push_back(std::move(cause));
    }
    for (Cause &cause : schemaProblems(object, schemaOf(*call.kind, call.path.version), causes, current.get(),
                                       call.kind->isBuiltIn ? Formats::LetPass : Formats::Checked))
        causes.push_back(std::move(cause));
    return causes;
}

// What an update through this path may change: /status its status, the main path all else.
void keepOtherHalf(const Call &call, Value &object, const Value &current)
{
    if (!call.kind->hasStatusIn(call.path.version))
        return;
    if (call.path.subresource == "status") {
        Value kept = inVersion(*call.kind, call.path.version, current);
        kept.child("metadata").set("resourceVersion", object["metadata"]["resourceVersion"]);
        if (const Value *uid = object["metadata"].find("uid"))
            kept.child("metadata").set("uid", *uid);
        if (const Value *fields = object["metadata"].find("managedFields"))
            kept.child("metadata").set("managedFields", *fields);
        if (const Value *status = object.find("status"))
            kept.set("status", *status);
        else
            kept.erase("status");
        object = std::move(kept);
        return;
    }
    if (const Value *status = current.find("status"))
        object.set("status", *status);
    else
        object.erase("status");
}

std::vector<Cause> finalizerProblems(const Value &object, const Value &current)
{
    const auto &known = current["metadata"]["finalizers"].items();
    std::string added;
    for (const Value &each : object["metadata"]["finalizers"].items()) {
        if (isDeleting(current) && std::find(known.begin(), known.end(), each) == known.end())
            added.append(added.empty() ? "" : ", ").append(quoted(each.text()));
    }
    if (added.empty())
        return {};
    const Cause cause = forbiddenValue(
        "metadata.finalizers",
        "no new finalizers can be added if the object is being deleted, found new finalizers []string{"
            + added + "}");
    return {cause, cause}; // said twice: by the strategy and by the generic check
}

std::string managerOf(const Call &call)
{
    const std::string &named = call.query.value("fieldManager");
    const std::string_view agent = call.head.headers.value("user-agent");
    if (!named.empty())
        return named;
    return agent.empty() ? "unknown" : std::string(agent.substr(0, std::min(agent.find('/'), agent.size())));
}

Writing writingOf(const Call &call)
{
    return {managerOf(call), call.kind->apiVersion(call.path.version), call.path.subresource,
            call.kind->isBuiltIn};
}

// Fields of the half that this path does not write belong to nobody through it.
void noteOwners(const Call &call, const ObjectPtr &current, Value &object)
{
    Value before = current ? inVersion(*call.kind, call.path.version, *current) : Value();
    Value after = object;
    if (call.path.subresource.empty() && call.kind->hasStatusIn(call.path.version)) {
        before.erase("status");
        after.erase("status");
    }
    if (call.tellsOwners)
        noteUpdate(before, after, schemaOf(*call.kind, call.path.version), writingOf(call));
    object.child("metadata").erase("managedFields");
    if (const Value *fields = after["metadata"].find("managedFields"); fields && call.tellsOwners)
        object.child("metadata").set("managedFields", *fields);
}

// A built-in kind with a value of the wrong type cannot be decoded at all.
std::optional<StoreError> undecodable(const Call &call, const std::vector<Cause> &causes)
{
    const auto wrong = std::find_if(causes.begin(), causes.end(), [](const Cause &cause) {
        return cause.reason == "FieldValueTypeInvalid";
    });
    if (!call.kind->isBuiltIn || wrong == causes.end())
        return {};
    const std::string &name = call.kind->kind;
    const std::size_t type = wrong->message.rfind("type ");
    return badRequest(
        name + " in version " + quoted(call.path.version) + " cannot be handled as a " + name
        + ": json: cannot unmarshal value into Go struct field " + name + "." + wrong->field + " of "
        + (type == std::string::npos ? wrong->message
                                     : wrong->message.substr(type, wrong->message.rfind(':') - type)));
}

// The same of bytes that are no base64, in the words of each kind of patch.
std::optional<StoreError> undecodablePatch(const Call &call, Value &patched)
{
    const std::string problem = decodeBytes(patched, *call.kind, call.path.version);
    if (problem.empty())
        return {};
    const bool isStrategic = mediaTypeOf(call) == "application/strategic-merge-patch+json";
    const std::string shown =
        isStrategic ? goMapText(edge::parseJson(call.body).value_or(Value())) : edge::toJson(patched);
    return invalid(
        {}, {}, {},
        {invalidValue("patch", quoted(shown), (isStrategic ? "error decoding from json: " : "") + problem)});
}

// Values of types that the object's Go struct does not have, and objects of no kind.
std::optional<StoreError> misshapenPatch(const Call &call, const Value &patched)
{
    const auto refuse = [](const std::string &shown, const std::string &problem) {
        return invalid({}, {}, {}, {invalidValue("patch", quoted(shown), problem)});
    };
    const std::string whole = edge::toJson(patched);
    if (!call.kind->isBuiltIn && patched["kind"].text().empty())
        return refuse(whole, "Object 'Kind' is missing in '" + whole + "'");
    const auto wrong = goMismatch(*call.kind, patched, schemaOf(*call.kind, call.path.version));
    if (!wrong)
        return {};
    const bool isStrategic = mediaTypeOf(call) == "application/strategic-merge-patch+json";
    return isStrategic ? refuse(goMapText(edge::parseJson(call.body).value_or(Value())), wrong->converting)
                       : refuse(whole, wrong->decoding);
}

// "/v1, Kind=Secret", as Go writes what it is.
std::string goKindOf(const Call &call)
{
    return (call.kind->group.empty() ? "/" : "") + call.kind->apiVersion(call.path.version)
        + ", Kind=" + call.kind->kind;
}

std::optional<StoreError> untyped(const Call &call, const Value &configuration, const Value *schema)
{
    const std::vector<std::string> problems = typingProblems(configuration, schema);
    if (problems.empty())
        return {};
    std::string text = problems.size() == 1 ? problems.front() : "errors:";
    for (const std::string &problem : problems.size() == 1 ? std::vector<std::string>() : problems)
        text += "\n  " + problem;
    return internalError("failed to create typed patch object (" + namespaceOf(configuration) + "/"
                         + call.path.name + "; " + goKindOf(call) + "): " + text);
}

std::optional<StoreError> undecodableConfiguration(const Call &call, Value &configuration)
{
    const std::string problem = decodeBytes(configuration, *call.kind, call.path.version);
    if (problem.empty())
        return {};
    const std::string kind = goKindOf(call);
    return internalError("failed to convert new object (" + namespaceOf(configuration) + "/" + call.path.name
                         + "; " + kind + ") to proper version: unable to convert unstructured object to "
                         + kind + ": error decoding from json: " + problem);
}

std::optional<StoreError> brokenVersion(const std::string &resourceVersion)
{
    if (resourceVersion.find_first_not_of("0123456789") == std::string::npos)
        return {};
    return internalError("strconv.ParseUint: parsing " + quoted(resourceVersion) + ": invalid syntax");
}

void keepAssigned(const ResourceKind &kind, Value &object, const Value &current)
{
    if (!kind.group.empty() || kind.kind != "Service")
        return;
    for (const char *field : {"clusterIP", "clusterIPs"}) {
        if (!object["spec"].find(field) && current["spec"].find(field))
            object.child("spec").set(field, current["spec"][field]);
    }
}

} // namespace

StoreResult<Answer> Writer::create(Call &call) const
{
    if (const auto good = checkWriteOptions(call, "CreateOptions"); !good)
        return tl::unexpected(good.error());
    auto object = decodeObject(call);
    if (!object)
        return tl::unexpected(object.error());
    if (const auto good = checkPlace(call, *object); !good)
        return tl::unexpected(good.error());
    return store(call, std::move(*object), nullptr);
}

StoreResult<Answer> Writer::store(Call &call, Value object, const ObjectPtr &current, bool isApplied) const
{
    const ResourceKind &kind = *call.kind;
    const Value *schema = schemaOf(kind, call.path.version);
    const std::string &version = object["metadata"]["resourceVersion"].text();
    if (const auto wrong = current ? brokenVersion(version) : std::nullopt)
        return tl::unexpected(*wrong);
    if (current) {
        keepOtherHalf(call, object, *current);
        keepAssigned(kind, object, *current);
    } else if (kind.hasStatusIn(call.path.version)) {
        object.erase("status");
    }
    if (kind.isBuiltIn && kind.kind == "CustomResourceDefinition")
        completeDefinition(object);
    applyDefaults(object, kind.isBuiltIn ? nullptr : schema);
    if (!current && nameOf(object).empty() && !object["metadata"]["generateName"].text().empty())
        object.child("metadata").set("name", object["metadata"]["generateName"].text() + nameSuffix());
    if (kind.isBuiltIn && (current || kind.kind != "Job")) // a Job's defaults need its uid
        m_store.complete(kind, object);
    std::vector<Cause> causes = current ? finalizerProblems(object, *current) : std::vector<Cause>();
    for (Cause &cause : problemsOf(call, object, current))
        causes.push_back(std::move(cause));
    if (const auto wrong = undecodable(call, causes))
        return tl::unexpected(*wrong);
    if (!causes.empty())
        return tl::unexpected(invalid(kind.group, object["kind"].text(), nameOf(object), causes));
    if (const auto refused = m_admission ? m_admission(kind, object, !current) : std::nullopt)
        return tl::unexpected(*refused);
    for (std::string &warning : writeWarnings(kind, object, current))
        call.warnings.push_back(std::move(warning));
    if (!isApplied)
        noteOwners(call, current, object);
    storeAutoscaler(kind, call.path, object, current);
    const auto stored = current ? m_store.update(kind, std::move(object), isDryRun(call))
                                : m_store.create(kind, std::move(object), isDryRun(call));
    if (!stored)
        return tl::unexpected(stored.error());
    return renderObject(call, **stored, current ? 200 : 201);
}

StoreResult<Answer> Writer::update(Call &call) const
{
    if (const auto good = checkWriteOptions(call, "UpdateOptions"); !good)
        return tl::unexpected(good.error());
    auto object = decodeObject(call);
    if (!object)
        return tl::unexpected(object.error());
    if (nameOf(*object).empty())
        return tl::unexpected(badRequest("the name of the object (" + call.path.name
                                         + " based on URL) was undeterminable: name must be provided"));
    if (const auto good = checkName(call, *object); !good)
        return tl::unexpected(good.error());
    if (const auto good = checkPlace(call, *object); !good)
        return tl::unexpected(good.error());
    const ObjectPtr current = m_store.get(*call.kind, call.path.nameSpace, call.path.name);
    if (!current)
        return tl::unexpected(notFound(*call.kind, call.path.name));
    const std::string &version = (*object)["metadata"]["resourceVersion"].text();
    if ((version.empty() || version == "0") && !acceptsUnconditionalUpdate(*call.kind))
        return tl::unexpected(
            invalid(call.kind->group, call.kind->plural, call.path.name,
                    {invalidValue("metadata.resourceVersion", "0", "must be specified for an update")}));
    return store(call, std::move(*object), current);
}

StoreResult<Value> Writer::patched(Call &call, const Value &current) const
{
    const std::string type = mediaTypeOf(call);
    const bool isMerge = type == "application/merge-patch+json";
    const bool isJsonPatch = type == "application/json-patch+json";
    if (!isMerge && !isJsonPatch
        && !(type == "application/strategic-merge-patch+json" && call.kind->isBuiltIn)) {
        const std::string strategic = call.kind->isBuiltIn ? "application/strategic-merge-patch+json, " : "";
        return tl::unexpected(
            StoreError{415,
                       "UnsupportedMediaType",
                       "the body of the request was in an unknown format - accepted media types include: "
                       "application/json-patch+json, application/merge-patch+json, "
                           + strategic + "application/apply-patch+yaml",
                       {}});
    }
    const auto patch = edge::parseJson(call.body);
    if (!patch || (!isJsonPatch && !patch->isObject()))
        return tl::unexpected(badRequest(isJsonPatch ? "error decoding patch: " + goSyntaxError(call.body)
                                                     : "invalid JSON patch"));
    if (isJsonPatch)
        return applyJsonPatch(current, *patch);
    return isMerge ? edge::mergePatch(current, *patch) : applyStrategicMerge(*call.kind, current, *patch);
}

StoreResult<Answer> Writer::patch(Call &call) const
{
    if (const auto good = checkWriteOptions(call, "PatchOptions"); !good)
        return tl::unexpected(good.error());
    if (mediaTypeOf(call) == "application/apply-patch+yaml")
        return apply(call);
    if (!goSyntaxError(call.body).empty())
        return tl::unexpected(badRequest("invalid JSON patch"));
    const ObjectPtr current = m_store.get(*call.kind, call.path.nameSpace, call.path.name);
    if (!current)
        return tl::unexpected(notFound(*call.kind, call.path.name));
    auto object = patched(call, inVersion(*call.kind, call.path.version, *current));
    if (!object)
        return tl::unexpected(object.error());
    if (const auto wrong = misshapenPatch(call, *object))
        return tl::unexpected(*wrong);
    if (call.kind->isBuiltIn)
        object = withoutNulls(*object, schemaOf(*call.kind, call.path.version));
    if (const auto good = checkName(call, *object); !good)
        return tl::unexpected(good.error());
    std::vector<std::string> unknown = pruneUnknown(*object, schemaOf(*call.kind, call.path.version));
    const std::string &validation = call.query.value("fieldValidation");
    for (const std::string &field :
         validation.empty() || validation == "Warn" ? unknown : decltype(unknown)())
        call.warnings.push_back("unknown field " + quoted(field));
    if (!unknown.empty() && validation == "Strict") {
        std::string all;
        for (const std::string &field : unknown)
            all.append(all.empty() ? "" : ", ").append("unknown field " + quoted(field));
        return tl::unexpected(
            invalid(*call.kind, call.path.name,
                    {invalidValue("patch", quoted(call.body), "strict decoding error: " + all)}));
    }
    if (const auto wrong = undecodablePatch(call, *object))
        return tl::unexpected(*wrong);
    if (const auto good = checkPlace(call, *object); !good)
        return tl::unexpected(good.error());
    const std::string &version = (*object)["metadata"]["resourceVersion"].text();
    if (const auto wrong = brokenVersion(version))
        return tl::unexpected(*wrong);
    if (!version.empty() && version != (*current)["metadata"]["resourceVersion"].text())
        return tl::unexpected(modifiedMeanwhile(*call.kind, call.path.name));
    if (const std::vector<Cause> changed = changedIdentity(*object, *current); !changed.empty())
        return tl::unexpected(invalid(*call.kind, call.path.name, changed));
    return store(call, std::move(*object), current);
}

StoreResult<Answer> Writer::apply(Call &call) const
{
    const ResourceKind &kind = *call.kind;
    const auto documents = edge::parseYaml(call.body); // JSON is YAML
    if (!documents)
        return tl::unexpected(badRequest("error decoding patch: error converting YAML to JSON: yaml: "
                                         + documents.error().message));
    Value configuration = documents->empty() ? Value() : documents->front();
    if (!configuration.isObject() && !configuration.isNull())
        return tl::unexpected(badRequest(
            std::string(
                "error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ")
            + goJsonKind(configuration) + " into Go value of type map[string]interface {}"));
    if (!configuration["kind"].isString()) // to Go it is none then
        configuration.erase("kind");
    const std::string apiVersion = configuration["apiVersion"].text();
    if (apiVersion != kind.apiVersion(call.path.version) || configuration["kind"].text() != kind.kind) {
        const std::size_t slash = apiVersion.find('/');
        const std::string group = slash == std::string::npos ? "" : apiVersion.substr(0, slash);
        return tl::unexpected(badRequest("invalid object type: " + group + "/"
                                         + apiVersion.substr(slash == std::string::npos ? 0 : slash + 1)
                                         + ", Kind=" + configuration["kind"].text()));
    }
    if (configuration["metadata"].find("managedFields")
        && !configuration["metadata"]["managedFields"].items().empty())
        return tl::unexpected(badRequest("metadata.managedFields must be nil"));
    if (const auto good = checkName(call, configuration); !good)
        return tl::unexpected(good.error());
    const ObjectPtr current = m_store.get(kind, call.path.nameSpace, call.path.name);
    const std::string &uid = uidOf(configuration);
    if (!current && !uid.empty())
        return tl::unexpected(conflict(kind, call.path.name,
                                       "uid mismatch: the provided object specified uid " + uid
                                           + ", and no existing object was found"));
    const std::string version = configuration["metadata"]["resourceVersion"].text();
    const Value *schema = schemaOf(kind, call.path.version);
    if (const auto wrong = untyped(call, configuration, schema))
        return tl::unexpected(*wrong);
    if (const auto wrong = undecodableConfiguration(call, configuration))
        return tl::unexpected(*wrong);
    if (const auto good = checkPlace(call, configuration); !good)
        return tl::unexpected(good.error());
    if (call.path.subresource.empty() && kind.hasStatusIn(call.path.version))
        configuration.erase("status");
    if (!current && !version.empty()) // which nobody looks at then
        configuration.child("metadata").erase("resourceVersion");
    const Value live = current ? inVersion(kind, call.path.version, *current) : Value();
    auto object =
        applyConfiguration(live, kind.isBuiltIn ? withoutNulls(configuration, schema) : configuration, schema,
                           writingOf(call), call.query.isTrue("force"));
    if (!object)
        return tl::unexpected(object.error());
    if (const auto wrong = brokenVersion(version))
        return tl::unexpected(*wrong);
    if (current && !version.empty() && version != (*current)["metadata"]["resourceVersion"].text())
        return tl::unexpected(modifiedMeanwhile(kind, call.path.name));
    return store(call, std::move(*object), current, true);
}

} // namespace demo
