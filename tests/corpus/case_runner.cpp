// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/corpus/case_runner.h"

#include "edge/config/envoy_export.h"
#include "edge/config/host_globs.h"
#include "edge/config/mapping_groups.h"
#include "edge/config/service_name.h"
#include "tests/corpus/config_comparison.h"
#include "tests/corpus/queries.h"

#include <algorithm>
#include <iostream>
#include <set>

using edge::Value;

namespace {

Differences runRoutes(const Value &corpusCase)
{
    Differences differences;
    const edge::Config config =
        edge::compile(corpusCase["resources"].items(), optionsOf(corpusCase["settings"]));
    compareConfig(corpusCase["expected"], corpusCase["resources"].items(), config, differences);
    runQueries(corpusCase, config, differences);
    return differences;
}

// Input of a compilation: whole objects, objects in the old flat form (as in an annotation), or a snapshot.
std::vector<Value> objectsOf(const Value &inputs, Differences &differences)
{
    std::vector<Value> objects;
    for (const Value &input : inputs.items()) {
        const std::string &how = input["how"].text();
        if (how == "watt") {
            const auto snapshot = edge::parseJson(input["text"].text());
            for (const auto &[kind, list] : snapshot ? (*snapshot)["Kubernetes"].members() : Value::Object())
                objects.insert(objects.end(), list.items().begin(), list.items().end());
        } else if (how == "yaml-flat") {
            Value metadata =
                Value::object({{"name", "input"},
                               {"namespace", "default"},
                               {"annotations", Value::object({{"getambassador.io/config", input["text"]}})}});
            objects.push_back(Value::object(
                {{"apiVersion", "v1"}, {"kind", "Service"}, {"metadata", std::move(metadata)}}));
        } else {
            auto documents = edge::parseYaml(input["text"].text(), {}, edge::DuplicateKeys::LastWins);
            if (!documents)
                differences.push_back({"inputs", documents.error().message});
            else
                objects.insert(objects.end(), documents->begin(), documents->end());
        }
    }
    return objects;
}

Value callResult(const Value &call)
{
    const Value &arguments = call["args"];
    const std::string &function = call["fn"].text();
    if (function == "hostglob_matches")
        return edge::hostGlobsMatch(arguments.items()[0].text(), arguments.items()[1].text());
    if (function == "normalize_service_name") {
        edge::ServiceScope scope{arguments["mapping_namespace"].text(),
                                 arguments["ambassador_namespace"].text(),
                                 arguments["resolver_kind"].text().rfind("Kubernetes", 0) == 0,
                                 arguments["use_ambassador_namespace"].toBool(),
                                 {}};
        return edge::qualifiedService(arguments["service"].text(), scope);
    }
    if (function == "selector_matches")
        return edge::labelsMatch(arguments.items()[0]["matchLabels"], &arguments.items()[1]);
    return Value("function " + function + " is not known to this program");
}

Differences runCompiles(const Value &corpusCase)
{
    Differences differences;
    std::size_t number = 0;
    for (const Value &one : corpusCase["compiles"].items()) {
        Differences found;
        const std::vector<Value> objects = objectsOf(one["inputs"], found);
        edge::CompileOptions options = optionsOf(one["settings"]);
        options.admitted = false; // these tests feed the compiler itself
        compareConfig(one["expected"], objects, edge::compile(objects, options), found);
        for (Difference &difference : found)
            differences.push_back(
                {"compiles[" + std::to_string(number) + "]." + difference.path, std::move(difference.text)});
        ++number;
    }
    number = 0;
    for (const Value &call : corpusCase["calls"].items())
        compareValues(call["result"], callResult(call),
                      "calls[" + std::to_string(number++) + "] " + edge::toJson(call["args"]), differences);
    return differences;
}

Differences runTable(const Value &corpusCase)
{
    Differences differences;
    std::size_t number = 0;
    for (const Value &row : corpusCase["cases"].items()) {
        const std::string path = "cases[" + std::to_string(number++) + "] " + row["service"].text();
        if (row["expected"].isObject()) {
            const edge::ServiceScope scope{row["mapping_namespace"].text(),
                                           row["ambassador_namespace"].text(),
                                           true,
                                           row["use_ambassador_namespace"].toBool(),
                                           {}};
            const edge::EndpointName name = edge::endpointName(row["service"].text(), scope);
            compareValues(
                row["expected"],
                Value::object(
                    {{"service", name.service}, {"namespace", name.nameSpace}, {"port", name.port}}),
                path, differences);
            continue;
        }
        const edge::ServiceScope scope{row["namespace"].text(),
                                       row["ambassador_namespace"].text(),
                                       row["resolver_kind"].text().rfind("Kubernetes", 0) == 0,
                                       false,
                                       {}};
        std::string problem;
        const std::string ours = edge::qualifiedService(row["service"].text(), scope, &problem);
        compareValues(row["expected"], problem.empty() ? Value(ours) : Value(), path, differences);
    }
    return differences;
}

// Hosts, Listeners and Mappings as the rendered table of their test: per route scheme, host, path and action.
Value renderedRoute(const edge::Route &route, const edge::VirtualHost &host)
{
    const auto secure =
        std::any_of(route.headers.begin(), route.headers.end(),
                    [](const edge::ValueMatch &match) { return match.name == "x-forwarded-proto"; });
    Value form = Value::object({{"scheme", secure ? "https" : "implicit-http"},
                                {"host", host.domains.front()},
                                {"path", route.path.value},
                                {"authority", ""},
                                {"authorityMatch", ""}});
    form.set("action", route.redirect ? "REDIRECT" : "ROUTE");
    form.set("action_arg", route.redirect ? std::string(" HTTPS") : " " + route.cluster);
    return form;
}

Differences runHostSemantics(const Value &corpusCase)
{
    Differences differences;
    edge::CompileOptions options = optionsOf(Value::object());
    const edge::Config config = edge::compile(corpusCase["resources"].items(), options);
    Value ours = Value::array();
    for (const edge::Listener &listener : config.listeners) {
        Value form = Value::object({{"name", listener.name}, {"port", int(listener.port)}});
        for (const edge::FilterChain &chain : listener.chains) {
            Value hosts = Value::array();
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                Value::Array routes;
                for (const edge::Route &route : host.routes)
                    routes.push_back(renderedRoute(route, host));
                std::sort(routes.begin(), routes.end(), [](const Value &a, const Value &b) {
                    return std::pair(a["path"].text(), b["scheme"].text())
                        < std::pair(b["path"].text(), a["scheme"].text());
                });
                hosts.push(Value::object({{"name", host.name}, {"routes", Value::array(std::move(routes))}}));
            }
            Value names = Value::array();
            for (const std::string &name : chain.serverNames)
                names.push(name);
            form.child("chains").push(Value::object({{"server_names", std::move(names)},
                                                     {"transport_protocol", chain.tls ? "tls" : ""},
                                                     {"vhosts", std::move(hosts)}}));
        }
        ours.push(std::move(form));
    }
    Value wanted = Value::array();
    for (const Value &listener : corpusCase["expected_rendered_listeners"].items()) {
        if (listener["name"].text().find("-ready-") == std::string::npos)
            wanted.push(listener);
    }
    compareValues(wanted, ours, "rendered_listeners", differences);
    return differences;
}

