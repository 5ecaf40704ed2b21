// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which types the fields have that models/resources reads, kind by kind, by the schemas of Kubernetes 1.37, Istio 1.28, cert-manager
// 1.19, the Gateway API 1.4 and the Prometheus operator 0.87; kinds of getambassador.io are judged where they are compiled
// (edge/config).  Who reads one more field there adds it here.
#include "edge/value.h"

#include <string>
#include <vector>

namespace models {

enum class FieldType {
    Any, // of what stands above other fields: an object or a list, by its children
    Text,
    HiddenText, // one that may be secret: what stands in its place is told by its type alone
    Number,     // a whole one
    NumberOrText,
    Port, // a number from 1 to 65535
    PortOrText,
    Bool,
    Object,
    List,
    OneOf, // a text, of certain ones
    Ports  // an object whose keys are numbers of ports
};

struct FieldRule
{
    std::string key; // "*": each member, "[]": each item
    FieldType type = FieldType::Any;
    const char *values = ""; // of OneOf, parted by blanks
    std::vector<FieldRule> children;
    bool isList() const { return !children.empty() && children.front().key == "[]"; }
};

struct KindRules
{
    std::string group; // how apiVersion begins
    FieldRule root;
    bool isIstios = false; // istiod looks at it, too
};

const KindRules *
rulesOf(const edge::Value &object); // by kind and apiVersion; nullptr: a kind that is not read
const FieldRule &meshConfigRules(); // of the text at data.mesh in Istio's ConfigMap

} // namespace models
