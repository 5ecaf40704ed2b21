// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/corpus/config_comparison.h"

#include "edge/config/envoy_limits.h"
#include "tests/corpus/error_facts.h"
#include "tests/corpus/forms.h"

#include <algorithm>

using edge::Value;

namespace {

Value plainGroup(const Value &given)
{
    Value form =
        Value::object({{"id", given["group_id"]},
                       {"order", given["group_weight"].isNull() ? given["weight"] : given["group_weight"]}});
    const std::string &name = given["name"].text();
    form.set("name", name.rfind("GROUP: ", 0) == 0 ? name.substr(7) : name);
    if (given["mappings"].isNull())
        return form;
    for (const char *list : {"headers", "query_parameters"}) {
        for (const Value &match : given[list].items())
            form.child(list).push(match["name"].text()
                                  + (match["value"].isNull()       ? " present"
                                         : match["regex"].toBool() ? " ~ "
                                                                   : " = ")
                                  + match["value"].text());
    }
    for (const char *field : {"prefix", "port", "host_redirect", "shadows"})
        form.set(field, given[field]);
    for (const Value &mapping : given["mappings"].items()) {
        Value one = Value::object({{"name", mapping["name"]},
                                   {"namespace", mapping["namespace"]},
                                   {"service", mapping["service"]},
                                   {"weight", mapping["weight"]},
                                   {"share", mapping["_weight"]}});
        one.set("cluster", mapping["envoy_cluster"]);
        form.child("mappings").push(std::move(one));
    }
    return form;
}

// Envoy itself answers probes there; the core does not.
bool isReadyListener(const Value &listener)
{
    return listener["listener"].text().find("-ready-") != std::string::npos;
}

void compareGroups(const Value &expected, const edge::Config &config, Differences &differences)
{
    Value wanted = Value::array();
    for (const Value &group : expected["groups"].items())
        wanted.push(plainGroup(group));
    Value ours = Value::array();
    for (const edge::GroupInfo &group : config.groups) {
        Value form = groupForm(group);
        const Value &like = expected["groups"].items().size() > ours.items().size()
            ? expected["groups"].items()[ours.items().size()]["mappings"]
            : Value();
        for (std::size_t i = 0; i < like.items().size() && i < form["mappings"].items().size(); ++i) {
            if (like.items()[i]["envoy_cluster"]
                    .isNull()) // not told where the service is an error; the routes tell it
                form.child("mappings").mutableItems()[i].erase("cluster");
        }
        if (!expected["groups"].items().empty()
            && expected["groups"].items().front()["mappings"].isNull()) // only ids and order are known
            form = Value::object({{"id", form["id"]}, {"order", form["order"]}, {"name", form["name"]}});
        ours.push(std::move(form));
    }
    compareValues(wanted, ours, "groups", differences);
}

// "/SECRETS/NAMESPACE/secrets-decoded/NAME/crt" → without the namespace
Value withoutNamespaces(const Value &value)
{
    static constexpr std::string_view folder = "/secrets-decoded/";
    if (value.isString()) {
        const std::size_t at = value.text().find(folder);
        return at == std::string::npos || value.text().rfind("/SECRETS", 0) != 0
            ? value
            : Value("/SECRETS" + value.text().substr(at));
    }
    Value changed = value;
    if (changed.isArray()) {
        for (Value &item : changed.mutableItems())
            item = withoutNamespaces(item);
    }
    for (const auto &[name, member] : value.members())
        changed.set(name, withoutNamespaces(member));
    return changed;
}

Value withoutNames(Value listeners)
{
    for (Value &listener : listeners.mutableItems()) {
        listener.erase("listener");
        for (Value &chain : listener.child("chains").mutableItems()) {
            chain.set("tls", withoutNamespaces(chain["tls"]));
            if (chain["http"].isObject())
                chain.child("http").erase("stat_prefix");
        }
    }
    return listeners;
}

// "SERVICE.NAMESPACE.N" stands for the Nth document of a Service's annotation, "NAME.NAMESPACE.1" for an
// object of its own.
std::string objectOf(const std::string &key, const Value::Array &resources)
{
    const std::size_t dot = key.rfind('.');
    if (dot == std::string::npos || dot + 1 == key.size()
        || key.find_first_not_of("0123456789", dot + 1) != std::string::npos)
        return {};
    const std::string name = key.substr(0, dot);
    for (const Value &resource : resources) {
        const Value &metadata = resource["metadata"];
        const std::string nameSpace =
            metadata["namespace"].isString() ? metadata["namespace"].text() : "default";
        const Value &annotation = metadata["annotations"]["getambassador.io/config"];
        if (!annotation.isString() || metadata["name"].text() + "." + nameSpace != name)
            continue;
        const auto documents = edge::parseYaml(annotation.text(), {}, edge::DuplicateKeys::LastWins);
        const std::size_t number = std::size_t(std::atoi(key.c_str() + dot + 1)) - 1;
        if (documents && number < documents->size()) {
            const Value &document = (*documents)[number]; // which may name a namespace of its own
            return document["name"].text() + "."
                + (document["namespace"].isString() ? document["namespace"].text() : nameSpace);
        }
    }
    return name;
}

bool isObject(const std::string &name, const Value::Array &resources)
{
    return std::any_of(resources.begin(), resources.end(), [&](const Value &resource) {
        const Value &metadata = resource["metadata"];
        return metadata["name"].text() == name
            || metadata["annotations"]["getambassador.io/config"].text().find("name: " + name)
            != std::string::npos;
    });
}

bool tells(const edge::Diagnostic &diagnostic, const ErrorFacts &facts)
{
    std::string path = diagnostic.path;
    if (diagnostic.object.kind == "Module" && path.rfind("spec.config.", 0) == 0) // said without that there
        path.erase(5, 7);
    if (diagnostic.object.kind == "Module" && facts.path == "spec.service" && path == "spec.resolver")
        path = facts.path; // of the edge's own Mappings, whose resolver is the Module's
    const bool samePath = facts.path.empty() || path == facts.path || path.rfind(facts.path + ".", 0) == 0;
    const std::string all = diagnostic.path + " " + diagnostic.object.name + " " + diagnostic.message;
    return samePath && std::all_of(facts.words.begin(), facts.words.end(), [&](const std::string &word) {
               return all.find(word) != std::string::npos;
           });
}

// What tells of the pod that compiled, of inner state, or of what is so in every configuration.
bool isAboutNothingGiven(const std::string &text)
{
    static constexpr std::string_view openings[] = {"Pod labels are not mounted",
                                                    "No TLS termination and no fallback"};
    return std::any_of(std::begin(openings), std::end(openings),
                       [&](std::string_view opening) { return text.rfind(opening, 0) == 0; })
        || text.find(" contains unsaved TLSContext ") != std::string::npos
        || text.find(": unvalidated circuit breaker ") != std::string::npos;
}

bool areNamed(const std::vector<std::string> &words, const Value::Array &resources)
{
    std::string given;
    for (const Value &resource : resources)
        given += edge::toJson(resource);
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string &word) { return given.find(word) != std::string::npos; });
}

