// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The input of one compilation: getambassador.io objects in Emissary's own order (facts emissary-routing.md
// §1.0), from objects, from annotations of Services and from Ingresses, converted and checked as the
// generation does it. Specs point into the caller's objects where nothing had to be changed: those must
// outlive the result.
#include "edge/config/rules.h"

#include <deque>

namespace edge {

struct SourceObject
{
    std::string key; // what is sorted by: NAME.NAMESPACE.N
    std::string kind;
    std::string name; // NAME.NAMESPACE if another namespace has taken the name before
    ResourceRef ref;
    const Value *spec = nullptr;
    const Value *labels = nullptr; // of the metadata; null if there are none
    bool annotation = false;
};

struct SecretFacts
{
    bool certificate = false, key = false, root = false, crl = false;
    bool empty() const { return !certificate && !key && !root && !crl; }
};

struct KubernetesService
{
    const Value *spec = nullptr;
    const Value *endpoints = nullptr; // the Endpoints object, if there is one
};

struct Input
{
    std::vector<SourceObject> objects; // sorted
    std::map<std::string, SecretFacts> secrets; // NAME.NAMESPACE
    std::map<std::string, KubernetesService> services; // NAME.NAMESPACE
    std::vector<Diagnostic> diagnostics;
    std::deque<Value> owned; // what had to be made or changed
};

Input readInput(std::span<const Value> objects, const CompileOptions &options, const Rules &rules);

std::string objectName(const Value &object);
std::string objectNamespace(const Value &object); // "default" if it names none

} // namespace edge
