// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a server serves: each resource with its verbs, short names, categories and subresources, in every
// served version. Read from aggregated discovery (v2, v2beta1) or from the legacy documents of older servers
// (facts kube-client.md §1.7). Which version to read is our choice, never "the preferred one": real CRDs list
// versions first that our parsers read last (facts real-components.md §7).  A value; pure.
#include "kube/resource_type.h"
#include "kube/result.h"

#include <QList>
#include <QStringList>

namespace kube {

struct ApiResource
{
    ResourceType type;
    QString singular;
    QStringList verbs, shortNames, categories, subresources;
    bool canWatch() const
    {
        return verbs.contains(QStringLiteral("watch")) && verbs.contains(QStringLiteral("list"));
    }
    bool operator==(const ApiResource &) const = default;
};

class ApiCatalog
{
public:
    QList<ApiResource> resources; // in the server's order, which is its order of preference
    QStringList staleGroups; // "metrics.k8s.io/v1beta1": served by someone who does not answer; what is known
                             // may be old
    QStringList failures;    // messages about groups that could not be read; the rest stands

    // A name as kubectl takes it: "po", "pods", "pod", "Pod", "deployments.apps",
    // "mappings.v2.getambassador.io".  Of several versions the server's first: who reads the objects chooses among them below.
    const ApiResource *find(const QString &name) const;
    // The first of the wanted versions that is served; without wishes the server's first.
    const ApiResource *find(const QString &group, const QString &pluralOrKind,
                            const QStringList &wantedVersions = {}) const;
    QStringList versions(const QString &group, const QString &pluralOrKind) const;
    QList<ApiResource> inCategory(const QString &category) const;
    bool operator==(const ApiCatalog &) const = default;
};

// "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", parameters in any order: "v2",
// "v2beta1"; "" for legacy.
QString aggregatedVersion(const QByteArray &contentType);
Result<ApiCatalog> readAggregated(const QByteArray &json);
struct LegacyGroup
{
    QString path; // "/api/v1", "/apis/apps/v1"
    QString groupVersion;
};
Result<QList<LegacyGroup>> readLegacyGroups(const QByteArray &json); // of /api or /apis
Result<QList<ApiResource>> readLegacyResources(const QByteArray &json);

} // namespace kube
