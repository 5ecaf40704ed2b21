// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/builtin_rules.h"

#include "app/demo/object_meta.h"

#include <algorithm>
#include <set>

namespace demo {

namespace {

const char KeyRule[] = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
                       "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
                       "'[-._a-zA-Z0-9]+')";
const char PortRule[] = "must be between 1 and 65535, inclusive";
constexpr std::size_t SizeLimit = 1024UL * 1024;

bool isConfigKey(const std::string &key)
{
    return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
            || c == '_' || c == '.';
    });
}

void checkKeys(const Value &object, const char *field, std::vector<Cause> &causes)
{
    for (const auto &[key, value] : object[field].members()) {
        const std::string at = std::string(field) + "[" + key + "]";
        if (key.size() > 253)
            causes.push_back(invalidValue(at, quoted(key), "must be no more than 253 characters"));
        if (!isConfigKey(key))
            causes.push_back(invalidValue(at, quoted(key), KeyRule));
        if (key == "." || key == "..")
            causes.push_back(invalidValue(at, quoted(key), "must not be '" + key + "'"));
    }
}

void checkImmutable(const Value &object, const Value *before, std::initializer_list<const char *> fields,
                    std::vector<Cause> &causes)
{
    if (!before || !(*before)["immutable"].toBool())
        return;
    const auto forbid = [&causes](const char *field) {
        causes.push_back(forbiddenValue(field, "field is immutable when `immutable` is set"));
    };
    if (!object["immutable"].toBool())
        forbid("immutable");
    for (const char *field : fields) {
        if (!(object[field] == (*before)[field]))
            forbid(field);
    }
}

std::size_t sizeOf(const Value &texts)
{
    std::size_t size = 0;
    for (const auto &[key, text] : texts.members())
        size += text.text().size();
    return size;
}

std::vector<Cause> configMapProblems(const Value &object, const Value *before)
{
    std::vector<Cause> causes;
    checkImmutable(object, before, {"data", "binaryData"}, causes);
    checkKeys(object, "data", causes);
    for (const auto &[key, value] : object["data"].members()) {
        if (object["binaryData"].find(key))
            causes.push_back(
                invalidValue("data[" + key + "]", quoted(key), "duplicate of key present in binaryData"));
    }
    checkKeys(object, "binaryData", causes);
    if (sizeOf(object["data"]) + sizeOf(object["binaryData"]) / 4 * 3 > SizeLimit)
        causes.push_back({"FieldValueTooLong", "[]",
                          "Too long: may not be more than " + std::to_string(SizeLimit) + " bytes"});
    return causes;
}

std::vector<std::string> neededKeys(const std::string &type)
{
    static const std::map<std::string_view, std::vector<std::string>> needed{
        {"kubernetes.io/tls", {"tls.crt", "tls.key"}},
        {"kubernetes.io/ssh-auth", {"ssh-privatekey"}},
        {"kubernetes.io/dockerconfigjson", {".dockerconfigjson"}},
        {"kubernetes.io/dockercfg", {".dockercfg"}},
    };
    const auto found = needed.find(type);
    return found == needed.end() ? std::vector<std::string>() : found->second;
}

std::vector<Cause> secretProblems(const Value &object, const Value *before)
{
    std::vector<Cause> causes;
    const std::string &type = object["type"].text();
    if (before && type != (*before)["type"].text())
        causes.push_back(invalidValue("type", quoted(type), "field is immutable"));
    checkImmutable(object, before, {"data"}, causes);
    checkKeys(object, "data", causes);
    const Value &data = object["data"];
    for (const std::string &key : neededKeys(type)) {
        if (!data.find(key))
            causes.push_back(requiredValue("data[" + key + "]"));
    }
    if (type == "kubernetes.io/basic-auth" && !data.find("username") && !data.find("password")) {
        causes.push_back(requiredValue("data[username]"));
        causes.push_back(requiredValue("data[password]"));
    }
    const char account[] = "kubernetes.io/service-account.name";
    if (type == "kubernetes.io/service-account-token"
        && object.at({"metadata", "annotations", account}).text().empty())
        causes.push_back(requiredValue(std::string("metadata.annotations[") + account + "]"));
    return causes;
}

void checkOneOf(const Value &value, const std::string &field, const std::vector<std::string> &known,
                std::vector<Cause> &causes)
{
    if (!value.isNull() && std::find(known.begin(), known.end(), value.text()) == known.end())
        causes.push_back(unsupportedValue(field, edge::toJson(value), known));
}

