// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which of the installations in a cluster an object is for: AMBASSADOR_SINGLE_NAMESPACE and ambassador_id (facts
// ambassador-crds.md, emissary-routing.md §1.13).
#include "edge/config/rules.h"

namespace edge {

struct Refusal
{
    bool isOfOtherNamespace = false; // than the only one that the installation looks at
    std::vector<std::string> ids; // else: what the object's ambassador_id says, as the installation reads it
};
// Why the installation does not look at the object at all; absent: it does.
std::optional<Refusal> refusal(const Value &object, const CompileOptions &options);

bool isInReach(const Value &object, const CompileOptions &options); // of a single namespace
enum class IdSource { Object, Annotation };                         // where a spec stands
// version: of getambassador.io, as versionOf says.
bool acceptsId(const Value &spec, const std::string &version, const CompileOptions &options,
               const Rules &rules, IdSource source = IdSource::Object);
std::string versionOf(const std::string &apiVersion); // "getambassador.io/v2" → "v2"; "" of another group

} // namespace edge