// Each object that Emissary has something against, we have the same against: about the same field, with the same
// names and values.  What it posts under no object's name ("-global-", a cluster's) may be said of any.
void compareErrors(const Value &errors, const Value::Array &resources, const edge::Config &config,
                   Differences &differences, bool notices)
{
    for (const auto &[key, texts] : errors.members()) {
        const std::string name = objectOf(key, resources);
        for (const Value &text : texts.items()) {
            if (isAboutNothingGiven(text.text()))
                continue;
            ErrorFacts facts = factsOf(text.text());
            // 1.x names a header where it means the Mapping (facts ambassador-1.11.md 17)
            if (text.text().rfind("cannot accept ", 0) == 0)
                std::erase_if(facts.words,
                              [&](const std::string &word) { return !isObject(word, resources); });
            if (name.empty() && facts.path == "spec.service" && !areNamed(facts.words, resources))
                continue; // a recording of a unit test posts what its own calls ask for
            std::string ours;
            const bool said = std::any_of(
                config.diagnostics.begin(), config.diagnostics.end(),
                [&](const edge::Diagnostic &diagnostic) {
                    const bool ofThis =
                        name.empty() || diagnostic.object.name + "." + diagnostic.object.nameSpace == name;
                    if ((diagnostic.severity != edge::Diagnostic::Severity::Error && !notices) || !ofThis)
                        return false;
                    ours += " [" + diagnostic.path + ": " + diagnostic.message + "]";
                    return tells(diagnostic, facts);
                });
            if (!said)
                differences.push_back(
                    {"errors." + key,
                     "expected " + text.text() + (ours.empty() ? ", ours is silent" : ", ours says" + ours)});
        }
    }
}

// Is this text, posted under that key, what ours says?  Emissary posts what is wrong between two Mappings under the first one's
// key, we say it of the one that is not used.
bool isTheSame(const edge::Diagnostic &diagnostic, const std::string &name, const std::string &text,
               const Value::Array &resources)
{
    ErrorFacts facts = factsOf(text);
    const bool isOfTwo = text.rfind("cannot accept ", 0) == 0;
    if (isOfTwo) // 1.x names a header where it means the Mapping (facts ambassador-1.11.md 17)
        std::erase_if(facts.words, [&](const std::string &word) { return !isObject(word, resources); });
    const std::string first = name.substr(0, name.find('.'));
    const bool isOfThis = name.empty() || diagnostic.object.name + "." + diagnostic.object.nameSpace == name
        || (isOfTwo && diagnostic.message.find("Mapping " + first) != std::string::npos);
    const bool saysNothing = name.empty() && facts.path.empty() && facts.words.empty();
    return isOfThis && !saysNothing && tells(diagnostic, facts);
}

