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
#include "edge/config/module_keys.h"
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

std::vector<std::string> lettersOf(const std::string &text)
{
    std::vector<std::string> letters;
    for (const char byte : text) {
        const bool goesOn = (static_cast<unsigned char>(byte) & 0xC0) == 0x80; // of UTF-8
        if (goesOn && !letters.empty())
            letters.back() += byte;
        else
            letters.emplace_back(1, byte);
    }
    return letters;
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
    void readModule(const SourceObject &object);
    void readAuthentication(const SourceObject &object);
    void checkSettings(const ResourceRef &ref);
    bool checkBuffer(const ResourceRef &ref);
    void readModuleCors(const ResourceRef &ref);
    void checkAddresses(const ResourceRef &ref);
    void checkRetries(const ResourceRef &ref);
    void checkClientCertificates(const ResourceRef &ref);
    void checkHeaderCase(const ResourceRef &ref);
    void checkLogFormat(const ResourceRef &ref);
    void tellIgnoredKeys(const ResourceRef &ref);
    void tellLimits(const SourceObject &object);
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
            readModule(object);
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

void ResourceReader::readModule(const SourceObject &object)
{
    ModuleResource &module = m_resources.module;
    module.ref = object.ref;
    module.present = true;
    module.config = withNumbers((*object.spec)["config"]);
    for (const KeyRemark &remark : fatalModuleValues(module.config, m_rules))
        report(object.ref, "spec.config." + remark.path, remark.message, false);
    const std::size_t said = m_resources.diagnostics.size();
    const Value &namespacing = module.config.at({"defaults", "tls_secret_namespacing"});
    module.secretNamespacing = namespacing.toBool(true);
    module.watcherNamespacing =
        namespacing.toBool(false); // absent: the watcher's zero value, unlike the compiler's
    checkClientCertificates(object.ref);
    checkSettings(object.ref);
    module.isWrong = m_resources.diagnostics.size() > said;
    if (module.isWrong && module["keepalive"].isObject())
        m_resources.diagnostics.push_back(
            {Diagnostic::Severity::Notice, object.ref, "spec.config.keepalive",
             "keepalive counts for nobody until what else is said of this Module is "
             "put right",
             false});
    checkHeaderCase(object.ref);
    tellLimits(object);
    tellIgnoredKeys(object.ref);
}

// As the edge reads them, one after another; the first that it cannot use is often the last that it looks at.
void ResourceReader::checkSettings(const ResourceRef &ref)
{
    ModuleResource &module = m_resources.module;
    if (!checkBuffer(ref))
        return;
    checkRetries(ref);
    if (module["cors"].isObject())
        readModuleCors(ref);
    checkAddresses(ref);
    if (const Value &balancer = module["load_balancer"]; !balancer.isNull() && !soundLoadBalancer(balancer))
        report(ref, "spec.config.load_balancer",
               "load_balancer " + toJson(balancer)
                   + " is not valid: round_robin and least_request stand alone, ring_hash and maglev need "
                     "one of "
                     "cookie, header, source_ip",
               false);
    if (const Value &breakers = module["circuit_breakers"];
        !breakers.isNull() && !soundCircuitBreakers(breakers))
        report(ref, "spec.config.circuit_breakers",
               "circuit_breakers " + toJson(breakers)
                   + " are not valid; every Mapping without circuit_breakers of its own is not used",
               false);
    checkLogFormat(ref);
}

// Without a size nothing after it is read.
bool ResourceReader::checkBuffer(const ResourceRef &ref)
{
    ModuleResource &module = m_resources.module;
    if (!module["buffer"].isObject() || !module["buffer"]["max_request_bytes"].isNull())
        return true;
    std::string unread;
    for (const char *key : {"cors", "retry_policy", "ip_allow", "ip_deny"}) {
        if (module.config.erase(key))
            unread += (unread.empty() ? " and " : ", ") + std::string(key);
    }
    module.config.erase("buffer");
    report(ref, "spec.config.buffer",
           "buffer needs max_request_bytes; without it buffer" + unread + (unread.empty() ? " is" : " are")
               + " not used",
           false);
    return false;
}

// A Module is converted by nothing: since 2.1 the edge takes the letters of a text for the items of a list.
void ResourceReader::readModuleCors(const ResourceRef &ref)
{
    ModuleResource &module = m_resources.module;
    module.cors = readCors(module["cors"], true);
    const Value &origins = module["cors"]["origins"];
    if (!origins.isString() || m_options.compat <= Compat::V2_0)
        return;
    module.cors->origins = lettersOf(origins.text());
    m_resources.diagnostics.push_back(
        {Diagnostic::Severity::Notice, ref, "spec.config.cors.origins",
         "origins is a text, of which the edge takes each letter for an origin: no page of another origin is "
         "let in; write a list, ["
             + origins.text() + "]",
         false});
}

void ResourceReader::checkAddresses(const ResourceRef &ref)
{
    ModuleResource &module = m_resources.module;
    const bool both = module.config.find("ip_allow") && module.config.find("ip_deny");
    bool isAllowWrong = false;
    for (const std::string field : {"ip_allow", "ip_deny"}) {
        if (!module.config.find(field))
            continue;
        const std::string path = "spec.config." + field;
        if (field == "ip_deny" && both && module.config.find("ip_allow")) {
            report(ref, path, "ip_allow and ip_deny are both given; ip_deny is not used", false);
            continue;
        }
        if (field == "ip_deny" && isAllowWrong)
            report(ref, path, "ip_deny comes after an ip_allow that is wrong" + std::string(EdgeFails),
                   false);
        AddressList list = readAddressList(field, module[field]);
        isAllowWrong = !list.errors.empty();
        for (const std::string &error : list.errors)
            report(ref, path, error, false);
        if (list.entries.items().empty())
            module.config.erase(field);
        else
            module.config.set(field, std::move(list.entries));
    }
}

// The policy is given to Envoy all the same, which retries nothing for a word that it does not know; but what the edge would
// look at after it, it does not look at.
void ResourceReader::checkRetries(const ResourceRef &ref)
{
    ModuleResource &module = m_resources.module;
    const Value &retry = module["retry_policy"];
    if (!retry.isObject())
        return;
    module.retryPolicy = readRetryPolicy(retry);
    if (isKnownRetry(*module.retryPolicy))
        return;
    const bool hasAddresses = module["ip_allow"].isArray() || module["ip_deny"].isArray();
    report(ref, "spec.config.retry_policy",
           "retry_on '" + retry["retry_on"].text() + "' is not known; nothing is retried"
               + (hasAddresses ? ", and ip_allow and ip_deny are not looked at" : ""),
           false);
    if (retry.members().empty())
        module.retryPolicy.reset();
    module.config.erase("ip_allow");
    module.config.erase("ip_deny");
}

// A log format that does not fit its type is not used at all.
void ResourceReader::checkLogFormat(const ResourceRef &ref)
{
    ModuleResource &module = m_resources.module;
    const std::string type = module["envoy_log_type"].isNull() ? "text" : module["envoy_log_type"].text();
    const Value &format = module["envoy_log_format"];
    const bool known =
        type == "text" || type == "json" || (type == "typed_json" && m_options.compat == Compat::V4);
    if (!known) {
        report(ref, "spec.config.envoy_log_type",
               "envoy_log_type '" + type + "' is none of text, json"
                   + (m_options.compat == Compat::V4 ? ", typed_json" : ""),
               false);
    } else if (!format.isNull() && (type == "text" ? !format.isString() : !format.isObject())) {
        report(ref, "spec.config.envoy_log_format",
               "envoy_log_type " + type + " needs " + (type == "text" ? "a text" : "an object")
                   + " in envoy_log_format; " + toJson(format) + " is not used",
               false);
        module.config.erase("envoy_log_format");
    }
}

void ResourceReader::tellLimits(const SourceObject &object)
{
    if (object.kind == "LogService") // of which one is used at most: services.cpp
        return;
    for (FieldRemark &value : refusedFields(object.kind, *object.spec, m_options.compat))
        report(object.ref, std::move(value.path), std::move(value.message), false);
    for (FieldRemark &value : unansweredFields(object.kind, *object.spec))
        m_resources.diagnostics.push_back({Diagnostic::Severity::Notice, object.ref, std::move(value.path),
                                           std::move(value.message), false});
    if (object.kind == "Module" && !m_resources.module["lua_scripts"].text().empty())
        m_resources.diagnostics.push_back({Diagnostic::Severity::Notice, object.ref,
                                           "spec.config.lua_scripts",
                                           "lua_scripts are not read here: if they have an error of syntax, "
                                           "Envoy refuses the configuration",
                                           false});
}

// Keys of a Module are free form to the API server: a slip of the pen is silent there.
void ResourceReader::tellIgnoredKeys(const ResourceRef &ref)
{
    const bool isLimited = m_options.edgeStack // which brings a RateLimitService of its own
        || std::any_of(m_input.objects.begin(), m_input.objects.end(),
                       [](const SourceObject &object) { return object.kind == "RateLimitService"; });
    const std::vector<KeyRemark> fatal = fatalModuleValues(m_resources.module.config, m_rules);
    for (KeyRemark &key : ignoredModuleKeys(m_resources.module.config, m_options.compat, isLimited)) {
        if (std::any_of(fatal.begin(), fatal.end(),
                        [&](const KeyRemark &one) { return one.path == key.path; }))
            continue; // which is said already
        // Its compiler makes a filter of this one all the same, which its Envoy does not know.
        const bool isMade = key.path == "error_response_overrides"
            && !m_resources.module["error_response_overrides"].items().empty();
        if (isMade)
            key.message =
                "error_response_overrides are gone since Emissary 4; remove them" + std::string(EnvoyRefuses);
        m_resources.diagnostics.push_back(
            {isMade ? Diagnostic::Severity::Error : Diagnostic::Severity::Notice, ref,
             "spec.config." + key.path, std::move(key.message), false});
    }
}

void ResourceReader::checkClientCertificates(const ResourceRef &ref)
{
    static constexpr std::string_view Details =
        " SANITIZE FORWARD_ONLY APPEND_FORWARD SANITIZE_SET ALWAYS_FORWARD_ONLY ";
    static const std::set<std::string> keys{"subject", "cert", "chain", "dns", "uri"};
    const auto outcome = [](Taken taken) {
        return std::string(taken == Taken::ByNeither ? EnvoyRefuses : EdgeCloses);
    };
    const ModuleResource &module = m_resources.module;
    const Value &how = module["forward_client_cert_details"];
    if (const Taken taken = asName(how, Details, 4); taken != Taken::ByBoth || how.isNumber())
        report(ref, "spec.config.forward_client_cert_details",
               toJson(how)
                   + " is none of SANITIZE, FORWARD_ONLY, APPEND_FORWARD, SANITIZE_SET, ALWAYS_FORWARD_ONLY"
                   + (taken == Taken::ByBoth ? " to the edge's compiler, which hands it on" : outcome(taken)),
               false);
    for (const auto &[key, value] : module["set_current_client_cert_details"].members()) {
        const Taken taken = keys.count(key) > 0 ? asTruth(value) : Taken::ByNeither;
        if (taken == Taken::ByBoth)
            continue;
        report(ref, "spec.config.set_current_client_cert_details." + key,
               key + " is not one of subject, cert, chain, dns, uri with true or false" + outcome(taken),
               false);
        break;
    }
}

void ResourceReader::checkHeaderCase(const ResourceRef &ref)
{
    const ModuleResource &module = m_resources.module;
    if (const Value *overrides = module.config.find("header_case_overrides");
        overrides && !overrides->isArray())
        report(ref, "spec.config.header_case_overrides", "header_case_overrides must be a list", false);
    else if (overrides)
        report(ref, "spec.config.header_case_overrides",
               "Envoy refuses the configuration that header_case_overrides makes; remove it", false);
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
    tellLimits(object);
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
