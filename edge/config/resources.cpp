// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/resources.h"

#include "edge/config/address_lists.h"
#include "edge/config/effectless_fields.h"
#include "edge/config/envoy_limits.h"
#include "edge/config/ignored_fields.h"
#include "edge/config/json_readers.h"
#include "edge/config/mapping_policies.h"
#include "edge/config/mapping_reader.h"
#include "edge/config/module_faults.h"
#include "edge/config/module_reader.h"
#include "edge/config/numbers.h"
#include "edge/config/odd_hostnames.h"
#include "edge/config/schema.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace edge {

namespace {

const Value &nothing()
{
    static const Value none;
    return none;
}

class ResourceReader
{
public:
    ResourceReader(Input &input, const CompileOptions &options, const Rules &rules)
        : m_input(input)
        , m_options(options)
        , m_rules(rules)
    {
    }

    Resources read();

private:
    void report(const ResourceRef &object, std::string path, std::string message, bool dropped)
    {
        m_resources.diagnostics.push_back(
            {Diagnostic::Severity::Error, object, std::move(path), std::move(message), dropped});
    }
    void readModules();
    void readAuthentication(const SourceObject &object);
    void readTlsModule(const Value &config, const ResourceRef &ref);
    void readResolvers();
    void checkGeneralResolver();
    void readConsulResolver(const SourceObject &object);
    void readOthers(const SourceObject &object);
    void tellBrokenPolicy(const ResourceRef &ref, const Value &spec);
    void readHost(const SourceObject &object);
    TlsContextResource readTlsContext(const Value &spec, const std::string &name,
                                      const ResourceRef &ref) const;

