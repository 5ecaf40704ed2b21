// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What Kubernetes does to the metadata of every object: names, labels, identities, times, owners.
#include "app/demo/api_status.h"

namespace demo {

const std::string &nameOf(const Value &object);
const std::string &namespaceOf(const Value &object);
const std::string &uidOf(const Value &object);
std::string newUid();  // a random UUID, version 4
std::string timeNow(); // 2026-11-25T22:41:05Z
std::string timeText(std::int64_t secondsSinceEpoch);
std::optional<std::int64_t> readTime(std::string_view rfc3339);   // seconds since 1970
std::string nameSuffix();                                         // five characters, as generateName appends
Value ownerReference(const char *apiVersion, const Value &owner); // of what its controller makes
bool isDeleting(const Value &object);
bool hasFinalizers(const Value &object); // a namespace's spec.finalizers count too

std::string labelProblem(const std::string &text); // why it is no RFC 1123 label; "": it is one

// Why it is no key, or no value, of a label; "": it is one.
std::string labelKeyProblem(const std::string &key);
std::string labelValueProblem(const std::string &value);

// Names, labels, annotations and finalizers of an object to be created.  isDnsLabel: namespaces, services.
std::vector<Cause> metadataProblems(const ResourceKind &kind, const Value &object);
// What a patch may not change: uid and what is written of a deletion.
std::vector<Cause> changedIdentity(const Value &object, const Value &current);

} // namespace demo
