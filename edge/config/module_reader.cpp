// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/module_reader.h"

#include "edge/config/address_lists.h"
#include "edge/config/envoy_limits.h"
#include "edge/config/json_readers.h"
#include "edge/config/mapping_policies.h"
#include "edge/config/module_faults.h"
#include "edge/config/module_keys.h"
#include "edge/config/said.h"

#include <algorithm>
#include <array>
#include <set>

namespace edge {

namespace {

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

class ModuleReader
{
public:
    ModuleReader(Resources &resources, const ModuleSurroundings &around)
        : m_input(around.input)
        , m_options(around.options)
        , m_rules(around.rules)
        , m_resources(resources)
    {
    }

    void read(const SourceObject &object);

private:
    void report(const ResourceRef &object, std::string path, std::string message, bool dropped)
    {
        m_resources.diagnostics.push_back(
            {Diagnostic::Severity::Error, object, std::move(path), std::move(message), dropped});
    }
    void checkSettings(const ResourceRef &ref);
    bool checkBuffer(const ResourceRef &ref);
    void readModuleCors(const ResourceRef &ref);
    void checkAddresses(const ResourceRef &ref);
    void checkRetries(const ResourceRef &ref);
    void checkClientCertificates(const ResourceRef &ref);
    void checkHeaderCase(const ResourceRef &ref);
    void checkLogFormat(const ResourceRef &ref);
    void tellIgnoredKeys(const ResourceRef &ref);

    const Input &m_input;
    const CompileOptions &m_options;
    const Rules &m_rules;
    Resources &m_resources;
};

void ModuleReader::read(const SourceObject &object)
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
    tellLimits(object, m_options.compat, m_resources.diagnostics);
    if (!module["lua_scripts"].text().empty())
        m_resources.diagnostics.push_back({Diagnostic::Severity::Notice, object.ref,
                                           "spec.config.lua_scripts",
                                           "lua_scripts are not read here: if they have an error of syntax, "
                                           "Envoy refuses the configuration",
                                           false});
    tellIgnoredKeys(object.ref);
}

// As the edge reads them, one after another; the first that it cannot use is often the last that it looks at.
void ModuleReader::checkSettings(const ResourceRef &ref)
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
bool ModuleReader::checkBuffer(const ResourceRef &ref)
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
void ModuleReader::readModuleCors(const ResourceRef &ref)
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

void ModuleReader::checkAddresses(const ResourceRef &ref)
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
void ModuleReader::checkRetries(const ResourceRef &ref)
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
void ModuleReader::checkLogFormat(const ResourceRef &ref)
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

// Keys of a Module are free form to the API server: a slip of the pen is silent there.
void ModuleReader::tellIgnoredKeys(const ResourceRef &ref)
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

void ModuleReader::checkClientCertificates(const ResourceRef &ref)
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

void ModuleReader::checkHeaderCase(const ResourceRef &ref)
{
    const ModuleResource &module = m_resources.module;
    const Value &overrides = module["header_case_overrides"];
    const std::string path = "spec.config.header_case_overrides";
    if (!isTruthy(overrides))
        return;
    if (isTruthy(module["proper_case"]))
        report(ref, path, "is not used: of it and proper_case only one may be set, and proper_case counts",
               false);
    else if (!overrides.isArray())
        report(ref, path, "header_case_overrides must be a list", false);
    else
        report(ref, path,
               "header_case_overrides takes a form that it does not know" + std::string(EnvoyRefuses), false);
}

} // namespace

void readEdgeModule(const SourceObject &object, Resources &resources, const ModuleSurroundings &around)
{
    ModuleReader(resources, around).read(object);
}

} // namespace edge