// A whole Envoy configuration, taken apart into the form of the other cases.
Value listenerOfEnvoy(const Value &given)
{
    Value listener =
        Value::object({{"listener", given["name"]}, {"address", given["address"]["socket_address"]}});
    for (const Value &filter : given["listener_filters"].items())
        listener.child("listener_filters").push(filter["name"]);
    for (const Value &chain : given["filter_chains"].items()) {
        Value form = Value::object(
            {{"match", chain["filter_chain_match"]}, {"tls", chain["transport_socket"]["typed_config"]}});
        for (const Value &filter : chain["filters"].items()) {
            Value config = filter["typed_config"];
            if (filter["name"].text().find("tcp_proxy") != std::string::npos) {
                const Value &weighted = config["weighted_clusters"]["clusters"];
                form.child("tcp").set("clusters", weighted);
                continue;
            }
            for (const Value &one : config["http_filters"].items())
                form.child("http_filters").push(one["name"]);
            form.set("virtual_hosts", config["route_config"]["virtual_hosts"]);
            for (const char *field : {"http_filters", "route_config", "access_log", "@type"})
                config.erase(field);
            form.set("http", std::move(config));
        }
        listener.child("chains").push(std::move(form));
    }
    return listener;
}

void compareFilters(const Value &listeners, const edge::Config &config, Differences &differences)
{
    for (const Value &listener : listeners.items()) {
        for (const Value &chain : listener["filter_chains"].items()) {
            const auto &filters = chain["filters"].items();
            const Value manager = filters.empty() ? Value() : filters.front()["typed_config"];
            if (!manager["http_filters"].isArray())
                continue;
            Value ours = Value::array();
            for (const edge::HttpFilter &filter : config.httpFilters)
                ours.push(Value::object({{"name", filter.name}, {"typed_config", filter.config}}));
            compareValues(manager["http_filters"], ours, "http_filters", differences);
            Value logs = manager["access_log"];
            for (Value &log : logs.mutableItems()) { // the older spelling of the same
                Value &file = log.child("typed_config");
                if (!file["format"].isString())
                    continue;
                file.set("log_format",
                         Value::object(
                             {{"text_format_source", Value::object({{"inline_string", file["format"]}})}}));
                file.erase("format");
            }
            compareValues(logs, Value::array(config.accessLogs), "access_log", differences);
        }
    }
}

