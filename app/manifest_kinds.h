// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which kinds a manifest can be of.
#include "edge/value.h"
#include "kube/resource_type.h"

#include <QSet>
#include <QString>

namespace app {

// Of a cluster, and what only manifests can tell: of a cluster Endpoints are known by its pods.
QList<kube::ResourceType> knownTypes();
const QSet<QString> &kindsWithoutNamespace();

bool isAmbassadors(const edge::Value &object); // of getambassador.io, whatever its kind
bool isOfTheEdge(const edge::Value &object);   // of a kind that getambassador.io has
// What is wrong with the kind of an object of getambassador.io; "" nothing.
QString strangeKind(const edge::Value &object);

} // namespace app
