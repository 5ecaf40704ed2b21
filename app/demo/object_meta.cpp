// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/object_meta.h"

#include "edge/text.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <random>

namespace demo {

namespace {

std::mt19937_64 &randomNumbers()
{
    static thread_local std::mt19937_64 numbers{std::random_device()()};
    return numbers;
}

const char SubdomainRule[] = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
                             "characters, '-' or '.', and must start and end with an alphanumeric character "
                             "(e.g. 'example.com', regex used for validation is "
                             "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const char LabelRule[] =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
    "and end with an alphanumeric character "
    "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const char ServiceRule[] =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
    "character, and end with an alphanumeric character "
    "(e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const char LabelValueRule[] = "a valid label must be an empty string or consist of alphanumeric characters, "
                              "'-', '_' or '.', and must start and end with an alphanumeric character "
                              "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
                              "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const char LabelKeyRule[] = "name part must consist of alphanumeric characters, '-', '_' or '.', and must "
                            "start and end with an alphanumeric character "
                            "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                            "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

bool isLowerAlnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool isAlnum(char c) { return isLowerAlnum(c) || (c >= 'A' && c <= 'Z'); }

bool isLabel(std::string_view text, bool startsWithLetter = false)
{
    if (text.empty() || !isLowerAlnum(text.front()) || !isLowerAlnum(text.back())
        || (startsWithLetter && text.front() <= '9'))
        return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return isLowerAlnum(c) || c == '-'; });
}

bool isSubdomain(std::string_view text)
{
    for (;;) {
        const std::size_t dot = text.find('.');
        if (!isLabel(text.substr(0, dot)))
            return false;
        if (dot == std::string_view::npos)
            return true;
        text.remove_prefix(dot + 1);
    }
}

