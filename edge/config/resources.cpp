// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/resources.h"

#include "edge/config/mapping_reader.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

struct Source
{
    std::string key; // what Emissary sorts by
    Value object;
};

bool isAmbassador(const Value &object)
{
    return object["apiVersion"].text().rfind("getambassador.io/", 0) == 0;
}

std::string nameOf(const Value &object)
{
    return object.at({"metadata", "name"}).text();
}

std::string namespaceOf(const Value &object)
{
    const std::string &name = object.at({"metadata", "namespace"}).text();
    return name.empty() ? "default" : name;
}

bool accepts(const Value &ids, const std::string &wanted)
{
    if (ids.isNull())
        return wanted == "default";
    if (ids.isString())
        return ids.text() == wanted;
    const auto &list = ids.items();
    return std::any_of(list.begin(), list.end(), [&](const Value &id) { return id.text() == wanted || (list.size() == 1 && id.text() == "_automatic_"); });
}

// The old form has its fields beside name and apiVersion; the new one is a whole object.
Value wholeObject(const Value &document, const Value &service)
{
    if (document["metadata"].isObject())
        return document;
    Value object = Value::object();
    std::string version = document["apiVersion"].text();
    if (version.rfind("ambassador/", 0) == 0)
        version = "getambassador.io/" + version.substr(11);
    object.set("apiVersion", version);
    object.set("kind", document["kind"]);
    Value &metadata = object.set("metadata", Value::object());
    metadata.set("name", document["name"]);
    metadata.set("namespace", document["namespace"].isString() ? document["namespace"] : Value(namespaceOf(service)));
    Value &spec = object.set("spec", Value::object());
    for (const auto &[key, value] : document.members()) {
        if (key != "apiVersion" && key != "kind" && key != "name" && key != "namespace" && key != "generation")
            spec.set(key, value);
    }
    return object;
}

void addAnnotated(std::vector<Source> &sources, std::vector<Diagnostic> &diagnostics, const Value &service)
{
    const std::string &text = service.at({"metadata", "annotations", "getambassador.io/config"}).text();
    if (text.empty())
        return;
    const auto documents = parseYaml(text);
    if (!documents) {
        diagnostics.push_back({Diagnostic::Severity::Error, {"Service", nameOf(service), namespaceOf(service)}, "metadata.annotations[getambassador.io/config]", documents.error().message, true});
        return;
    }
    int number = 0;
    for (const Value &document : *documents) {
        Value object = wholeObject(document, service);
        sources.push_back({nameOf(service) + "." + namespaceOf(service) + "." + std::to_string(++number), std::move(object)});
    }
}

RetryPolicy readRetry(const Value &value)
{
    RetryPolicy policy;
    policy.retryOn = value["retry_on"].text();
    policy.numRetries = int(value["num_retries"].toInteger(1));
    const std::string &perTry = value["per_try_timeout"].text();
    if (!perTry.empty() && perTry.back() == 's')
        policy.perTryTimeoutMs = int(Value::number(perTry.substr(0, perTry.size() - 1)).toDouble() * 1000);
    return policy;
}

void readModule(Resources &resources, const Value &object)
{
    const Value &config = object.at({"spec", "config"});
    ModuleResource &module = resources.module;
    if (const Value &port = config["service_port"]; port.isNumber())
        module.servicePort = int(port.toInteger());
    module.forwardedProtoRedirect = config["x_forwarded_proto_redirect"].toBool();
    module.ambassadorNamespaceForServices = config["use_ambassador_namespace_for_service_resolution"].toBool();
    module.secretNamespacing = config.at({"defaults", "tls_secret_namespacing"}).toBool(true);
    if (config["retry_policy"].isObject())
        module.retryPolicy = readRetry(config["retry_policy"]);
    if (config["cors"].isObject())
        module.cors = readCors(config["cors"]);
}

