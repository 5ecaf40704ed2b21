// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What people call kinds and objects on a command line, as kubectl takes it: po, pods.v1, pods,svc, pod/NAME, all.
#include "app/cli/session.h"
#include "kube/api_catalog.h"

namespace app::cli {

struct NamedTarget
{
    QString kind;      // as it was written
    QStringList names; // none: all of them
    bool operator==(const NamedTarget &) const = default;
};
// "pods,svc", "pod NAME NAME", "pod/NAME svc/NAME"; an Error of wrong usage.
kube::Result<QList<NamedTarget>> readTargets(const QStringList &words);

// By discovery, in the version that the console reads (app/snapshot_plan.h) unless one is named; an Error says what was not found, and what could not be asked.
kube::Result<kube::ApiResource> resourceNamed(const Session &session, kube::Client &client,
                                              const QString &name);
// The same; of a category (all) each of its resources that can be listed.
kube::Result<QList<kube::ApiResource>> resourcesNamed(const Session &session, kube::Client &client,
                                                      const QString &name);
// What a name stands for that was served as `before` until the server said that there is none; an Error says which versions are served.
kube::Result<kube::ResourceType> servedNow(const kube::ApiCatalog &catalog, const QString &name,
                                           const kube::ResourceType &before);
QString shortName(const kube::ResourceType &type,
                  const QString &name); // "deployment.apps/web", as kubectl -o name

} // namespace app::cli
