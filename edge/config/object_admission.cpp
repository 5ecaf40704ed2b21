// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/object_admission.h"

#include "edge/config/acceptance.h"
#include "edge/config/conversion.h"
#include "edge/config/expanded.h"
#include "edge/config/go_types.h"
#include "edge/config/schema.h"
#include "edge/config/written_path.h"

#include <algorithm>
#include <utility>

namespace edge {

namespace {

class Admission
{
public:
    Admission(Input &input, const CompileOptions &options, const Rules &rules)
        : m_input(input)
        , m_options(options)
        , m_rules(rules)
    {
    }

    void admit(SourceObject object, const AdmittedForm &form);

private:
    void store(SourceObject &object);
    void expand(SourceObject &object);
    void dropLater(SourceObject &object);
    void prune(SourceObject &object, const std::string &version);
    bool refusesNull(const SourceObject &object, std::string_view version);
    const Value &knownSpec(const SourceObject &object);
    bool schemaAllows(const SourceObject &object, std::string_view version);
    void dropUnknownFields(SourceObject &object);
    void report(const ResourceRef &object, std::string path, std::string message, bool dropped,
                Diagnostic::Severity severity = Diagnostic::Severity::Error)
    {
        m_input.diagnostics.push_back({severity, object, std::move(path), std::move(message), dropped});
    }

