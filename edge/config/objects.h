// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The input of one compilation: getambassador.io objects in Emissary's own order (facts emissary-routing.md
// §1.0), from objects, from annotations of Services and from Ingresses, converted and checked as the
// generation does it. Specs point into the caller's objects where nothing had to be changed: those must
// outlive the result.
#include "edge/config/object_names.h"
#include "edge/config/rules.h"

#include <deque>
#include <span>

namespace edge {

struct SourceObject
{
    std::string key; // what is sorted by: NAME.NAMESPACE.N
    std::string kind;
    std::string name; // NAME.NAMESPACE if another namespace has taken the name before
    ResourceRef ref;
    const Value *spec = nullptr;
    const Value *written = nullptr; // the spec as it was given, where spec may call its fields otherwise
    const Value *labels = nullptr;  // of the metadata; null if there are none
    std::size_t place = 0; // of the object that it comes from: of two with one key the earlier goes first
    NameHome *home = nullptr;
    // Whose annotation it stands in, or the Ingress that it is made of; null: it is an object of its own.
    const Value *holder = nullptr;
    bool annotation = false;
    bool unchecked = false; // of a kind in other letters, for which its reader finds no schema
};
ObjectSource sourceOf(const SourceObject &object);

struct PlacedObject
{
    const Value *object = nullptr;
    std::size_t place = 0;
};

struct SecretFacts
{
    bool certificate = false, key = false, root = false, crl = false;
    bool user = false;                                          // the key of an ACME account
    bool isKnown() const { return certificate || user || crl; } // others the edge does not take in
    bool operator==(const SecretFacts &) const = default;
};

struct KubernetesService
{
    const Value *spec = nullptr;
    const Value *endpoints = nullptr; // the Endpoints object, if there is one
};

struct Input
{
    std::vector<SourceObject> objects;  // of every kind but Mapping, sorted, with their final names
    std::vector<SourceObject> mappings; // sorted; their names are settled among all Mappings (settledNames)
    std::map<std::string, SecretFacts> secrets;        // NAME.NAMESPACE
    std::map<std::string, KubernetesService> services; // NAME.NAMESPACE
    std::set<std::string> askedServices;               // of services: what the objects above depend on
    std::vector<Diagnostic> diagnostics;
    std::vector<ReplacedObject> replaced; // of objects; those of mappings are not settled yet
    std::deque<Value> owned;              // what had to be made or changed
};

Input readInput(std::span<const PlacedObject> objects, const CompileOptions &options, const Rules &rules);

// A Mapping object (not an annotation) that this edge looks at: readInput of it alone is one Mapping or none,
// and no other object has a part in that.
bool isMappingObject(const Value &object, const CompileOptions &options, const Rules &rules);
// Does this edge look at the object at all: is it in reach, for this ambassador_id and in a version that is read?  True of
// what is not of getambassador.io.
bool isTaken(const Value &object, const CompileOptions &options, const Rules &rules);
bool isTaken(const Value &object, const CompileOptions &options);
bool comesBefore(const SourceObject &a, const SourceObject &b);

// An object (nullptr: none) is replaced by another of its kind, namespace and name: does readInput of all objects
// give the same for both, Mapping objects and Input::services apart?
bool isReadAlike(const Value *before, const Value *after, const CompileOptions &options, const Rules &rules);
// A Service or an Endpoints object that goes into Input::services.
bool isServiceObject(const Value &object, const CompileOptions &options);

// What the annotation getambassador.io/config of a Service or Ingress holds; nothing where that is no YAML.
std::vector<ResourceRef> annotatedRefs(const Value &object);

std::string objectName(const Value &object);
std::string objectNamespace(const Value &object); // "default" if it names none

} // namespace edge
