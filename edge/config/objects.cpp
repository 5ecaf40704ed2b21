// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/objects.h"

#include "edge/config/acceptance.h"
#include "edge/config/annotations.h"
#include "edge/config/conversion.h"
#include "edge/config/envoy_limits.h"
#include "edge/config/ingress.h"
#include "edge/config/object_admission.h"
#include "edge/config/schema.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr std::array<std::string_view, 12> usedKinds{"AuthService",
                                                     "ConsulResolver",
                                                     "Host",
                                                     "KubernetesEndpointResolver",
                                                     "KubernetesServiceResolver",
                                                     "Listener",
                                                     "LogService",
                                                     "Mapping",
                                                     "Module",
                                                     "RateLimitService",
                                                     "TCPMapping",
                                                     "TLSContext"};

constexpr const char *AnnotationPath = "metadata.annotations[getambassador.io/config]";

bool isUsed(const std::string &kind)
{
    return kind == "TracingService" || std::find(usedKinds.begin(), usedKinds.end(), kind) != usedKinds.end();
}

bool isFetched(const std::string &version, const Rules &rules)
{
    if (version == "v3alpha1")
        return rules.readsV3alpha1;
    return version == "v0" || version == "v1" || version == "v2";
}

// Of the CRDs that of Listeners came with v3alpha1; none of older versions can be in a cluster.
bool hasCrd(const std::string &kind, const std::string &version, const CompileOptions &options,
            const Rules &rules)
{
    return kind != "Listener" || version == "v3alpha1" || !options.admitted || !rules.convertsToV3alpha1;
}

// Of a type that the edge does not take in: nothing.
SecretFacts secretFacts(const Value &object)
{
    static constexpr std::array<std::string_view, 3> types{"Opaque", "kubernetes.io/tls",
                                                           "istio.io/key-and-cert"};
    const std::string &type = object["type"].text();
    if (!type.empty() && std::find(types.begin(), types.end(), type) == types.end())
        return {};
    const auto has = [&](std::string_view key) {
        const Value &value =
            object.at({"data", key}).isString() ? object.at({"data", key}) : object.at({"stringData", key});
        return value.isString() && !value.text().empty();
    };
    SecretFacts facts;
    facts.certificate = has("tls.crt") || has("cert-chain.pem");
    facts.key = has("tls.key") || has("key.pem");
    facts.root = has("root-cert.pem");
    facts.crl = has("crl.pem");
    facts.user = has("user.key");
    return facts;
}

bool isServiceKind(const std::string &kind) { return kind == "Service" || kind == "Endpoints"; }

// The object if readInput makes anything of it beside a Mapping and an entry of Input::services.
const Value *ifRead(const Value *object, const CompileOptions &options, const Rules &rules)
{
    if (!object || !isInReach(*object, options) || isMappingObject(*object, options, rules))
        return nullptr;
    const std::string &kind = (*object)["kind"].text();
    const bool isRead = kind == "Secret"              ? secretFacts(*object).isKnown()
        : kind == "Service"                           ? !annotationValue(*object).isNull()
        : kind == "Ingress" || kind == "IngressClass" ? true
                                                      : !versionOf((*object)["apiVersion"].text()).empty();
    return kind != "Endpoints" && isRead ? object : nullptr;
}

class InputReader
{
public:
    InputReader(Input &input, const CompileOptions &options, const Rules &rules)
        : m_input(input)
        , m_options(options)
        , m_rules(rules)
    {
    }

    void read(std::span<const PlacedObject> objects);

private:
    void readObject(const Value &object);
    bool reads(const ResourceRef &object, const std::string &version);
    void readAnnotation(const Value &service);
    void readDocument(const Value &document, const Value &service, const std::string &key);
    void refuseV1(const SourceObject &source, const Value &document);
    void add(SourceObject object, const std::string &version, const Value &metadata, bool annotation)
    {
        admitObject(m_input, std::move(object), {version, metadata, annotation}, m_options, m_rules);
    }
    bool isAnnotationAdmitted() const { return m_options.admitted && m_rules.annotationsAdmitted; }
    void report(const ResourceRef &object, std::string path, std::string message, bool dropped,
                Diagnostic::Severity severity = Diagnostic::Severity::Error)
    {
        m_input.diagnostics.push_back({severity, object, std::move(path), std::move(message), dropped});
    }
    void readSecret(const Value &object);
    void settleNames();

