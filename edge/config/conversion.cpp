// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/conversion.h"

#include "edge/text.h"

#include <algorithm>

namespace edge {

namespace {

constexpr std::string_view NoHost = "_skip_mapping_with_empty_host_"; // asks for a Mapping without any host
constexpr std::string_view OnlyV3 = "--apiVersion-v3alpha1-only--";   // before an id, for a v2 reader only
constexpr std::string_view SecureScheme = "https://";
constexpr std::string_view ClearScheme = "http://";

// Of the CRDs, kind by kind: what the schema of v3alpha1 has and the types of v2 have not.
constexpr LaterField LaterFields[] = {
    {"AuthService", "circuit_breakers"},
    {"AuthService", "stats_name"},
    {"AuthService", "v2ExplicitTLS"},
    {"Host", "mappingSelector", "selector"},
    {"Host", "tls.crl_secret"},
    {"LogService", "protocol_version"},
    {"LogService", "stats_name"},
    {"LogService", "tls"}, // which v3alpha1 has not, either
    {"Mapping", "cors.v2CommaSeparatedOrigins"},
    {"Mapping", "health_checks"},
    {"Mapping", "hostname", "host"},
    {"Mapping", "stats_name"},
    {"Mapping", "v2BoolHeaders"},
    {"Mapping", "v2BoolQueryParameters"},
    {"Mapping", "v2ExplicitTLS"},
    {"RateLimitService", "grpc"},
    {"RateLimitService", "stats_name"},
    {"RateLimitService", "v2ExplicitTLS"},
    {"TCPMapping", "stats_name"},
    {"TCPMapping", "v2ExplicitTLS"},
    {"TLSContext", "crl_secret"},
    {"TracingService", "config.propagation_modes"},
    {"TracingService", "custom_tags"},
    {"TracingService", "stats_name"},
    {"TracingService", "tls"},
};

// {x: true} says that x must be there; v3alpha1 says so by a regex.
void convertPresence(Value &spec, std::string_view exact, std::string_view regex)
{
    const Value *given = spec.find(exact);
    if (!given || !given->isObject())
        return;
    Value kept = Value::object();
    Value patterns = spec[regex].isObject() ? spec[regex] : Value::object();
    for (const auto &[name, value] : given->members()) {
        if (!value.isBool() && !value.isNull()) // which says nothing
            kept.set(name, value);
        else if (value.toBool() && !patterns.find(name)) // a regex of its own says more
            patterns.set(name, ".*");
    }
    spec.set(exact, std::move(kept));
    if (!patterns.members().empty())
        spec.set(regex, std::move(patterns));
}

void convertHost(Value &spec)
{
    const std::string host = spec["host"].text();
    if (spec["host_regex"].toBool())
        return;
    if (host == NoHost) {
        spec.erase("host");
        return;
    }
    if (!spec.find("hostname"))
        spec.set("hostname", host.empty() ? std::string("*") : host);
    spec.erase("host");
}

// tls: "context" stays, true asks for https whatever the scheme is.
void convertTls(Value &spec, std::string_view serviceField)
{
    const Value *tls = spec.find("tls");
    const bool isSwitch = tls && (tls->isBool() || tls->isNull() || (tls->isString() && tls->text().empty()));
    if (!isSwitch)
        return;
    const bool wanted = tls->toBool();
    spec.erase("tls");
    const std::string service = spec[serviceField].text();
    const std::string scheme = lowered(service.substr(0, SecureScheme.size()));
    if (!wanted || scheme == SecureScheme)
        return;
    const std::size_t bare = scheme.starts_with(ClearScheme) ? ClearScheme.size() : 0;
    spec.set(serviceField, std::string(SecureScheme) + service.substr(bare));
}

void convertHeadersToAdd(Value &spec, std::string_view field)
{
    const Value *given = spec.find(field);
    if (!given || !given->isObject())
        return;
    Value headers = Value::object();
    for (const auto &[name, value] : given->members()) {
        if (!value.isString() && !value.isNull()) { // an object, or what the schema is to refuse
            headers.set(name, value);
        } else {
            Value &header = headers.set(name, Value::object());
            if (value.isString())
                header.set("value", value);
        }
    }
    spec.set(field, std::move(headers));
}

void convertToList(Value &spec, std::string_view field)
{
    if (const Value *given = spec.find(field); given && given->isString())
        spec.set(field, Value::array({*given}));
}

// The webhook splits origins at commas and keeps blanks and what is empty.
void convertCors(Value &spec)
{
    if (!spec["cors"].isObject())
        return;
    Value &cors = spec.child("cors");
    for (const std::string_view field : {"methods", "headers", "exposed_headers"})
        convertToList(cors, field);
    if (!cors["origins"].isString())
        return;
    Value list = Value::array();
    const std::string origins = cors["origins"].text();
    for (std::size_t start = 0, comma = 0; comma != std::string::npos; start = comma + 1) {
        comma = origins.find(',', start);
        list.push(origins.substr(start, comma == std::string::npos ? comma : comma - start));
    }
    cors.set("origins", std::move(list));
}

void convertIds(Value &spec)
{
    const Value *ids = spec.find("ambassador_id");
    if (!ids)
        return;
    Value list = Value::array();
    for (const Value &id : ids->isString() ? Value::Array{*ids} : ids->items())
        list.push(id.isString() ? Value(convertedId(id.text())) : id);
    spec.set("ambassador_id", std::move(list));
}

// {x: {header: X-Y, omit_if_not_present: true}}; what else stands in it is not looked at.
bool isHeaderSpecifier(const Value &specifier)
{
    const auto &members = specifier.members();
    return !members.empty() && std::all_of(members.begin(), members.end(), [](const Value::Member &member) {
        const Value &content = member.second;
        const Value &header = content["header"];
        const Value &omit = content["omit_if_not_present"];
        return content.isNull()
            || (content.isObject() && (header.isNull() || header.isString())
                && (omit.isNull() || omit.isBool()));
    });
}

// v2 labels: "source_cluster", {x: {header: …, omit_if_not_present: …}} or {generic_key: …} beside the v3
// form.
Value convertedSpecifier(const Value &specifier)
{
    if (specifier.isString()) {
        const std::string &name = specifier.text();
        if (name == "source_cluster" || name == "destination_cluster" || name == "remote_address")
            return Value::object({{name, Value::object({{"key", name}})}});
        return Value::object({{"generic_key", Value::object({{"value", name}})}});
    }
    const auto &members = specifier.members();
    if (!isHeaderSpecifier(specifier)) {
        const Value &generic = specifier["generic_key"];
        if (members.empty() || (!generic.isNull() && !generic.isString()))
            return specifier;
        return Value::object(
            {{"generic_key", Value::object({{"value", generic.text()}})}}); // never with its v3Key
    }
    const auto &[key, content] = members.back(); // of several any one
    Value header = Value::object({{"key", key}, {"header_name", content["header"].text()}});
    if (content["omit_if_not_present"].isBool())
        header.set("omit_if_not_present", content["omit_if_not_present"]);
    return Value::object({{"request_headers", std::move(header)}});
}

void changeLabels(Value &spec, Value (*change)(const Value &specifier))
{
    const Value *labels = spec.find("labels");
    if (!labels || !labels->isObject())
        return;
    Value domains = Value::object();
    for (const auto &[domain, list] : labels->members()) {
        Value groups = Value::array();
        for (const Value &group : list.items()) {
            Value changed = Value::object();
            for (const auto &[name, specifiers] : group.members()) {
                Value converted = Value::array();
                for (const Value &specifier : specifiers.items())
                    converted.push(change(specifier));
                changed.set(name, std::move(converted));
            }
            groups.push(std::move(changed));
        }
        domains.set(domain, std::move(groups));
    }
    spec.set("labels", std::move(domains));
}

void rename(Value &spec, std::string_view from, std::string_view to)
{
    if (const Value *given = spec.find(from)) {
        Value value = *given;
        spec.erase(from);
        if (!spec.find(to))
            spec.set(to, std::move(value));
    }
}

void convertTagHeaders(Value &spec)
{
    if (spec["custom_tags"].isNull()) {
        for (const Value &name : spec["tag_headers"].items())
            spec.child("custom_tags")
                .push(Value::object({{"tag", name}, {"request_header", Value::object({{"name", name}})}}));
    }
    spec.erase("tag_headers");
}

// v2 has the scheme that v2ExplicitTLS wants (given) in the service itself, where that does not change whether TLS is spoken.
std::string storedService(const Value &spec, std::string_view serviceField, const std::string &given)
{
    const std::string service = spec[serviceField].text();
    const std::string start = lowered(service.substr(0, SecureScheme.size()));
    const bool isSecure = start == SecureScheme;
    const std::string bare = service.substr(isSecure                             ? SecureScheme.size()
                                                : start.starts_with(ClearScheme) ? ClearScheme.size()
                                                                                 : 0);
    const bool hasContext = !spec["tls"].text().empty();
    const bool isSwitch = !hasContext && isSecure && spec["v2ExplicitTLS"]["tls"].text() == "bool:true";
    if (isSwitch)
        return std::string(lowered(given) == SecureScheme ? given : std::string(SecureScheme)) + bare;
    return hasContext || (lowered(given) == SecureScheme) == isSecure ? given + bare : service;
}

bool hasLabelKey(const Value &spec)
{
    bool isThere = false;
    for (const auto &[domain, groups] : spec["labels"].members()) {
        for (const Value &group : groups.items()) {
            for (const auto &[name, specifiers] : group.members()) {
                for (const Value &specifier : specifiers.items())
                    isThere = isThere || !specifier.at({"generic_key", "key"}).text().empty();
            }
        }
    }
    return isThere;
}

} // namespace

std::string convertedId(const std::string &id)
{
    return id.rfind(OnlyV3, 0) == 0 ? id.substr(OnlyV3.size()) : id;
}

Value prunedSpec(const std::string &kind, Value spec, std::vector<LaterField> &lost)
{
    for (const LaterField &field : LaterFields) {
        if (field.kind != kind)
            continue;
        const std::size_t dot = field.path.find('.');
        const bool isNested = dot != std::string_view::npos;
        if (isNested && !spec[field.path.substr(0, dot)].isObject())
            continue;
        Value &holder = isNested ? spec.child(field.path.substr(0, dot)) : spec;
        const std::string_view name = isNested ? field.path.substr(dot + 1) : field.path;
        if (!holder.find(name))
            continue;
        holder.erase(name);
        lost.push_back(field);
    }
    return spec;
}

std::optional<Value> storedSpec(const std::string &kind, const Value &spec)
{
    const bool isMapping = kind == "Mapping";
    const std::string_view serviceField = kind == "AuthService" ? "auth_service" : "service";
    const bool saysHost = isMapping && !spec["host"].text().empty();
    const bool saysScheme = kind == "TCPMapping" // which has none in v2, whatever v2ExplicitTLS wants
        ? spec[serviceField].text().find("://") != std::string::npos
        : spec["v2ExplicitTLS"]["serviceScheme"].isString();
    const bool saysKey = isMapping && hasLabelKey(spec);
    if (!saysHost && !saysScheme && !saysKey)
        return {};
    Value stored = spec;
    if (saysKey) // v2 has it as v3Key, which nobody reads back
        changeLabels(stored, [](const Value &specifier) {
            Value without = specifier;
            if (without["generic_key"].isObject())
                without.child("generic_key").erase("key");
            return without;
        });
    if (saysHost && !spec["hostname"].text().empty()) {
        stored.erase("host");
        stored.erase("host_regex");
    } else if (saysHost && !spec["host_regex"].toBool()) {
        stored.set("hostname", spec["host"]);
        stored.erase("host");
    }
    if (saysScheme)
        stored.set(serviceField,
                   storedService(spec, serviceField,
                                 kind == "TCPMapping" ? std::string()
                                                      : spec["v2ExplicitTLS"]["serviceScheme"].text()));
    return stored;
}

std::vector<ConversionNote> conversionNotes(const std::string &kind, const Value &spec)
{
    std::vector<ConversionNote> notes;
    if (kind != "Mapping")
        return notes;
    for (const std::string field : {"headers", "query_parameters"}) {
        for (const auto &[name, value] : spec[field].members()) {
            const std::string path = "spec." + field + "." + name;
            if (value.isBool() && value.toBool() && spec["regex_" + field].find(name))
                notes.push_back(
                    {path, "true changes nothing beside regex_" + field + ", which says more of " + name});
            else if (value.isNull() || (value.isBool() && !value.toBool()))
                notes.push_back({path, toJson(value) + " is no condition and changes nothing"});
        }
    }
    for (const auto &[domain, groups] : spec["labels"].members()) {
        for (const Value &group : groups.items()) {
            for (const auto &[name, specifiers] : group.members()) {
                for (const Value &specifier : specifiers.items()) {
                    if (specifier.members().size() > 1 && isHeaderSpecifier(specifier))
                        notes.push_back(
                            {"spec.labels." + domain + "." + name,
                             "one label has " + std::to_string(specifier.members().size())
                                 + " headers, of which the edge takes any one, not always the same; write "
                                   "a label for each"});
                }
            }
        }
    }
    return notes;
}

Value convertedSpec(const std::string &kind, Value spec)
{
    if (kind == "Host")
        rename(spec, "ambassadorId", "ambassador_id");
    convertIds(spec);
    for (const auto &[stored, name] :
         {std::pair("v3StatsName", "stats_name"), std::pair("v3health_checks", "health_checks"),
          std::pair("v3CRLSecret", "crl_secret"), std::pair("v3CircuitBreakers", "circuit_breakers"),
          std::pair("v3CustomTags", "custom_tags"), std::pair("v3ProtocolVersion", "protocol_version"),
          std::pair("v3GRPC", "grpc")})
        rename(spec, stored, name);
    if (kind == "TracingService")
        convertTagHeaders(spec);
    if (kind == "TracingService" && spec["config"].isObject())
        rename(spec.child("config"), "v3PropagationModes", "propagation_modes");
    if (kind == "Mapping") {
        convertPresence(spec, "headers", "regex_headers");
        convertPresence(spec, "query_parameters", "regex_query_parameters");
        convertHost(spec);
        for (const std::string_view field : {"add_request_headers", "add_response_headers"})
            convertHeadersToAdd(spec, field);
        for (const std::string_view field : {"remove_request_headers", "remove_response_headers"})
            convertToList(spec, field);
        convertCors(spec);
        changeLabels(spec, convertedSpecifier);
        convertTls(spec, "service");
    } else if (kind == "TCPMapping" || kind == "RateLimitService") {
        convertTls(spec, "service");
    } else if (kind == "AuthService") {
        convertTls(spec, "auth_service");
    } else if (kind == "Host" && spec["tls"].isObject()) {
        rename(spec.child("tls"), "v3CRLSecret", "crl_secret");
    }
    return spec;
}

} // namespace edge