TlsContextResource readTlsContext(const Value &object)
{
    const Value &spec = object["spec"];
    TlsContextResource result;
    result.context.name = nameOf(object);
    result.context.source = {"TLSContext", nameOf(object), namespaceOf(object)};
    for (const Value &host : spec["hosts"].items())
        result.hosts.push_back(host.text());
    result.secret = spec["secret"].text();
    result.caSecret = spec["ca_secret"].text();
    result.context.certRequired = spec["cert_required"].toBool();
    result.context.alpnProtocols = spec["alpn_protocols"].text();
    result.context.minTlsVersion = spec["min_tls_version"].text();
    result.context.maxTlsVersion = spec["max_tls_version"].text();
    result.context.sni = spec["sni"].text();
    for (const Value &suite : spec["cipher_suites"].items())
        result.context.cipherSuites.push_back(suite.text());
    for (const Value &curve : spec["ecdh_curves"].items())
        result.context.ecdhCurves.push_back(curve.text());
    if (spec["secret_namespacing"].isBool())
        result.secretNamespacing = spec["secret_namespacing"].toBool();
    result.redirectCleartextFrom = int(spec["redirect_cleartext_from"].toInteger());
    return result;
}

HostResource readHost(const Value &object)
{
    const Value &spec = object["spec"];
    HostResource host;
    host.ref = {"Host", nameOf(object), namespaceOf(object)};
    host.hostname = spec["hostname"].text();
    host.tlsSecret = spec.at({"tlsSecret", "name"}).text();
    host.tlsContext = spec.at({"tlsContext", "name"}).text();
    const Value &insecure = spec.at({"requestPolicy", "insecure"});
    const std::string &action = insecure["action"].text();
    host.insecureAction = action == "Route" ? InsecureAction::Route : action == "Reject" ? InsecureAction::Reject : InsecureAction::Redirect;
    if (insecure["additionalPort"].isNumber())
        host.additionalPort = int(insecure["additionalPort"].toInteger());
    return host;
}

void readSecret(Resources &resources, const Value &object)
{
    const auto has = [&](std::string_view key) { return object.at({"data", key}).isString() || object.at({"stringData", key}).isString(); };
    const std::string key = nameOf(object) + "." + namespaceOf(object);
    if ((has("tls.crt") && has("tls.key")) || (has("cert-chain.pem") && has("key.pem")))
        resources.secrets.insert(key);
    if (has("user.crt") || has("root-cert.pem") || has("ca.crt") || has("tls.crt"))
        resources.caSecrets.insert(key);
}

void readOne(Resources &resources, const Value &object)
{
    const std::string &kind = object["kind"].text();
    const ResourceRef ref {kind, nameOf(object), namespaceOf(object)};
    if (kind == "Mapping") {
        if (auto mapping = readMapping(object, resources.diagnostics))
            resources.mappings.push_back(std::move(*mapping));
    } else if (kind == "TLSContext") {
        resources.tlsContexts.push_back(readTlsContext(object));
    } else if (kind == "Host") {
        resources.hosts.push_back(readHost(object));
        if (resources.hosts.back().hostname.empty()) {
            resources.hosts.pop_back();
            resources.diagnostics.push_back({Diagnostic::Severity::Error, ref, "spec.hostname", "a Host without hostname stops the whole of Ambassador 1.x from taking a new configuration; give it one", true});
        }
    } else if (kind == "Module" && ref.name == "ambassador") {
        readModule(resources, object);
    }
}

}

Resources readResources(std::span<const Value> objects, const ResourceFilter &filter)
{
    Resources resources;
    std::vector<Source> sources;
    for (const Value &object : objects) {
        if (filter.singleNamespace && namespaceOf(object) != filter.ambassadorNamespace)
            continue;
        const std::string &kind = object["kind"].text();
        if (kind == "Secret")
            readSecret(resources, object);
        else if (kind == "Service")
            addAnnotated(sources, resources.diagnostics, object);
        else if (isAmbassador(object))
            sources.push_back({nameOf(object) + "." + namespaceOf(object) + ".1", object});
    }
    std::stable_sort(sources.begin(), sources.end(), [](const Source &a, const Source &b) { return a.key < b.key; });
    static constexpr std::array<std::string_view, 3> early {"getambassador.io/v0", "getambassador.io/v1", "getambassador.io/v2"};
    for (const Source &source : sources) {
        const std::string &version = source.object["apiVersion"].text();
        if (!filter.readsV3alpha1 && std::find(early.begin(), early.end(), version) == early.end())
            continue;
        const Value &spec = source.object["spec"];
        if (accepts(spec["ambassador_id"].isNull() ? spec["ambassadorId"] : spec["ambassador_id"], filter.ambassadorId))
            readOne(resources, source.object);
    }
    return resources;
}

} // namespace edge
