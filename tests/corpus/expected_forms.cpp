// SPDX-License-Identifier: GPL-3.0-or-later
// What the corpus expects, brought into the common form.
#include "tests/corpus/forms.h"

using edge::Value;

namespace {

Value without(const Value &object, std::initializer_list<std::string_view> names)
{
    Value copy = object;
    for (const std::string_view name : names)
        copy.erase(name);
    return copy;
}

// exact_match and match by string_match say the same.
Value plainMatch(const Value &given)
{
    Value match = given;
    if (const Value *text = match["string_match"].find("exact");
        text && text->isNull()) { // presence before 4.x, which Envoy refuses
        match.erase("string_match");
        match.set("present_match", true);
    }
    if (const Value *exact = match.find("exact_match")) {
        Value text = *exact;
        match.erase("exact_match");
        match.set("string_match", Value::object({{"exact", std::move(text)}}));
    }
    return match;
}

Value plainRegexRewrite(const Value &given)
{
    return Value::object({{"pattern", given["pattern"]["regex"]}, {"substitution", given["substitution"]}});
}

Value plainHeaders(const Value &given)
{
    Value list = Value::array();
    for (const Value &header : given.items())
        list.push(Value::object({{"header", header["header"]},
                                 {"append", header["append"].isNull() ? Value(true) : header["append"]}}));
    return list;
}

Value plainAction(const Value &given)
{
    Value action = without(given, {"request_mirror_policies"});
    if (const Value *rewrite = given.find("regex_rewrite"))
        action.set("regex_rewrite", plainRegexRewrite(*rewrite));
    if (const Value *cors = given.find("cors"))
        action.set("cors", without(*cors, {"filter_enabled"}));
    if (given["cors"]["allow_credentials"].isBool() && !given["cors"]["allow_credentials"].toBool())
        action.child("cors").erase("allow_credentials");
    // To Envoy (1.40) an empty one is none.
    if (action["host_rewrite_literal"].isString() && action["host_rewrite_literal"].text().empty())
        action.erase("host_rewrite_literal");
    if (!action["auto_host_rewrite"].toBool())
        action.erase("auto_host_rewrite");
    for (const Value &mirror : given["request_mirror_policies"].items())
        action.set("mirror",
                   Value::object({{"cluster", mirror["cluster"]},
                                  {"share", mirror.at({"runtime_fraction", "default_value", "numerator"})}}));
    return action;
}

// "/SECRETS/ns/secrets-decoded/name/HASH.root.crt" → without the hash
Value plainFile(const Value &given)
{
    const std::string &path = given["filename"].text();
    static constexpr std::string_view folder = "/secrets-decoded/";
    const std::size_t start = path.find(folder);
    if (start == std::string::npos || path.rfind("/SECRETS", 0) != 0)
        return given;
    const std::size_t slash = path.find('/', start + folder.size());
    const std::size_t dot = path.find('.', slash);
    return Value::object({{"filename", path.substr(0, slash + 1) + path.substr(dot + 1)}});
}

} // namespace

Value plainTls(const Value &given)
{
    if (given.isNull())
        return {};
    const Value &inner = given["downstream_tls_context"].isObject() ? given["downstream_tls_context"] : given;
    Value tls = without(inner, {"@type"});
    Value common = inner["common_tls_context"];
    for (Value &certificate : common.child("tls_certificates").mutableItems()) {
        for (const char *field : {"certificate_chain", "private_key"})
            certificate.set(field, plainFile(certificate[field]));
    }
    for (const char *field : {"trusted_ca", "crl"}) {
        if (common["validation_context"].find(field))
            common.child("validation_context").set(field, plainFile(common["validation_context"][field]));
    }
    tls.set("common_tls_context", std::move(common));
    tls.set("on", true);
    return tls;
}

Value plainRoute(const Value &given)
{
    Value match = without(given["match"], {"runtime_fraction"});
    match.set("share",
              given.at({"match", "runtime_fraction", "default_value", "numerator"}).isNull()
                  ? Value(100)
                  : given.at({"match", "runtime_fraction", "default_value", "numerator"}));
    for (const char *list : {"headers", "query_parameters"}) {
        if (!match[list].isArray())
            continue;
        for (Value &one : match.child(list).mutableItems())
            one = plainMatch(one);
    }
    Value route = without(given, {"typed_per_filter_config"});
    route.set("match", std::move(match));
    if (!given.at({"match", "case_sensitive"}).isBool())
        route.child("match").set("case_sensitive", true);
    if (given["route"].isObject())
        route.set("route", plainAction(given["route"]));
    if (given["redirect"].isObject()) {
        Value redirect = given["redirect"];
        if (redirect["response_code"].isNull())
            redirect.set("response_code", 0);
        if (const Value *rewrite = given["redirect"].find("regex_rewrite"))
            redirect.set("regex_rewrite", plainRegexRewrite(*rewrite));
        route.set("redirect", std::move(redirect));
    }
    for (const char *list : {"request_headers_to_add", "response_headers_to_add"}) {
        if (route.find(list))
            route.set(list, plainHeaders(given[list]));
    }
    for (const auto &[name, config] : given["typed_per_filter_config"].members())
        route.child("filters").set(name, without(config, {"@type"}));
    return route;
}

Value plainCluster(const Value &given)
{
    Value cluster = without(
        given, {"load_assignment", "eds_cluster_config", "http2_protocol_options", "transport_socket"});
    for (const Value &group : given.at({"load_assignment", "endpoints"}).items()) {
        for (const Value &endpoint : group["lb_endpoints"].items()) {
            const Value &address = endpoint.at({"endpoint", "address", "socket_address"});
            cluster.child("endpoints").push(address["address"].text() + " " + address["port_value"].text());
        }
    }
    if (given["circuit_breakers"]["thresholds"].items().empty()) // Envoy's own limits count
        cluster.erase("circuit_breakers");
    if (given["eds_cluster_config"].isObject())
        cluster.set("eds", given["eds_cluster_config"]["service_name"]);
    if (given.find("http2_protocol_options"))
        cluster.set("http2", true);
    if (given["transport_socket"].isObject())
        cluster.set("tls", plainTls(given["transport_socket"]["typed_config"]));
    return cluster;
}

Value plainListener(const Value &given)
{
    Value listener = without(given, {"chains"});
    for (const Value &chain : given["chains"].items()) {
        Value plain = chain;
        Value match = chain["match"].isNull() ? Value::object() : chain["match"];
        if (!match["server_names"].items().empty())
            match.erase("transport_protocol"); // implied: only TLS has server names
        plain.set("match", std::move(match));
        plain.set("tls", plainTls(chain["tls"]));
        if (chain["http"].isObject()) {
            Value http = chain["http"];
            if (http["xff_num_trusted_hops"].isNull())
                http.set("xff_num_trusted_hops", 0);
            if (http.find("tracing"))
                http.set("tracing", Value::object({{"on", true}, {"is", chain["http"]["tracing"]}}));
            if (http.at({"http_protocol_options", "header_key_format"}).find("proper_case_words"))
                http.child("http_protocol_options").set("header_key_format", "proper_case_words");
            plain.set("http", std::move(http));
        }
        Value hosts = Value::array();
        for (const Value &host : chain["virtual_hosts"].items()) {
            Value plainHost = Value::object({{"domains", host["domains"]}});
            for (const Value &route : host["routes"].items())
                plainHost.child("routes").push(plainRoute(route));
            hosts.push(std::move(plainHost));
        }
        plain.set("virtual_hosts", std::move(hosts));
        listener.child("chains").push(std::move(plain));
    }
    return listener;
}