    Input &m_input;
    const CompileOptions &m_options;
    const Rules &m_rules;
    std::set<std::string> m_seen; // kind, name and namespace of objects, not of annotations
    std::vector<const Value *> m_services;
};

void InputReader::read(std::span<const PlacedObject> objects)
{
    std::set<std::string> ingressClasses;
    for (const auto &[pointer, place] : objects) {
        if (isOurIngressClass(*pointer, m_options))
            ingressClasses.insert(objectName(*pointer));
    }
    for (const bool ingresses : {false, true}) { // which look at Services
        for (const auto &[pointer, place] : objects) {
            const Value &object = *pointer;
            if (!isInReach(object, m_options) || isIngress(object) != ingresses)
                continue;
            const std::size_t before = m_input.objects.size();
            if (ingresses) {
                readAnnotation(object);
                addIngress(m_input, object, ingressClasses, m_options, m_rules);
            } else {
                readObject(object);
            }
            for (std::size_t i = before; i < m_input.objects.size(); ++i)
                m_input.objects[i].place = place;
        }
    }
    const auto mappings =
        std::stable_partition(m_input.objects.begin(), m_input.objects.end(),
                              [](const SourceObject &object) { return object.kind != "Mapping"; });
    m_input.mappings.assign(std::make_move_iterator(mappings),
                            std::make_move_iterator(m_input.objects.end()));
    m_input.objects.erase(mappings, m_input.objects.end());
    std::stable_sort(m_input.objects.begin(), m_input.objects.end(), comesBefore);
    std::stable_sort(m_input.mappings.begin(), m_input.mappings.end(), comesBefore);
    settleNames();
}

void InputReader::readObject(const Value &object)
{
    const std::string &kind = object["kind"].text();
    const std::string key = objectName(object) + "." + objectNamespace(object);
    if (kind == "Secret") {
        readSecret(object);
    } else if (kind == "Service") {
        m_input.services[key].spec = &object["spec"];
        readAnnotation(object);
    } else if (kind == "Endpoints") {
        m_input.services[key].endpoints = &object;
    } else if (const std::string version = versionOf(object["apiVersion"].text()); !version.empty()) {
        if (!acceptsId(object["spec"], version, m_options, m_rules)
            || !reads({kind, objectName(object), objectNamespace(object)}, version))
            return;
        if (!hasCrd(kind, version, m_options, m_rules)) {
            report({kind, objectName(object), objectNamespace(object)}, "apiVersion",
                   "there is no " + kind + " of apiVersion getambassador.io/" + version
                       + "; write getambassador.io/v3alpha1; the object is not used",
                   true);
            return;
        }
        if (!m_seen.insert(kind + " " + key).second)
            return;
        SourceObject source;
        source.key = key + ".1";
        source.kind = kind;
        source.name = objectName(object);
        source.ref = {kind, source.name, objectNamespace(object)};
        source.spec = &object["spec"];
        add(std::move(source), version, object["metadata"], false);
    }
}

// What an edge does not look at is said: to its author the object seems to be there.
bool InputReader::reads(const ResourceRef &object, const std::string &version)
{
    if (!isUsed(object.kind))
        report(object, "kind", "a " + object.kind + " changes nothing in what is predicted and served here",
               true, Diagnostic::Severity::Notice);
    else if (!isFetched(version, m_rules))
        report(object, "apiVersion",
               "apiVersion getambassador.io/" + version + " is none that this generation of the edge reads",
               true, Diagnostic::Severity::Notice);
    return isUsed(object.kind) && isFetched(version, m_rules);
}

