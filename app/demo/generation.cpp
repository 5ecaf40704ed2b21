// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/generation.h"

#include "edge/config/conversion.h"

#include <algorithm>
#include <array>

namespace demo {

using edge::Value;

namespace {

constexpr std::string_view AmbassadorGroup = "getambassador.io";

bool isOfGroup(const Value &object, std::string_view group)
{
    const std::string &version = object["apiVersion"].text();
    return version.size() > group.size() && version.starts_with(group) && version[group.size()] == '/';
}

bool isDefinitionOf(const Value &object, std::string_view group)
{
    return object["kind"].text() == "CustomResourceDefinition"
        && object.at({"spec", "group"}).text() == group;
}

// The definition with one more version, which is as the stored one, and stored from now on.
Value withNewestVersion(Value definition, const char *name)
{
    Value versions = Value::array();
    Value newest;
    for (Value version : definition.at({"spec", "versions"}).items()) {
        if (version["storage"].toBool())
            newest = version;
        version.set("storage", false);
        versions.push(std::move(version));
    }
    newest.set("name", name);
    versions.push(std::move(newest));
    definition.child("spec").set("versions", std::move(versions));
    return definition;
}

Value withOnlyVersion(Value definition, std::string_view name)
{
    Value versions = Value::array();
    for (Value version : definition.at({"spec", "versions"}).items()) {
        if (version["name"].text() != name)
            continue;
        version.set("storage", true);
        versions.push(std::move(version));
    }
    definition.child("spec").set("versions", std::move(versions));
    return definition;
}

// v2's host, where none is every host, is hostname in v3alpha1 (facts ambassador-crds.md §1), and since 3.4 its tag_headers
// are custom_tags.
Value asV3alpha1(Value object)
{
    object.set("apiVersion", "getambassador.io/v3alpha1");
    if (object["kind"].text() == "TracingService")
        object.set("spec", edge::convertedSpec("TracingService", object["spec"]));
    if (object["kind"].text() != "Mapping")
        return object;
    Value &spec = object.child("spec");
    if (spec.find("hostname") || spec["host_regex"].toBool())
        return object;
    spec.set("hostname", spec["host"].isString() ? spec["host"] : Value("*"));
    spec.erase("host");
    return object;
}

Value asInEmissary3(Value object)
{
    if (isDefinitionOf(object, AmbassadorGroup))
        return object.at({"spec", "versions"}).items().front()["name"].text() == "v3alpha1"
            ? object
            : withNewestVersion(std::move(object), "v3alpha1");
    if (isDefinitionOf(object, "security.istio.io") || isDefinitionOf(object, "networking.istio.io"))
        return withNewestVersion(std::move(object), "v1");
    return isOfGroup(object, AmbassadorGroup) ? asV3alpha1(std::move(object)) : object;
}

Value asInIstio14(Value object)
{
    if (isDefinitionOf(object, "networking.istio.io"))
        return withOnlyVersion(std::move(object), "v1alpha3");
    if (object["kind"].text() == "CustomResourceDefinition"
        && object.at({"metadata", "name"}).text() == "peerauthentications.security.istio.io")
        return {};
    if (isOfGroup(object, "networking.istio.io"))
        object.set("apiVersion", "networking.istio.io/v1alpha3");
    return object;
}

} // namespace

std::optional<Generation> readGeneration(std::string_view name)
{
    if (name == "1.4")
        return Generation::Istio14;
    if (name == "1.5")
        return Generation::Istio110;
    return name == "3.x" ? std::optional(Generation::Emissary3) : std::nullopt;
}

std::string_view generationFolder(Generation generation)
{
    switch (generation) {
    case Generation::Istio14: return "1.4";
    case Generation::Emissary3: return "3.x";
    case Generation::Istio110: break;
    }
    return "";
}

Value asIn(Generation generation, Value object)
{
    switch (generation) {
    case Generation::Istio14: return asInIstio14(std::move(object));
    case Generation::Emissary3: return asInEmissary3(std::move(object));
    case Generation::Istio110: break;
    }
    return object;
}

std::string whyNotIn(Generation generation, std::string_view incident)
{
    static constexpr std::array<std::string_view, 3> policies{"older-peerauthentication", "root-ns-selector",
                                                              "webhook-in-scope"};
    if (generation != Generation::Istio14)
        return {};
    if (std::find(policies.begin(), policies.end(), incident) != policies.end())
        return "is about PeerAuthentications, which Istio 1.4 does not have";
    return incident == "istiod-down" ? "is about istiod, which Istio 1.4 does not have" : "";
}

} // namespace demo