// Nothing that Emissary does not say, either.  What Envoy would refuse is ours to say: Emissary hands it over.
void compareOurErrors(const Value &expected, const Value::Array &resources, const edge::Config &config,
                      Differences &differences)
{
    for (const edge::Diagnostic &diagnostic : config.diagnostics) {
        const bool isNotice = diagnostic.severity == edge::Diagnostic::Severity::Notice;
        if (isNotice ? diagnostic.path != "apiVersion" || diagnostic.dropped
                     : edge::isRefusedByEnvoy(diagnostic))
            continue;
        bool isExpected = false;
        for (const auto &[key, texts] : expected[isNotice ? "notices" : "errors"].members()) {
            const std::string name = objectOf(key, resources);
            for (const Value &text : texts.items())
                isExpected = isExpected || isTheSame(diagnostic, name, text.text(), resources);
        }
        if (!isExpected)
            differences.push_back({isNotice ? "notices" : "errors",
                                   "none expected, ours says of " + diagnostic.object.kind + " "
                                       + diagnostic.object.name + "." + diagnostic.object.nameSpace + " ["
                                       + diagnostic.path + ": " + diagnostic.message + "]"});
    }
}

} // namespace

edge::CompileOptions optionsOf(const Value &settings)
{
    edge::CompileOptions options;
    options.admitted = !settings.isNull();
    options.ambassadorNamespace = "default";
    if (settings["version"].isString())
        options.compat = edge::compatFromVersion(settings["version"].text());
    if (settings["ambassador_id"].isString())
        options.ambassadorId = settings["ambassador_id"].text();
    if (settings["namespace"].isString())
        options.ambassadorNamespace = settings["namespace"].text();
    options.singleNamespace = settings["single_namespace"].toBool();
    options.edgeStack = settings["edge_stack"].toBool();
    options.allSecretsKnown = settings["secrets"].text() == "invented";
    for (const auto &[name, value] : settings["env"].members())
        options.environment.emplace(name, value.text());
    options.fileExists = [](const std::string &path) {
        return path.find("nonesuch") == std::string::npos;
    }; // as where the answers were recorded
    return options;
}

void compareListeners(const Value &listeners, const edge::Config &config, Differences &differences,
                      bool whole)
{
    Value wanted = Value::array();
    for (const Value &listener : listeners.items()) {
        if (!isReadyListener(listener))
            wanted.push(plainListener(listener));
    }
    Value ours = Value::array();
    for (const edge::Listener &listener : config.listeners)
        ours.push(listenerForm(listener, config));
    if (whole) { // two recordings carry names of other Listeners than their resources; secrets lie in one
                 // folder there
        wanted = withoutNames(std::move(wanted));
        ours = withoutNames(std::move(ours));
    }
    // What the answers do not tell is not compared: chains have no names in 1.x, hosts may come without
    // routes.
    for (std::size_t i = 0; i < ours.items().size() && i < wanted.items().size(); ++i) {
        auto &chains = ours.mutableItems()[i].child("chains").mutableItems();
        for (std::size_t j = 0; j < chains.size() && j < wanted.items()[i]["chains"].items().size(); ++j) {
            const Value &like = wanted.items()[i]["chains"].items()[j];
            if (like["name"].isNull())
                chains[j].erase("name");
            auto &hosts = chains[j].child("virtual_hosts").mutableItems();
            for (std::size_t k = 0; k < hosts.size() && k < like["virtual_hosts"].items().size(); ++k) {
                if (like["virtual_hosts"].items()[k]["routes"].isNull())
                    hosts[k].erase("routes");
            }
        }
    }
    compareValues(wanted, ours, "listeners", differences);
}

void compareClusters(const Value &clusters, const edge::Config &config, Differences &differences, bool whole)
{
    Value wanted = Value::object();
    for (const Value &cluster : clusters.items())
        wanted.set(cluster["name"].text(), plainCluster(cluster));
    Value ours = Value::object();
    for (const auto &[name, cluster] : config.clusters)
        ours.set(name, clusterForm(cluster, config));
    if (whole) {
        wanted = withoutNamespaces(wanted);
        ours = withoutNamespaces(ours);
        for (const auto &[name, cluster] :
             wanted.members()) { // a label of metrics that one recording is too old to have
            if (cluster["alt_stat_name"].isNull() && ours.find(name))
                ours.child(name).erase("alt_stat_name");
        }
    }
    compareValues(wanted, ours, "clusters", differences);
}

void compareConfig(const Value &expected, const Value::Array &resources, const edge::Config &config,
                   Differences &differences)
{
    compareGroups(expected, config, differences);
    if (expected.find("listeners"))
        compareListeners(expected["listeners"], config, differences, false);
    if (expected.find("clusters"))
        compareClusters(expected["clusters"], config, differences, false);
    compareErrors(expected["errors"], resources, config, differences, false);
    compareErrors(expected["notices"], resources, config, differences, true);
    compareOurErrors(expected, resources, config, differences);
}