void InputReader::readAnnotation(const Value &service)
{
    const Value &written = annotationValue(service);
    const ResourceRef holder{service["kind"].text(), objectName(service), objectNamespace(service)};
    const auto refuse = [&](std::string why) { report(holder, AnnotationPath, std::move(why), true); };
    if (!written.isNull() && !written.isString())
        return refuse(toJson(written) + " is not a text; the API server refuses the " + holder.kind
                      + ", and nothing in its annotation is used");
    if (written.text().empty())
        return;
    const std::string outcome =
        isAnnotationAdmitted() ? "; nothing in this annotation is used" : std::string(EdgeFails);
    const auto documents = parseYaml(written.text());
    if (!documents)
        return refuse(documents.error().message + outcome);
    if (const std::string why = whyNoneIsRead(*documents, isAnnotationAdmitted()); !why.empty())
        return refuse(why + outcome);
    int number = 0;
    for (const Value &document : *documents) {
        const std::string place = std::to_string(++number);
        if (const std::string why = whyNameless(document); !why.empty())
            refuse("document " + place + " " + why + "; it is not used");
        else
            readDocument(document, service,
                         objectName(service) + "." + objectNamespace(service) + "." + place);
    }
}

// The old form has its fields beside name and apiVersion; the new one is a whole object.
void InputReader::readDocument(const Value &document, const Value &service, const std::string &key)
{
    const Value &metadata = document["metadata"];
    const bool whole = metadata.isObject();
    SourceObject source;
    source.key = key;
    source.holder = &service;
    source.ref = annotatedRef(document, service);
    source.ref.kind = takenKind(source.ref.kind, isAnnotationAdmitted());
    source.kind = source.ref.kind;
    source.name = source.ref.name;
    source.unchecked = source.kind != document["kind"].text();
    std::string version = versionOf(annotatedVersion(document));
    if (!isAnnotationAdmitted() && !document.find("apiVersion"))
        version = "v0"; // which the compiler takes for said
    const bool isNoVersion = !m_rules.convertsToV3alpha1 && annotatedVersion(document) == "getambassador.io/";
    if (version.empty() && !isNoVersion) {
        const Value &written = document["apiVersion"];
        report(source.ref, "apiVersion",
               (written.isNull() ? "there is no apiVersion; write "
                                 : "apiVersion " + (written.isString() ? written.text() : toJson(written))
                        + " is not supported; write ")
                   + "getambassador.io/" + (m_rules.readsV3alpha1 ? "v3alpha1" : "v2")
                   + "; the object is not used",
               true);
        return;
    }
    if (const std::string why = whyNoType(source.kind, version, isAnnotationAdmitted(), m_rules);
        !why.empty()) {
        report(source.ref, "apiVersion", why + "; the object is not used", true);
        return;
    }
    if (isAnnotationAdmitted() && version == "v1") {
        refuseV1(source, document);
        return;
    }
    if (!isFetched(version, m_rules)) {
        report(source.ref, "apiVersion", "apiVersion " + version + " is not supported; it is read as v2",
               false, Diagnostic::Severity::Notice);
        version = "v2";
        source.unchecked = source.unchecked || !m_rules.convertsToV3alpha1; // 1.x has no schema of that name
    } else if (version == "v0") {
        report(source.ref, "apiVersion", "apiVersion ambassador/v0 is deprecated", false,
               Diagnostic::Severity::Notice);
    }
    if (!reads(source.ref, version))
        return;
    m_input.owned.push_back(annotatedSpec(document));
    source.spec = &m_input.owned.back();
    if (whole) {
        m_input.owned.push_back(metadata);
        add(std::move(source), version, m_input.owned.back(), true);
    } else {
        m_input.owned.push_back(document["metadata_labels"].isObject()
                                    ? Value::object({{"labels", document["metadata_labels"]}})
                                    : service["metadata"]);
        add(std::move(source), version, m_input.owned.back(), true);
    }
}

// The edge's watcher judges it by the schema and then does not survive making it an object of its own type.
void InputReader::refuseV1(const SourceObject &source, const Value &document)
{
    const Value spec = convertedSpec(source.kind, annotatedSpec(document));
    if (const auto fault = schemaFault(source.kind, spec))
        report(source.ref, fault->path, fault->path + ": " + fault->message + "; the object is not used",
               true);
    else
        report(source.ref, "apiVersion",
               "an object of getambassador.io/v1 in an annotation; write v2" + std::string(EdgeFails), true);
}