bool isPort(const Value &value) { return value.toInteger() >= 1 && value.toInteger() <= 65535; }

bool isPortName(const std::string &name) // of a container's port: an IANA service name
{
    const bool isSpelled = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    return isSpelled && !name.empty() && name.size() <= 15;
}

void checkPort(const Value &port, const std::string &at, bool isNamed, std::vector<Cause> &causes)
{
    const std::string &name = port["name"].text();
    if (isNamed && name.empty())
        causes.push_back(requiredValue(at + ".name"));
    else if (const std::string problem = name.empty() ? std::string() : labelProblem(name); !problem.empty())
        causes.push_back(invalidValue(at + ".name", quoted(name), problem));
    if (!isPort(port["port"]))
        causes.push_back(invalidValue(at + ".port", edge::toJson(port["port"]), PortRule));
    checkOneOf(port["protocol"], at + ".protocol", {"SCTP", "TCP", "UDP"}, causes);
    const Value &target = port["targetPort"];
    if (target.isNumber() && !isPort(target))
        causes.push_back(invalidValue(at + ".targetPort", edge::toJson(target), PortRule));
    else if (target.isString() && !isPortName(target.text()))
        causes.push_back(
            invalidValue(at + ".targetPort", edge::toJson(target),
                         target.text().size() > 15
                             ? "must be no more than 15 characters"
                             : "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"));
}

void checkPorts(const Value &spec, std::vector<Cause> &causes)
{
    const auto &ports = spec["ports"].items();
    std::set<std::string> names;
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const std::string at = "spec.ports[" + std::to_string(i) + "]";
        checkPort(ports[i], at, ports.size() > 1, causes);
        const std::string &name = ports[i]["name"].text();
        if (!name.empty() && !names.insert(name).second)
            causes.push_back({"FieldValueDuplicate", at + ".name", "Duplicate value: " + quoted(name)});
        if (spec["type"].text() == "ClusterIP" && ports[i]["nodePort"].toInteger() != 0)
            causes.push_back(forbiddenValue(at + ".nodePort", "may not be used when `type` is 'ClusterIP'"));
    }
}

void checkAddress(const Value &spec, const Value &before, std::vector<Cause> &causes)
{
    const Value &now = spec["clusterIP"], &old = before["clusterIP"];
    if (spec["type"].text() == "ExternalName" || before["type"].text() == "ExternalName"
        || old.text().empty())
        return;
    if (!now.text().empty() && now.text() != old.text())
        causes.push_back(
            invalidValue("spec.clusterIPs[0]", edge::toJson(Value::array({now})), "may not change once set"));
    else if (const Value &all = spec["clusterIPs"];
             !all.items().empty() && all.items().front().text() != now.text())
        causes.push_back(
            invalidValue("spec.clusterIPs", edge::toJson(all), "first value must match `clusterIP`"));
}

std::vector<Cause> serviceProblems(const Value &object, const Value *before)
{
    std::vector<Cause> causes;
    const Value &spec = object["spec"];
    const std::string &type = spec["type"].text();
    const bool isHeadless = spec["clusterIP"].text() == "None";
    if (type == "ExternalName" && spec["externalName"].text().empty())
        causes.push_back(requiredValue("spec.externalName"));
    if (type != "ExternalName" && !isHeadless && spec["ports"].items().empty())
        causes.push_back(requiredValue("spec.ports"));
    if (type == "LoadBalancer" && isHeadless)
        causes.push_back(invalidValue("spec.clusterIPs[0]", quoted("None"),
                                      "may not be set to 'None' for LoadBalancer services"));
    checkPorts(spec, causes);
    checkOneOf(spec["type"], "spec.type", {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"}, causes);
    checkOneOf(spec["sessionAffinity"], "spec.sessionAffinity", {"ClientIP", "None"}, causes);
    checkOneOf(spec["externalTrafficPolicy"], "spec.externalTrafficPolicy", {"Cluster", "Local"}, causes);
    if (before)
        checkAddress(spec, (*before)["spec"], causes);
    return causes;
}

} // namespace

std::vector<Cause> builtInProblems(const ResourceKind &kind, const Value &object, const Value *before)
{
    if (!kind.isBuiltIn || !kind.group.empty())
        return {};
    if (kind.kind == "ConfigMap")
        return configMapProblems(object, before);
    if (kind.kind == "Secret")
        return secretProblems(object, before);
    return kind.kind == "Service" ? serviceProblems(object, before) : std::vector<Cause>();
}

} // namespace demo