    Input &m_input;
    const CompileOptions &m_options;
    const Rules &m_rules;
    Resources m_resources;
};

Resources ResourceReader::read()
{
    readModules();
    readResolvers();
    const ReaderContext context{m_resources.module, m_resources.resolvers, m_options, m_rules,
                                m_resources.diagnostics};
    for (const SourceObject &object : m_input.objects) {
        if (object.kind == "TCPMapping") {
            if (auto mapping = readTcpMapping(object, context))
                m_resources.tcpMappings.push_back(std::move(*mapping));
        } else {
            readOthers(object);
        }
    }
    checkGeneralResolver();
    return std::move(m_resources);
}

void ResourceReader::readModules()
{
    const SourceObject *tls = nullptr;
    for (const SourceObject &object : m_input.objects) {
        if (object.kind != "Module")
            continue;
        if (!(*object.spec)["config"].isObject())
            report(object.ref, "spec.config", "a Module needs config; this one is not used", true);
        else if (object.name == "ambassador")
            readEdgeModule(object, m_resources, {m_input, m_options, m_rules});
        else if (object.name == "tls")
            tls = &object;
        else if (object.name == "authentication")
            readAuthentication(object);
        else
            m_resources.diagnostics.push_back({Diagnostic::Severity::Notice, object.ref, "metadata.name",
                                               "the edge reads the Modules ambassador, authentication and "
                                               "tls only; this one changes nothing",
                                               false});
    }
    if (const Value &inside = m_resources.module["tls"]; inside.isObject())
        readTlsModule(inside, m_resources.module.ref);
    else if (tls)
        readTlsModule((*tls->spec)["config"], tls->ref);
}

// As AuthServices were written once.  It is taken before all of them.
void ResourceReader::readAuthentication(const SourceObject &object)
{
    const Value &config = (*object.spec)["config"];
    const std::string place = "spec.config.";
    for (const std::string &unknown : unknownFields("AuthService", config)) {
        const std::string field = unknown.substr(std::string_view("spec.").size());
        m_resources.diagnostics.push_back({Diagnostic::Severity::Notice, object.ref, place + field,
                                           field + " is no field of an AuthService and changes nothing",
                                           false});
    }
    m_resources.authServices.insert(m_resources.authServices.begin(), {object.ref, &config, place});
}

// server and client are one context for all hosts (to end TLS in 1.x only), other blocks are contexts to
// originate TLS with.
void ResourceReader::readTlsModule(const Value &config, const ResourceRef &ref)
{
    const Value &server = config["server"];
    for (const auto &[name, block] : config.members()) {
        if (name == "client" || !block.isObject() || (name == "server" && !block["enabled"].toBool(true)))
            continue;
        TlsContextResource context = readTlsContext(block, name, ref);
        context.ofModule = true;
        if (name == "server") {
            if (!m_rules.listenerResources)
                context.hosts = {"*"};
            if (context.secret.empty() && context.context.certFile.empty())
                context.secret = "ambassador-certs";
        }
        m_resources.tlsContexts.push_back(std::move(context));
    }
    const Value &client = config["client"];
    if (!client.isObject() || !server.isObject() || !client["enabled"].toBool(true))
        return;
    for (TlsContextResource &context : m_resources.tlsContexts) {
        if (context.context.name != "server")
            continue;
        context.caSecret = client["secret"].text();
        context.context.caFile = client["cacert_chain_file"].text();
        context.context.certRequired = client["cert_required"].toBool();
    }
}

void ResourceReader::readResolvers()
{
    auto &resolvers = m_resources.resolvers;
    resolvers["kubernetes-service"] = {Resolver::Kind::Service, "kubernetes-service", {}};
    for (const char *name : {"endpoint", "kubernetes-endpoint"})
        resolvers[name] = {Resolver::Kind::Endpoints, name, {}};
    for (const char *name : {"consul", "consul-endpoint"})
        resolvers[name] = {Resolver::Kind::Consul, name, "dc1"};
    for (const SourceObject &object : m_input.objects) {
        if (object.kind == "KubernetesServiceResolver")
            resolvers[object.name] = {Resolver::Kind::Service, object.name, {}};
        else if (object.kind == "KubernetesEndpointResolver")
            resolvers[object.name] = {Resolver::Kind::Endpoints, object.name, {}};
        else if (object.kind == "ConsulResolver")
            readConsulResolver(object);
    }
}

// Of the Module.  Services of the edge's own have none but this, and the compiler fails on one that it does not know.
void ResourceReader::checkGeneralResolver()
{
    const ModuleResource &module = m_resources.module;
    const std::string &name = module["resolver"].text();
    if (name.empty() || m_resources.resolvers.count(name) > 0)
        return;
    for (const auto *services : {&m_resources.authServices, &m_resources.rateLimitServices,
                                 &m_resources.tracingServices, &m_resources.logServices}) {
        if (!services->empty())
            return report(module.ref, "spec.config.resolver",
                          "resolver " + name + " is unknown, and " + services->front().ref.kind + " "
                              + services->front().ref.name + " has no other" + std::string(EdgeFails),
                          false);
    }
    static constexpr std::array<std::string_view, 3> probes{"readiness_probe", "liveness_probe",
                                                            "diagnostics"};
    const bool hasProbes = std::any_of(
        probes.begin(), probes.end(), [&](std::string_view probe) { return hasProbe(module.config, probe); });
    m_resources.diagnostics.push_back({hasProbes ? Diagnostic::Severity::Error : Diagnostic::Severity::Notice,
                                       module.ref, "spec.config.resolver",
                                       "resolver " + name
                                           + " is unknown: " + (hasProbes ? "the edge's own probes and " : "")
                                           + "Mappings without a resolver of their own are not used",
                                       false});
}

void ResourceReader::readConsulResolver(const SourceObject &object)
{
    const std::string &datacenter = (*object.spec)["datacenter"].text();
    if (datacenter.empty()) {
        report(object.ref, "spec.datacenter", "a ConsulResolver needs a datacenter; this one is not used",
               true);
        return;
    }
    m_resources.resolvers[object.name] = {Resolver::Kind::Consul, object.name, datacenter};
    if (!(*object.spec)["address"].text().empty())
        m_resources.diagnostics.push_back({Diagnostic::Severity::Notice, object.ref, "spec.address",
                                           "Consul is not asked here: where its services are is not known",
                                           false});
}

void ResourceReader::readOthers(const SourceObject &object)
{
    const ServiceResource service{object.ref, object.spec};
    if (object.kind != "LogService") // of which one is used at most: services.cpp
        tellLimits(object, m_options.compat, m_resources.diagnostics);
    if (object.kind == "TLSContext" || object.kind == "AuthService")
        tellEffectless(object.ref, {*object.spec, m_rules}, m_resources.diagnostics);
    if (object.kind == "TLSContext") {
        m_resources.tlsContexts.push_back(readTlsContext(*object.spec, object.name, object.ref));
        std::size_t number = 0;
        for (const std::string &name : m_resources.tlsContexts.back().hosts)
            tellOddHostname(object.ref, "spec.hosts[" + std::to_string(number++) + "]", name, Stars::Compared,
                            m_resources.diagnostics);
    } else if (object.kind == "Host")
        readHost(object);
    else if (object.kind == "Listener")
        m_resources.listeners.push_back({object.ref, object.name, object.spec});
    else if (object.kind == "AuthService")
        m_resources.authServices.push_back(service);
    else if (object.kind == "RateLimitService")
        m_resources.rateLimitServices.push_back(service);
    else if (object.kind == "TracingService")
        m_resources.tracingServices.push_back(service);
    else if (object.kind == "LogService")
        m_resources.logServices.push_back(service);
}

TlsContextResource ResourceReader::readTlsContext(const Value &spec, const std::string &name,
                                                  const ResourceRef &ref) const
{
    TlsContextResource result;
    TlsContext &context = result.context;
    context.name = name;
    context.source = ref;
    result.hosts = textsOf(spec["hosts"]);
    result.secret = spec["secret"].text();
    result.caSecret = spec["ca_secret"].text();
    if (m_rules.revocationLists) {
        result.crlSecret = spec["crl_secret"].text();
        context.crlFile = spec["crl_file"].text();
    }
    context.certFile = spec["cert_chain_file"].text();
    context.keyFile = spec["private_key_file"].text();
    context.caFile = spec["cacert_chain_file"].text();
    context.certRequired = spec["cert_required"].toBool();
    result.saysCertRequired = !spec["cert_required"].isNull();
    context.alpnProtocols = spec["alpn_protocols"].text();
    context.minTlsVersion = spec["min_tls_version"].text();
    context.maxTlsVersion = spec["max_tls_version"].text();
    context.sni = spec["sni"].text();
    context.cipherSuites = textsOf(spec["cipher_suites"]);
    context.ecdhCurves = textsOf(spec["ecdh_curves"]);
    if (spec["secret_namespacing"].isBool())
        result.secretNamespacing = spec["secret_namespacing"].toBool();
    result.redirectCleartextFrom = saturated(spec["redirect_cleartext_from"].toInteger());
    return result;
}

// 1.x looks into both without asking what they are: in an annotation they may be anything.
void ResourceReader::tellBrokenPolicy(const ResourceRef &ref, const Value &spec)
{
    if (m_rules.listenerResources)
        return;
    std::string path = "spec";
    const Value *holder = &spec;
    for (const std::string_view name : {"requestPolicy", "insecure"}) {
        const Value *value = holder->find(name);
        path.append(".").append(name);
        if (!value)
            return;
        if (!value->isObject())
            return report(ref, path, toJson(*value) + " is not an object" + std::string(EdgeFails), false);
        holder = value;
    }
}

void ResourceReader::readHost(const SourceObject &object)
{
    const Value &spec = *object.spec;
    HostResource host;
    host.ref = {"Host", object.ref.name, object.ref.nameSpace};
    host.name = object.name;
    host.isOfIngress = sourceOf(object).isMade;
    host.hostname = spec["hostname"].text();
    if (host.hostname.empty() && !m_rules.listenerResources) {
        report(host.ref, "spec.hostname", "there is no hostname" + std::string(EdgeFails), true);
        return;
    }
    if (host.hostname.empty())
        host.hostname = "*";
    host.tlsSecret = spec.at({"tlsSecret", "name"}).text();
    if (m_rules.hostSecretNamespace)
        host.tlsSecretNamespace = spec.at({"tlsSecret", "namespace"}).text();
    host.tlsSecretWritten =
        host.tlsSecret + (host.tlsSecretNamespace.empty() ? "" : "." + host.tlsSecretNamespace);
    if (host.tlsSecretNamespace.empty())
        host.tlsSecretNamespace = host.ref.nameSpace;
    host.tlsContext = spec.at({"tlsContext", "name"}).text();
    if (spec["tls"].isObject() && !spec["tls"].members().empty())
        host.tls = &spec["tls"];
    const Value &insecure = spec.at({"requestPolicy", "insecure"});
    const std::string &action = insecure["action"].text();
    host.insecureAction = action == "Reject"     ? InsecureAction::Reject
        : action.empty() || action == "Redirect" ? InsecureAction::Redirect
                                                 : InsecureAction::Route;
    host.saysInsecure = !action.empty();
    tellBrokenPolicy(host.ref, spec);
    if (insecure["additionalPort"].isNumber())
        host.additionalPort = saturated(insecure["additionalPort"].toInteger());
    host.labels = object.labels;
    const Value &selector = m_rules.newClusterFields && !spec["mappingSelector"].members().empty()
        ? spec["mappingSelector"]
        : spec["selector"];
    static const Value everything = Value::object();
    if (m_rules.listenerResources
        && !selector.members().empty()) // without matchLabels it takes every Mapping
        host.selector = selector["matchLabels"].isObject() ? &selector["matchLabels"] : &everything;
    const std::string &authority = spec.at({"acmeProvider", "authority"}).text();
    host.acme = !authority.empty() && authority != "none";
    host.acmeSecret = spec.at({"acmeProvider", "privateKeySecret", "name"}).text();
    tellIgnoredFields(host, spec, m_options, m_rules, m_resources.diagnostics);
    tellOddHostname(host.ref, "spec.hostname", host.hostname, Stars::AtOneEnd, m_resources.diagnostics);
    m_resources.hosts.push_back(std::move(host));
}

} // namespace

