// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/compile_base.h"

#include "edge/config/mapping_groups.h"
#include "edge/config/module_faults.h"
#include "edge/config/services.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr const char *FallbackSecret = "fallback-self-signed-cert";

} // namespace

CompileBase::CompileBase(std::span<const PlacedObject> objects, const CompileOptions &given,
                         const Rules &generation)
    : options(given)
    , rules(generation)
    , input(readInput(objects, options, rules))
    , resources(readResources(input, options, rules))
    , secrets(resources, input, options, rules)
    , hosts(activeHosts(resources, secrets, rules))
{
    addFallbackContext();
    tls = std::make_unique<ContextTable>(resources, secrets, options, rules);
    for (const ActiveHost &host : hosts)
        hostResources.push_back(&host.host);
    addProbes();
    if (options.edgeStack && !rules.listenerResources)
        addEdgeStack();
}

MappingRead CompileBase::read(const SourceObject &source, std::string name) const
{
    MappingRead result;
    result.name = std::move(name);
    ReaderContext context{resources.module, resources.resolvers, options, rules, result.diagnostics};
    if (resources.rateLimitServices.size() == 1)
        context.rateLimitDomain = limitedDomain(*resources.rateLimitServices.front().spec, resources.module);
    context.hasAuth = options.edgeStack || !resources.authServices.empty();
    context.isSchemeTold = rules.listenerResources
        && std::any_of(resources.listeners.begin(), resources.listeners.end(), [](const auto &listener) {
                               return (*listener.spec)["securityModel"].text() == "XFP";
                           });
    SourceObject named = source;
    named.name = result.name;
    result.mapping = readMapping(named, context);
    if (!result.mapping)
        return result;
    std::vector<Diagnostic> none;
    result.group = groupId(*result.mapping, {rules, hostResources, none});
    return result;
}

// A certificate of last resort, for when no Host is there (1.x: Edge Stack only, and no TLSContext that ends
// TLS either).
void CompileBase::addFallbackContext()
{
    if (!hosts.empty() || (!rules.listenerResources && !options.edgeStack))
        return;
    const auto ends = [](const TlsContextResource &context) { return !context.hosts.empty(); };
    if (!rules.listenerResources
        && std::any_of(resources.tlsContexts.begin(), resources.tlsContexts.end(), ends))
        return;
    const std::string key = secrets.find(FallbackSecret, options.ambassadorNamespace);
    if (key.empty())
        return;
    TlsContextResource context;
    context.context.name = "fallback-self-signed-context";
    context.context.source = {"Secret", FallbackSecret, options.ambassadorNamespace};
    context.hostSecret = key;
    resources.tlsContexts.push_back(std::move(context));
}

// One of the edge's own Mappings that cannot be used is the Module's fault: it has named their resolver, or the probe's
// service.
void CompileBase::complainOfOwn(const MappingRead &read, const std::string &probe, const Value &spec)
{
    constexpr std::size_t Spec = 4; // letters, of paths
    for (const Diagnostic &said : read.diagnostics) {
        const bool isToldAlready = said.path == "spec.resolver" || said.path == "spec.circuit_breakers";
        if (!said.dropped || isToldAlready)
            continue;
        const bool isOfProbe =
            !probe.empty() && !resources.module[probe][said.path.substr(Spec + 1)].isNull();
        resources.diagnostics.push_back(
            {said.severity, resources.module.ref,
             isOfProbe ? "spec.config." + probe + said.path.substr(Spec) : "spec.config.resolver",
             "the edge's own Mapping " + spec["prefix"].text() + " is not used: " + said.message, false});
    }
}

void CompileBase::addOwn(const std::string &name, Value spec, const std::string &probe)
{
    input.owned.push_back(std::move(spec));
    SourceObject object;
    object.key = name;
    object.kind = "Mapping";
    object.name = name;
    object.ref = {"Mapping", name, options.ambassadorNamespace};
    object.spec = &input.owned.back();
    MappingRead result = read(object, name);
    if (!result.mapping) {
        complainOfOwn(result, probe, *object.spec);
        return;
    }
    result.mapping->own = true;
    own.push_back(std::move(result));
}

// The edge's own answers to probes.  They take part in the order as Mappings do.
void CompileBase::addProbes()
{
    static constexpr std::array<std::array<const char *, 3>, 3> probes{
        {{"readiness_probe", "internal_readiness_probe_mapping", "/ambassador/v0/check_ready"},
         {"liveness_probe", "internal_liveness_probe_mapping", "/ambassador/v0/check_alive"},
         {"diagnostics", "internal_diagnostics_probe_mapping", "/ambassador/v0/"}}};
    for (const auto &[field, name, prefix] : probes) {
        const Value &given = resources.module[field];
        if (!hasProbe(resources.module.config, field))
            continue;
        const auto text = [&](const char *key, const std::string &fallback) {
            return given[key].text().empty() ? fallback : given[key].text();
        };
        Value spec = Value::object();
        spec.set("prefix", text("prefix", prefix));
        spec.set("rewrite", text("rewrite", prefix));
        spec.set("service", text("service", "127.0.0.1:8877"));
        spec.set("timeout_ms", 10'000);
        if (rules.hostnames)
            spec.set("hostname", "*");
        addOwn(name, std::move(spec), field);
    }
}

void CompileBase::addEdgeStack()
{
    const auto add = [this](const char *name, const char *prefix, bool regex, int precedence,
                            const char *rewrite) {
        Value spec = Value::object();
        spec.set("prefix", prefix);
        if (regex)
            spec.set("prefix_regex", true);
        spec.set("precedence", precedence);
        spec.set("rewrite", rewrite);
        spec.set("service", "127.0.0.1:8500");
        spec.set("timeout_ms", 60'000);
        spec.set("add_response_headers", Value::object({{"x-content-type-options", "nosniff"}}));
        addOwn(name, std::move(spec), {});
    };
    add("edgestack-direct-mapping", "/edge_stack/", false, 1'000'000, "/edge_stack_ui/edge_stack/");
    add("edgestack-fallback-mapping", "^/$", true, -1'000'000, "/edge_stack_ui/");
}

} // namespace edge
