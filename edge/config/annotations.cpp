// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/annotations.h"

#include "edge/config/objects.h"
#include "edge/text.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

// What the edge has types for: of v3alpha1 all, of v2 all but the last, of v1 all but the last two.
constexpr std::array<std::string_view, 14> typedKinds{"AuthService",
                                                      "ConsulResolver",
                                                      "DevPortal",
                                                      "KubernetesEndpointResolver",
                                                      "KubernetesServiceResolver",
                                                      "LogService",
                                                      "Mapping",
                                                      "Module",
                                                      "RateLimitService",
                                                      "TCPMapping",
                                                      "TLSContext",
                                                      "TracingService",
                                                      "Host",
                                                      "Listener"};

const Value &namesOf(const Value &document)
{
    return document["metadata"].isObject() ? document["metadata"] : document;
}

std::string whyUnusable(const Value &object, const std::string &field)
{
    const Value &text = object[field];
    if (text.isNull() || (text.isString() && text.text().empty()))
        return "has no " + field;
    return text.isString() ? "" : "has " + field + " " + toJson(text) + ", which is not a text";
}

Value annotatedObject(const Value &document, const ResourceRef &ref)
{
    Value metadata = Value::object({{"name", ref.name}, {"namespace", ref.nameSpace}});
    const Value &labels =
        document["metadata"].isObject() ? document.at({"metadata", "labels"}) : document["metadata_labels"];
    if (labels.isObject())
        metadata.set("labels", labels);
    return Value::object({{"apiVersion", annotatedVersion(document)},
                          {"kind", ref.kind},
                          {"metadata", std::move(metadata)},
                          {"spec", annotatedSpec(document)}});
}

} // namespace

const Value &annotationValue(const Value &holder)
{
    return holder.at({"metadata", "annotations", "getambassador.io/config"});
}

const std::string &annotationOf(const Value &holder)
{
    static const std::string none;
    const Value &value = annotationValue(holder);
    return value.isString() ? value.text() : none;
}

ResourceRef annotatedRef(const Value &document, const Value &holder)
{
    const Value &names = namesOf(document);
    return {document["kind"].text(), names["name"].text(),
            names["namespace"].isString() ? names["namespace"].text() : objectNamespace(holder)};
}

Value annotatedSpec(const Value &document)
{
    if (document["metadata"].isObject())
        return document["spec"];
    Value spec = Value::object();
    for (const auto &[name, value] : document.members()) {
        if (name != "apiVersion" && name != "kind" && name != "name" && name != "namespace"
            && name != "generation" && name != "metadata_labels")
            spec.set(name, value);
    }
    return spec;
}

std::string annotatedVersion(const Value &document)
{
    constexpr std::string_view Old = "ambassador/";
    const std::string &version = document["apiVersion"].text();
    return version.rfind(Old, 0) == 0 ? "getambassador.io/" + version.substr(Old.size()) : version;
}

std::string whyNoneIsRead(const std::vector<Value> &documents, bool isAdmitted)
{
    int number = 0;
    for (const Value &document : documents) {
        const std::string which = "document " + std::to_string(++number);
        if (!document.isObject())
            return which + " is " + toJson(document) + ", not an object";
        const Value &version = document["apiVersion"];
        if (!isAdmitted && !version.isNull() && !version.isString())
            return which + " has apiVersion " + toJson(version) + ", which is not a text";
        if (!isAdmitted)
            continue;
        if (std::count(version.text().begin(), version.text().end(), '/') > 1)
            return which + " has apiVersion " + version.text() + ", which is no GROUP/VERSION";
        if (const std::string why = whyUnusable(document, "kind"); !why.empty())
            return which + " " + why;
    }
    return {};
}

std::string whyNoType(const std::string &kind, const std::string &version, bool isAdmitted,
                      const Rules &rules)
{
    if (!isAdmitted)
        return {};
    const bool isOld = version == "v1" && rules.annotationsOfV1;
    const std::size_t count = version == "v3alpha1" ? typedKinds.size()
        : version == "v2"                           ? typedKinds.size() - 1
        : isOld                                     ? typedKinds.size() - 2
                                                    : 0;
    if (std::find(typedKinds.begin(), typedKinds.begin() + std::ptrdiff_t(count), kind)
        != typedKinds.begin() + std::ptrdiff_t(count))
        return {};
    const std::string taken = takenKind(kind, false);
    return "the edge knows no " + kind + " of apiVersion getambassador.io/" + version + " in an annotation"
        + (taken != kind ? "; write " + taken
               : std::find(typedKinds.begin(), typedKinds.end(), kind) != typedKinds.end()
               ? "; write getambassador.io/v3alpha1"
               : "");
}

std::string takenKind(const std::string &kind, bool isAdmitted)
{
    const auto found = std::find_if(typedKinds.begin(), typedKinds.end(), [&](std::string_view one) {
        return lowered(std::string(one)) == lowered(kind);
    });
    return isAdmitted || found == typedKinds.end() ? kind : std::string(*found);
}

std::string whyNameless(const Value &document)
{
    const std::string why = whyUnusable(document, "kind");
    return why.empty() ? whyUnusable(namesOf(document), "name") : why;
}

std::vector<Value> annotatedObjects(const Value &holder)
{
    std::vector<Value> objects;
    std::vector<ResourceRef> refs;
    const std::string &text = annotationOf(holder);
    const auto documents = text.empty() ? Result<std::vector<Value>>() : parseYaml(text);
    for (const Value &document : documents ? *documents : std::vector<Value>()) {
        ResourceRef ref = annotatedRef(document, holder);
        if (ref.kind.empty() || ref.name.empty())
            continue;
        const auto before = std::find(refs.begin(), refs.end(), ref);
        if (before != refs.end()) {
            objects[std::size_t(before - refs.begin())] = annotatedObject(document, ref);
            continue;
        }
        objects.push_back(annotatedObject(document, ref));
        refs.push_back(std::move(ref));
    }
    return objects;
}

} // namespace edge