int regexMaxSize(const ModuleResource &module)
{
    constexpr int Usual = 200;
    return saturated(module["regex_max_size"].toInteger(Usual));
}

const Value &ModuleResource::mappingDefault(std::string_view name) const
{
    const Value &defaults = config["defaults"];
    if (const Value *ofMappings = defaults["httpmapping"].find(name))
        return *ofMappings;
    const Value *general = defaults.find(name);
    return general ? *general : nothing();
}

Resources readResources(Input &input, const CompileOptions &options, const Rules &rules)
{
    Resources resources = ResourceReader(input, options, rules).read();
    resources.diagnostics.insert(resources.diagnostics.begin(), input.diagnostics.begin(),
                                 input.diagnostics.end());
    return resources;
}

std::vector<std::string> textsOf(const Value &value)
{
    std::vector<std::string> list;
    if (value.isString())
        list.push_back(value.text());
    for (const Value &item : value.items())
        list.push_back(item.text());
    return list;
}

std::optional<int> integerOf(const Value &value)
{
    return value.isNumber() ? std::optional(saturated(value.toInteger())) : std::nullopt;
}

std::optional<std::int64_t> wholeNumber(const Value &value)
{
    using Limits = std::numeric_limits<std::int64_t>;
    std::string_view text = value.text();
    if (value.isNumber() && text.find_first_of(".eE") != std::string_view::npos) {
        const double whole = std::trunc(value.toDouble());
        return std::abs(whole) < 9e18 ? std::int64_t(whole) : whole < 0 ? Limits::min() : Limits::max();
    }
    if (text.starts_with('+'))
        text.remove_prefix(1);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range)
        return text.starts_with('-') ? Limits::min() : Limits::max();
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

} // namespace edge