bool isQualifiedName(std::string_view text)
{
    return !text.empty() && isAlnum(text.front()) && isAlnum(text.back())
        && std::all_of(text.begin(), text.end(),
                       [](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.'; });
}

std::optional<Cause> nameProblem(const ResourceKind &kind, const std::string &name, const std::string &field)
{
    if (kind.group == "rbac.authorization.k8s.io") { // names of roles are path segments: system:discovery
        if (name == "." || name == ".." || name.find_first_of("/%") != std::string::npos)
            return invalidValue(field, quoted(name), "may not contain '/' or '%'");
        return {};
    }
    const bool isService = kind.group.empty() && kind.kind == "Service";
    const bool isNamespace = kind.group.empty() && kind.kind == "Namespace";
    const std::size_t limit = isService || isNamespace ? 63 : 253;
    const bool good = isService ? isLabel(name, true) : isNamespace ? isLabel(name) : isSubdomain(name);
    if (!good)
        return invalidValue(field, quoted(name),
                            isService         ? ServiceRule
                                : isNamespace ? LabelRule
                                              : SubdomainRule);
    if (name.size() > limit)
        return invalidValue(field, quoted(name),
                            "must be no more than " + std::to_string(limit) + " characters");
    return {};
}

// Of labels, annotations (whatever their case) and finalizers.
std::string keyProblem(const std::string &key)
{
    const std::size_t slash = key.find('/');
    if (slash == std::string::npos || key.find('/', slash + 1) != std::string::npos) {
        if (slash != std::string::npos)
            return std::string(
                "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must "
                "start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
                "'123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix "
                "and '/' (e.g. 'example.com/MyName')");
        if (key.empty())
            return "name part must be non-empty";
        return !isQualifiedName(key) ? LabelKeyRule
            : key.size() > 63        ? "name part must be no more than 63 bytes"
                                     : "";
    }
    const std::string prefix = key.substr(0, slash), name = key.substr(slash + 1);
    if (prefix.empty())
        return "prefix part must be non-empty";
    if (!isSubdomain(prefix))
        return std::string("prefix part ").append(SubdomainRule);
    return name.empty() ? "name part must be non-empty" : keyProblem(name);
}

void addAnnotationProblems(std::vector<Cause> &causes, const Value &annotations)
{
    constexpr std::size_t Limit = 256UL * 1024;
    std::size_t size = 0;
    for (const auto &[key, value] : annotations.members()) {
        size += key.size() + value.text().size();
        if (const std::string problem = keyProblem(edge::lowered(key)); !problem.empty())
            causes.push_back(invalidValue("metadata.annotations", quoted(key), problem));
    }
    if (size > Limit)
        causes.push_back({"FieldValueTooLong", "metadata.annotations",
                          "Too long: may not be more than " + std::to_string(Limit) + " bytes"});
}

void addOwnerProblems(std::vector<Cause> &causes, const Value &owners)
{
    const Value *controller = nullptr;
    for (std::size_t i = 0; i < owners.items().size(); ++i) {
        const Value &owner = owners.items()[i];
        const std::string at = "metadata.ownerReferences[" + std::to_string(i) + "]";
        const std::string &version = owner["apiVersion"].text();
        if (std::count(version.begin(), version.end(), '/') > 1)
            causes.push_back(
                invalidValue(at + ".apiVersion", quoted(version), "must be <group>/<version> or <version>"));
        for (const char *field : {"apiVersion", "kind", "name", "uid"}) {
            if (owner[field].text().empty())
                causes.push_back(requiredValue(at + "." + field, "must not be empty"));
        }
        if (version == "v1" && owner["kind"].text() == "Event")
            causes.push_back(
                invalidValue(at, edge::toJson(owner), "/v1, Kind=Event is disallowed from being an owner"));
        if (owner["controller"].toBool() && controller)
            causes.push_back(invalidValue(
                "metadata.ownerReferences", edge::toJson(owners),
                "Only one reference can have Controller set to true. Found \"true\" in references for "
                    + (*controller)["kind"].text() + "/" + (*controller)["name"].text() + " and "
                    + owner["kind"].text() + "/" + owner["name"].text()));
        else if (owner["controller"].toBool())
            controller = &owner;
    }
}

void addLabelProblems(std::vector<Cause> &causes, const Value &labels)
{
    for (const auto &[key, value] : labels.members()) {
        for (const auto &[text, problem] : {std::pair(key, labelKeyProblem(key)),
                                            std::pair(value.text(), labelValueProblem(value.text()))}) {
            if (!problem.empty())
                causes.push_back(invalidValue("metadata.labels", quoted(text), problem));
        }
    }
}

} // namespace

std::string labelKeyProblem(const std::string &key) { return keyProblem(key); }

std::string labelValueProblem(const std::string &value)
{
    return !value.empty() && !isQualifiedName(value) ? LabelValueRule
        : value.size() > 63                          ? "must be no more than 63 bytes"
                                                     : "";
}

const std::string &nameOf(const Value &object) { return object["metadata"]["name"].text(); }

const std::string &namespaceOf(const Value &object) { return object["metadata"]["namespace"].text(); }

const std::string &uidOf(const Value &object) { return object["metadata"]["uid"].text(); }

std::string newUid()
{
    static constexpr char hex[] = "0123456789abcdef";
    std::string uid = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    for (char &c : uid) {
        if (c == 'x')
            c = hex[randomNumbers()() & 15];
        else if (c == 'y')
            c = hex[8 + (randomNumbers()() & 3)];
    }
    return uid;
}

std::string timeText(std::int64_t secondsSinceEpoch)
{
    const std::time_t time = std::time_t(secondsSinceEpoch);
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

std::string timeNow()
{
    return timeText(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
            .count());
}

std::optional<std::int64_t> readTime(std::string_view rfc3339)
{
    std::tm parts{};
    const std::string text(rfc3339);
    const char *rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (!rest)
        return {};
    std::string_view zone = rest;
    if (zone.starts_with('.')) // fractions of a second are dropped
        zone.remove_prefix(std::min(zone.find_first_not_of("0123456789", 1), zone.size()));
    std::int64_t offset = 0;
    if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-'))
        offset = (zone[0] == '-' ? -60 : 60) * (std::atoi(&zone[1]) * 60 + std::atoi(&zone[4]));
    return std::int64_t(timegm(&parts)) - offset;
}

std::string nameSuffix()
{
    static constexpr char letters[] = "bcdfghjklmnpqrstvwxz2456789"; // no vowels: no words
    std::string suffix;
    for (int i = 0; i < 5; ++i)
        suffix += letters[randomNumbers()() % (sizeof letters - 1)];
    return suffix;
}

Value ownerReference(const char *apiVersion, const Value &owner)
{
    return Value::object({{"apiVersion", apiVersion},
                          {"kind", owner["kind"]},
                          {"name", owner["metadata"]["name"]},
                          {"uid", owner["metadata"]["uid"]},
                          {"controller", true},
                          {"blockOwnerDeletion", true}});
}

std::string labelProblem(const std::string &text)
{
    return !isLabel(text)  ? LabelRule
        : text.size() > 63 ? "must be no more than 63 characters"
                           : std::string();
}

bool isDeleting(const Value &object) { return !object["metadata"]["deletionTimestamp"].isNull(); }

bool hasFinalizers(const Value &object)
{
    if (!object["metadata"]["finalizers"].items().empty())
        return true;
    return object["kind"].text() == "Namespace" && object["apiVersion"].text() == "v1"
        && !object["spec"]["finalizers"].items().empty();
}

static void addUnqualifiedFinalizers(std::vector<Cause> &causes, const Value &finalizers)
{
    for (std::size_t i = 0; i < finalizers.items().size(); ++i) {
        const std::string &name = finalizers.items()[i].text();
        const bool isStandard = name == "kubernetes" || name == "orphan" || name == "foregroundDeletion";
        if (!isStandard && name.find('/') == std::string::npos)
            causes.push_back(
                invalidValue("metadata.finalizers[" + std::to_string(i) + "]", quoted(name),
                             "name is neither a standard finalizer name nor is it fully qualified"));
    }
}

std::vector<Cause> metadataProblems(const ResourceKind &kind, const Value &object)
{
    std::vector<Cause> causes;
    const Value &metadata = object["metadata"];
    const std::string &name = metadata["name"].text();
    const std::string &prefix = metadata["generateName"].text();
    if (name.empty() && prefix.empty())
        causes.push_back(requiredValue("metadata.name", "name or generateName is required"));
    else if (const auto problem = name.empty() ? nameProblem(kind, prefix + "x", "metadata.generateName")
                                               : nameProblem(kind, name, "metadata.name"))
        causes.push_back(*problem);
    addLabelProblems(causes, metadata["labels"]);
    addAnnotationProblems(causes, metadata["annotations"]);
    addOwnerProblems(causes, metadata["ownerReferences"]);
    for (const Value &finalizer : metadata["finalizers"].items()) {
        if (const std::string problem = keyProblem(finalizer.text()); !problem.empty())
            causes.push_back(invalidValue("metadata.finalizers", quoted(finalizer.text()), problem));
    }
    if (kind.isBuiltIn && kind.group != "apiextensions.k8s.io" && kind.group != "apiregistration.k8s.io")
        addUnqualifiedFinalizers(causes, metadata["finalizers"]);
    return causes;
}

std::vector<Cause> changedIdentity(const Value &object, const Value &current)
{
    std::vector<Cause> causes;
    for (const char *field : {"uid", "deletionTimestamp", "deletionGracePeriodSeconds"}) {
        const Value &now = object["metadata"][field], &before = current["metadata"][field];
        if (now.isNull() || now == before)
            continue;
        const Cause cause =
            invalidValue(std::string("metadata.") + field, edge::toJson(now), "field is immutable");
        causes.insert(causes.end(), {cause, cause}); // said twice: by the strategy and by the generic check
    }
    return causes;
}

} // namespace demo