void collectPaths(const Value &value, std::set<std::string> &paths)
{
    for (const char *field : {"prefix", "path", "regex"}) {
        if (value[field].isString())
            paths.insert(value[field].text());
    }
    for (const auto &[name, member] : value.members())
        collectPaths(member, paths);
    for (const Value &item : value.items())
        collectPaths(item, paths);
}

// A recording is of one run of a test, and one run was without one of the services that its resources hold: neither a
// path nor a cluster of it is there.  Its annotation is taken out of the input as a whole, and said.
std::vector<Value> recordedResources(const Value &corpusCase)
{
    std::set<std::string> paths;
    collectPaths(corpusCase["expected_envoy"], paths);
    const std::string recording = edge::toJson(corpusCase["expected_envoy"]);
    std::vector<Value> resources = corpusCase["resources"].items();
    for (Value &resource : resources) {
        const Value annotation = resource["metadata"]["annotations"]["getambassador.io/config"];
        if (resource["kind"].text() != "Service" || !annotation.isString()
            || recording.find(resource["metadata"]["name"].text()) != std::string::npos)
            continue;
        const auto documents = edge::parseYaml(annotation.text()).value();
        const auto isUnknown = [&](const Value &document) {
            return document["kind"].text() == "Mapping" && paths.count(document["prefix"].text()) == 0;
        };
        if (documents.empty() || !std::all_of(documents.begin(), documents.end(), isUnknown))
            continue;
        std::cout << corpusCase["name"].text() << ": note: the recording knows nothing of Service "
                  << resource["metadata"]["name"].text() << " and its " << documents.size() << " Mappings\n";
        resource.child("metadata").erase("annotations");
    }
    return resources;
}

Differences runEnvoy(const Value &corpusCase)
{
    Differences differences;
    edge::CompileOptions options = optionsOf(corpusCase["settings"]);
    options.admitted = false; // these tests, too, feed the compiler itself
    const edge::Config config = edge::compile(recordedResources(corpusCase), options);
    const Value &resources = corpusCase["expected_envoy"]["static_resources"];
    Value listeners = Value::array();
    for (const Value &listener : resources["listeners"].items())
        listeners.push(listenerOfEnvoy(listener));
    compareListeners(listeners, config, differences, true);
    compareClusters(resources["clusters"], config, differences, true);
    compareFilters(resources["listeners"], config, differences);
    return differences;
}

} // namespace

Differences runCase(const Value &corpusCase)
{
    const std::string &kind = corpusCase["kind"].text();
    if (kind == "routes")
        return runRoutes(corpusCase);
    if (kind == "compiles")
        return runCompiles(corpusCase);
    if (kind == "table")
        return runTable(corpusCase);
    if (kind == "hostsem")
        return runHostSemantics(corpusCase);
    if (kind == "envoy")
        return runEnvoy(corpusCase);
    return {{"kind", "'" + kind + "' is not a kind of case that this program knows"}};
}

std::vector<Value> envoyTasks(const Value &corpusCase)
{
    std::vector<Value> tasks;
    const auto add = [&](const edge::Config &config, const Value &queries) {
        edge::EnvoyExportOptions options;
        options.secretsFolder = "@SECRETS@";
        tasks.push_back(Value::object({{"bootstrap", edge::envoyBootstrap(config, options)},
                                       {"queries", answeredQueries(queries, config)}}));
    };
    const std::string &kind = corpusCase["kind"].text();
    const edge::CompileOptions options = optionsOf(corpusCase["settings"]);
    if (kind == "routes" || kind == "hostsem" || kind == "envoy")
        add(edge::compile(corpusCase["resources"].items(), options), corpusCase);
    for (const Value &one : corpusCase["compiles"].items()) {
        Differences ignored;
        edge::CompileOptions bare = optionsOf(one["settings"]);
        bare.admitted = false;
        add(edge::compile(objectsOf(one["inputs"], ignored), bare), {});
    }
    return tasks;
}
