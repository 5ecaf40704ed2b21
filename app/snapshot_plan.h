// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which resource types a snapshot is read from, and in which version: one place for the console's watches and the CLI's lists.
// The version is our choice among those that are served, kind by kind: the first that our parsers know best, else the server's
// first.  Where it is not known what is served (nullptr), or a kind is not served, it is the one that we like best.
#include "kube/api_catalog.h"
#include "kube/client.h"

namespace app {

// The edges of the 1.x line understand getambassador.io/v2 only; newer ones are read as v3alpha1.
// deployments and DaemonSets: of the whole cluster, as far as they may be read; their images tell.
bool readsFirstGeneration(const QList<kube::Object> &deployments);
bool hasEdge(const kube::Object &deployment); // of any line

// Namespaces to PeerAuthentications; of Istio up to 1.4 its MeshPolicy and Policies, where they are served.
QList<kube::ResourceType> oldMeshTypes(); // of Istio up to 1.4, as it serves them
QList<kube::ResourceType> meshTypes(const kube::ApiCatalog *catalog);
// All that an edge's configuration is compiled from but Services and Secrets: its own kinds, Ingresses and their classes; and
// what Edge Stack does beside (FilterPolicies, DevPortals …), where it is served.
// Empty where nothing of getambassador.io is served.
QList<kube::ResourceType> ambassadorTypes(const kube::ApiCatalog *catalog, bool isFirstGeneration);
// What only checks and the STRICT preflight look at: DestinationRules, webhooks, aggregated APIs, jobs, Ingresses.
QList<kube::ResourceType> platformTypes(const kube::ApiCatalog *catalog);
// Those of them that the server is known not to serve: there are no objects of them.
QStringList unservedPlatform(const kube::ApiCatalog *catalog);
kube::ResourceType definitionsType(const kube::ApiCatalog *catalog); // of custom resources
// A kind of the above by its name, "Mapping", as it is read; a kind that we do not read: absent.
std::optional<kube::ResourceType> typeOfKind(const kube::ApiCatalog *catalog, const QString &kind,
                                             bool isFirstGeneration);
// The same for a kind that somebody has named without a version, of any group; a kind that we do not read stays as it was found.
// Whose edge is of the 1.x line beside definitions of later ones gets v3alpha1 here, too: no Deployments are read for a name.
const kube::ApiResource &asWeRead(const kube::ApiCatalog &catalog, const kube::ApiResource &named);

QStringList groupsRead(); // all of the above's: what an older server is asked about

} // namespace app
