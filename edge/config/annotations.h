// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Objects of getambassador.io that stand in the annotation getambassador.io/config of a Service or an Ingress: in the old
// form (fields beside name) or as whole objects.  Pure.
#include "edge/config/rules.h"

namespace edge {

// As it stands in the manifest: a text, unless no API server would take the object; null none.
const Value &annotationValue(const Value &holder);
const std::string &annotationOf(const Value &holder); // "" none
// Of one document of it; its namespace is the holder's unless it names one.
ResourceRef annotatedRef(const Value &document, const Value &holder);
Value annotatedSpec(const Value &document);
// apiVersion as written, but of the group getambassador.io where it is of the group's old name.
std::string annotatedVersion(const Value &document);

// Why nothing of the annotation is read; "" if its documents are read one by one.  isAdmitted: by the edge's watcher, which
// parses all of it at once (Emissary's pkg/snapshot/v1/annotations.go: ParseAnnotationResources), else by its compiler,
// which does not survive what it says no to here.
std::string whyNoneIsRead(const std::vector<Value> &documents, bool isAdmitted);
// Why the edge takes in no object of this kind and version; "" if it does.  isAdmitted as above: its watcher knows some
// types, its compiler stores what it has no use for.
std::string whyNoType(const std::string &kind, const std::string &version, bool isAdmitted,
                      const Rules &rules);
// The kind as the edge takes it: its compiler, where that reads annotations itself, does not look at its case.
std::string takenKind(const std::string &kind, bool isAdmitted);
// Why the edge can call a document nothing, which is then lost without a word to its author; "" if it can.
std::string whyNameless(const Value &document);

// All of them in the form of an object (apiVersion, kind, metadata with name and namespace, spec), whether the edge takes
// them or not, in their order; of two of one kind, namespace and name the later, which is the one that the edge uses.
// None where the annotation is no YAML.
std::vector<Value> annotatedObjects(const Value &holder);

} // namespace edge
