// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// YAML or JSON manifests from a file, a folder (its *.yaml, *.yml, *.json, sorted, with subfolders) or standard input ("-").
// One bad file fails the whole, with its name and line: an answer from half of the manifests would be a wrong one.
#include "edge/value.h"
#include "models/resources/snapshot.h"

namespace app {

edge::Result<std::vector<edge::Value>> readManifests(const QString &path);
edge::Result<std::vector<edge::Value>> readManifestText(const QByteArray &text, const QString &name); // kind List is unfolded

// The same as if a cluster had held them; a kind that no manifest is of counts as not read, but for those of the edge.  Objects without a namespace are in `nameSpace`.
models::SnapshotInput snapshotInputOf(const std::vector<edge::Value> &manifests, const QString &nameSpace, const QDateTime &at);

} // namespace app