    Input &m_input;
    const CompileOptions &m_options;
    const Rules &m_rules;
};

void Admission::admit(SourceObject object, const AdmittedForm &form)
{
    const auto &[version, metadata, annotation] = form;
    if (const Value &labels = metadata["labels"]; labels.isObject())
        object.labels = &labels;
    if (!acceptsId(*object.spec, version, m_options, m_rules,
                   annotation ? IdSource::Annotation : IdSource::Object))
        return;
    const bool isConverted = m_rules.convertsToV3alpha1 && m_options.admitted && version != "v3alpha1";
    if (isConverted)
        prune(object, version);
    if (annotation && m_rules.convertsToV3alpha1 && m_options.admitted && refusesNull(object, version))
        return;
    if (isConverted || object.kind == "Host") // whose tls has two spellings
        object.written = object.spec;
    if (isConverted) {
        for (const ConversionNote &note : conversionNotes(object.kind, *object.spec))
            report(object.ref, note.path, note.message, false, Diagnostic::Severity::Notice);
        m_input.owned.push_back(convertedSpec(object.kind, *object.spec));
        object.spec = &m_input.owned.back();
    } else if (version != "v3alpha1" && m_rules.convertsToV3alpha1) {
        report(object.ref, "apiVersion",
               "apiVersion getambassador.io/" + version + " is deprecated; v3alpha1 is current", false,
               Diagnostic::Severity::Notice);
    }
    object.annotation = annotation;
    if (m_rules.storedAsV2 && m_options.admitted && !annotation && !isConverted)
        store(object);
    if (m_rules.convertsToV3alpha1 && m_options.admitted) {
        if (std::optional<Value> spec = withoutLostZeros(object.kind, *object.spec)) {
            m_input.owned.push_back(std::move(*spec));
            object.spec = &m_input.owned.back();
        }
    }
    if (m_options.admitted)
        dropUnknownFields(object);
    if (!isConverted)
        dropLater(object);
    if (!schemaAllows(object, version))
        return;
    expand(object);
    m_input.objects.push_back(std::move(object));
}

// What the v3alpha1 of this generation has not yet: an API server drops it.
void Admission::dropLater(SourceObject &object)
{
    struct Later
    {
        std::string_view kind, field, since;
        bool isThere;
    };
    const Later all[]{{"Listener", "http2MaxConcurrentStreams", "4.0", m_options.compat >= Compat::V4},
                      {"TracingService", "custom_tags", "3.4", !m_rules.tagHeaders}};
    for (const Later &later : all) {
        if (later.isThere || object.kind != later.kind || !object.spec->find(later.field))
            continue;
        m_input.owned.push_back(*object.spec);
        m_input.owned.back().erase(later.field);
        object.spec = &m_input.owned.back();
        report(object.ref, "spec." + std::string(later.field),
               std::string(later.field) + " came with " + std::string(later.since)
                   + "; this generation of the edge has no such field, and it changes nothing",
               false, Diagnostic::Severity::Notice);
    }
}

void Admission::expand(SourceObject &object)
{
    std::vector<UnknownVariable> unknown;
    if (std::optional<Value> spec = expanded(*object.spec, "spec", m_options, unknown)) {
        m_input.owned.push_back(std::move(*spec));
        object.spec = &m_input.owned.back();
    }
    for (const UnknownVariable &one : unknown)
        report(object.ref, object.written ? writtenPath(*object.written, one.path) : one.path,
               "$" + one.name
                   + " is replaced where the edge's own environment has such a variable, which is not known "
                     "here; it is taken as it is written",
               false, Diagnostic::Severity::Notice);
}

// A webhook converts it there and back.
void Admission::store(SourceObject &object)
{
    for (const std::string field : {"headers", "query_parameters"}) {
        const auto &members = (*object.spec)[field].members();
        const bool isMixed = object.kind == "Mapping" && m_rules.storedValuesMix
            && std::any_of(members.begin(), members.end(),
                           [&](const Value::Member &one) { return !(one.second == members.front().second); });
        if (isMixed)
            report(object.ref, "spec." + field,
                   "2.x stores all of them with the value of any one, not always the same, and asks for "
                   "that; write the "
                   "Mapping as getambassador.io/v2 (here each is asked for as it is written)",
                   false, Diagnostic::Severity::Notice);
    }
    std::optional<Value> stored = storedSpec(object.kind, *object.spec);
    if (!stored)
        return;
    object.written = object.spec;
    if (object.kind == "Mapping" && object.spec->find("host") && !(*object.spec)["hostname"].text().empty())
        report(object.ref, "spec.host", "host is lost beside hostname, as API servers store Mappings as v2",
               false, Diagnostic::Severity::Notice);
    if (!((*stored)["labels"] == (*object.spec)["labels"]))
        report(object.ref, "spec.labels",
               "the key of a generic_key is lost, as API servers store Mappings as v2: the descriptor has "
               "the key generic_key",
               false, Diagnostic::Severity::Notice);
    m_input.owned.push_back(std::move(*stored));
    object.spec = &m_input.owned.back();
}

void Admission::prune(SourceObject &object, const std::string &version)
{
    std::vector<LaterField> lost;
    Value spec = prunedSpec(object.kind, *object.spec, lost);
    for (const LaterField &field : lost)
        report(object.ref, "spec." + std::string(field.path),
               std::string(field.path.substr(field.path.rfind('.') + 1)) + " is no field of a " + object.kind
                   + " of getambassador.io/" + version + " and changes nothing"
                   + (field.former.empty() ? "" : "; it is called " + std::string(field.former) + " there"),
               false, Diagnostic::Severity::Notice);
    if (lost.empty())
        return;
    m_input.owned.push_back(std::move(spec));
    object.spec = &m_input.owned.back();
}

// An API server takes nulls away before anything else; to an annotation nobody does.
bool Admission::refusesNull(const SourceObject &object, std::string_view version)
{
    // Its compiler, where that reads them itself, gives every field a type, but has no schema for a Host.
    if (object.unchecked || (!m_rules.annotationsAdmitted && object.kind == "Host"))
        return false;
    const auto fault = nullFault(object.kind, knownSpec(object),
                                 m_rules.annotationsAdmitted ? version : std::string_view("v3alpha1"));
    if (fault)
        report(object.ref, fault->path, fault->path + ": " + fault->message + "; the object is not used",
               true);
    return fault.has_value();
}

// Without what the edge's schema does not have.
const Value &Admission::knownSpec(const SourceObject &object)
{
    if (m_rules.healthChecks || object.kind != "Mapping" || !object.spec->find("health_checks"))
        return *object.spec;
    m_input.owned.push_back(*object.spec);
    m_input.owned.back().erase("health_checks");
    return m_input.owned.back();
}

bool Admission::schemaAllows(const SourceObject &object, std::string_view version)
{
    std::optional<SchemaFault> fault;
    if (object.unchecked) // the schema is looked for by the kind as it is written
        return true;
    if (!m_rules.convertsToV3alpha1)
        fault = schemaFaultV1(object.kind, *object.spec, object.annotation ? version : std::string_view());
    else if (m_options.admitted) // 2.0 judges annotations itself, by schemas that say the same
        fault = schemaFault(object.kind, knownSpec(object));
    if (fault && object.written)
        fault->path = writtenPath(*object.written, fault->path);
    if (fault)
        report(object.ref, fault->path, fault->path + ": " + fault->message + "; the object is not used",
               true);
    return !fault;
}

// What reads objects for the edge knows its fields only; 1.x reads annotations otherwise.
void Admission::dropUnknownFields(SourceObject &object)
{
    const std::vector<std::string> unknown = m_rules.convertsToV3alpha1
        ? unknownFields(object.kind, *object.spec)
        : unknownFieldsV1(object.kind, *object.spec);
    for (const std::string &field : unknown)
        report(object.ref, field,
               field.substr(field.rfind('.') + 1) + " is no field of a " + object.kind
                   + (m_rules.convertsToV3alpha1 ? "" : " of Ambassador 1.x") + " and changes nothing",
               false, Diagnostic::Severity::Notice);
    if (unknown.empty() || m_rules.convertsToV3alpha1 || object.annotation)
        return;
    Value known = *object.spec;
    for (const std::string &field : unknown)
        known.erase(std::string_view(field).substr(std::string_view("spec.").size()));
    m_input.owned.push_back(std::move(known));
    object.spec = &m_input.owned.back();
}

} // namespace

void admitObject(Input &input, SourceObject object, const AdmittedForm &form, const CompileOptions &options,
                 const Rules &rules)
{
    Admission(input, options, rules).admit(std::move(object), form);
}

} // namespace edge
