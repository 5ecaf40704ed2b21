// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Structural schemas (openAPIV3Schema of a CustomResourceDefinition): what is unknown is pruned, what is missing is defaulted, what
// is wrong is said in kube-apiserver's words.
#include "app/demo/schema_validator.h"

namespace demo {

// nullptr: anything goes (a custom resource that preserves unknown fields, or a built-in kind that the demo has no schema of).
const Value *schemaOf(const ResourceKind &kind, const std::string &version);

const Value &metadataSchema(); // of every object

// Removes what neither the schema nor, of metadata, Kubernetes declares; answers the paths of what it removed, in order: spec.bogus,
// spec.list[0].x.
std::vector<std::string> pruneUnknown(Value &object, const Value *schema);
void applyDefaults(Value &object, const Value *schema); // and drops nulls where none may be
// Structure only (no metadata).  CEL rules come last, and only if nothing was so wrong that they could not be read; those of
// changes (oldSelf) only where there was something before.
std::vector<Cause> schemaProblems(const Value &object, const Value *schema, const std::vector<Cause> &sofar,
                                  const Value *before = nullptr, Formats formats = Formats::Checked);
// The rules that cannot be taken: of a CustomResourceDefinition's schema, at this path of it.
std::vector<Cause> ruleProblems(const Value &schema, const std::string &path);

} // namespace demo
