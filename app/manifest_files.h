// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// YAML or JSON manifests from a file, a folder (its *.yaml, *.yml, *.json, sorted, with subfolders) or standard input ("-").
// One bad file fails the whole, with its name and line: an answer from half of the manifests would be a wrong one.
#include "edge/value.h"
#include "models/analysis/mutes.h"
#include "models/resources/snapshot.h"

#include <QHash>

namespace app {

struct ManifestOrigin
{
    QString file; // as it was given, "-" for standard input
    int line = 0; // where its document starts
};
struct ManifestSet
{
    std::vector<edge::Value> objects;
    QHash<QString, ManifestOrigin> origins; // "Mapping shop/cart"; without a namespace "Mapping cart"
    QList<models::Mute> mutes; // `# sallyport:ignore CODE reason` of each document, for its objects
};
edge::Result<ManifestSet> readManifestSet(const QString &path);
edge::Result<std::vector<edge::Value>> readManifests(const QString &path);
edge::Result<std::vector<edge::Value>> readManifestText(const QByteArray &text, const QString &name); // kind List is unfolded

// For what goes on serving: bad documents are left out and said ("all.yaml, document 2: …"), the good ones are kept.
struct UsableManifests
{
    std::vector<edge::Value> objects;
    QStringList problems;
    QHash<QString, QString> places; // "Mapping prod/a" → "all.yaml, document 2"; without a namespace: nameSpace
};
UsableManifests readUsableManifests(const QString &path, const QString &nameSpace);

// The same as if a cluster had held them; a kind that no manifest is of counts as not read, but for those of the edge.  Objects without a namespace are in `nameSpace`.
models::SnapshotInput snapshotInputOf(const std::vector<edge::Value> &manifests, const QString &nameSpace, const QDateTime &at);

} // namespace app
