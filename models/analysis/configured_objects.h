// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The edge's configuration wherever it stands: objects of their own, those in the annotation getambassador.io/config
// of others, and what the edge makes of Ingresses.  The edge takes all alike; the API server knows nothing of the latter,
// so they can be looked at only.  Pure.
#include "edge/config.h"
#include "models/resources/snapshot.h"

#include <map>

namespace models {

ObjectRef refOf(const edge::ResourceRef &ref);
ObjectRef refOf(const edge::Value &object); // by its kind and metadata

struct ConfiguredObject
{
    std::shared_ptr<const edge::Value> object; // never null; apiVersion, kind, metadata, spec
    // Whose annotation it stands in, or the Ingress that it is made of; kind "": it is an object of its own.
    ObjectRef holder;
    bool isMade = false; // of an Ingress
    bool isOwn() const { return holder.kind.isEmpty(); }
    // Of all of one kind: "shop/quote", "shop/quote of Service shop/web", "shop/web-0-0 from Ingress shop/web".
    QString key() const;
    QString source() const; // "annotation of Service shop/quote", "Ingress shop/web"; "" of its own
};

// One of the edge's that is an object of its own, by kind, namespace and name; nullptr: there is none, or it stands in an annotation
// or is made of an Ingress.  Points into the snapshot.
const edge::Value *ownObject(const Snapshot &snapshot, const ObjectRef &ref);

// Of the holders' order.  Reads YAML at each call: once for each analysis, not for each row.
std::vector<ConfiguredObject> annotatedObjects(const Snapshot &snapshot);
// Those of their own, then annotatedObjects().
std::vector<ConfiguredObject> configuredObjects(const Snapshot &snapshot);
// And then what this edge makes of its Ingresses, named as it names them.
std::vector<ConfiguredObject> configuredObjects(const Snapshot &snapshot,
                                                const EdgeInstallation &installation);

// Another of its kind, name and namespace has taken its place in the configuration: a sentence that says which.  "": it
// is the one that counts, or the edge does not look at it.
QString whyReplaced(const ConfiguredObject &one, const edge::Config &config);

// Which Mapping gets copies of the requests of others (shadow: true), by the id of the route group whose requests those
// are: namespace/name.  Of several of one group the edge takes one.
std::map<std::string, std::string> mirrorsOf(const Snapshot &snapshot, const edge::Config &config);

} // namespace models
