// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which resource types a snapshot is read from, and in which version: one place for the console's watches and the CLI's lists.
#include "kube/client.h"

namespace app {

// The version of getambassador.io to read.  An edge of the 1.x line understands v2 only; newer ones are read as v3alpha1.
// groupJson: the answer of /apis/getambassador.io; "" if the group is not there (null: nothing of Ambassador is installed).
// images: of all containers of all Deployments.
QString ambassadorVersion(const QByteArray &groupJson, const QStringList &images);
QStringList containerImages(const QList<kube::Object> &deployments);

QList<kube::ResourceType> snapshotTypes(const QString &ambassadorVersion); // "": without getambassador.io
// What only checks and the STRICT preflight look at: DestinationRules, webhooks, aggregated APIs, jobs, Ingresses, and Ambassador's
// objects that name a Service besides Mappings.
QList<kube::ResourceType> platformTypes(const QString &ambassadorVersion);

} // namespace app
