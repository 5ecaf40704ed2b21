// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The first server-side apply to an object that kubectl applied on its side: what that owns becomes the new applier's, as with kubectl
// apply --server-side, or a field that the manifest names no more would stay for ever.  Blocks.  Secrets are left as they are: what
// tells their owners carries a copy of their values.
#include "edge/value.h"
#include "kube/client.h"

namespace app {

struct ManagedObject
{
    kube::ResourceType type;
    QString nameSpace, name;
};

struct Migration
{
    edge::Value managedFields; // as they are
    QString resourceVersion;   // of that state
    QStringList clientSide;    // managers whose fields move; empty: none, and nothing is to be done
};
kube::Result<Migration> migrationOf(kube::Client &client, const ManagedObject &object, std::stop_token stop);

struct TriedApply // before it, and by the server's dry run of it alone
{
    const edge::Value &manifest, &before, &after;
};
// What the object will be: a dry run of the rest.
kube::Result<edge::Value> predicted(kube::Client &client, const ManagedObject &object,
                                    const Migration &migration, const TriedApply &apply,
                                    const QString &manager, std::stop_token stop);
// The version of the object with its new owners; a 409 if it is another one than that of the migration.
kube::Result<QString> migrate(kube::Client &client, const ManagedObject &object, const Migration &migration,
                              const QString &manager, std::stop_token stop);

} // namespace app