void InputReader::readSecret(const Value &object)
{
    if (const SecretFacts facts = secretFacts(object); facts.isKnown())
        m_input.secrets.emplace(objectName(object) + "." + objectNamespace(object), facts);
}

void InputReader::settleNames()
{
    NameTable names;
    std::vector<const SourceObject *> sorted;
    for (SourceObject &object : m_input.objects) {
        object.home = names.of(object.kind, object.name);
        sorted.push_back(&object);
    }
    std::vector<SourceObject> kept;
    for (NamedSource &named : settledNames(sorted, names, m_input.diagnostics, m_input.replaced)) {
        kept.push_back(std::move(m_input.objects[named.index]));
        kept.back().home = nullptr;
        if (!named.renamed.empty())
            kept.back().name = std::move(named.renamed);
    }
    m_input.objects = std::move(kept);
}

} // namespace

std::vector<ResourceRef> annotatedRefs(const Value &object)
{
    std::vector<ResourceRef> refs;
    const std::string &text = annotationOf(object);
    const auto documents = text.empty() ? Result<std::vector<Value>>() : parseYaml(text);
    for (const Value &document : documents ? *documents : std::vector<Value>())
        refs.push_back(annotatedRef(document, object));
    return refs;
}

std::string objectName(const Value &object) { return object.at({"metadata", "name"}).text(); }

std::string objectNamespace(const Value &object)
{
    const std::string &name = object.at({"metadata", "namespace"}).text();
    return name.empty() ? "default" : name;
}

Input readInput(std::span<const PlacedObject> objects, const CompileOptions &options, const Rules &rules)
{
    Input input;
    InputReader(input, options, rules).read(objects);
    return input;
}

bool isMappingObject(const Value &object, const CompileOptions &options, const Rules &rules)
{
    return object["kind"].text() == "Mapping" && isFetched(versionOf(object["apiVersion"].text()), rules)
        && isInReach(object, options);
}

bool isTaken(const Value &object, const CompileOptions &options, const Rules &rules)
{
    const std::string version = versionOf(object["apiVersion"].text());
    return isInReach(object, options)
        && (version.empty()
            || (isFetched(version, rules) && hasCrd(object["kind"].text(), version, options, rules)
                && acceptsId(object["spec"], version, options, rules)));
}

bool isTaken(const Value &object, const CompileOptions &options)
{
    return isTaken(object, options, rulesOf(options.compat));
}

bool comesBefore(const SourceObject &a, const SourceObject &b)
{
    const int order = a.key.compare(b.key);
    return order < 0 || (order == 0 && a.place < b.place);
}

bool isReadAlike(const Value *before, const Value *after, const CompileOptions &options, const Rules &rules)
{
    before = ifRead(before, options, rules);
    after = ifRead(after, options, rules);
    if (!before || !after)
        return before == after;
    const auto same = [&](std::initializer_list<std::string_view> path) {
        return before->at(path) == after->at(path);
    };
    const std::string &kind = (*before)["kind"].text();
    if (kind == "Secret") // a certificate that was renewed changes nothing here
        return secretFacts(*before) == secretFacts(*after);
    if (kind == "Service")
        return annotationValue(*before) == annotationValue(*after) && same({"metadata", "labels"});
    if (kind == "Ingress" || kind == "IngressClass")
        return *before == *after;
    return same({"apiVersion"}) && same({"spec"}) && same({"metadata", "labels"});
}

bool isServiceObject(const Value &object, const CompileOptions &options)
{
    return isServiceKind(object["kind"].text()) && isInReach(object, options);
}

ObjectSource sourceOf(const SourceObject &object)
{
    if (!object.holder)
        return {};
    const Value &holder = *object.holder;
    return {{holder["kind"].text(), objectName(holder), objectNamespace(holder)}, !object.annotation};
}

} // namespace edge
