// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Manifests hold the templates of pods, seldom pods; what is known of a mesh is known by its pods.  So one pod stands in for the
// template of each Deployment, StatefulSet, DaemonSet, ReplicaSet and Job that holds none of its own: as the API server and
// Istio's injector would make it, running and ready.
#include "edge/shared_list.h"
#include "models/resources/snapshot.h"

namespace app {

// Into an input that has the Namespaces, ConfigMaps and Pods of the manifests.  Where it is not known whether a workload's pods
// get a sidecar, no pod stands in; then, and where a Service selects pods of nothing that is there, pods are known in part, and
// input.unavailable says which are not.  Pods of Helm's hooks, which run for a moment of a release, are taken out.
void addTemplatePods(models::SnapshotInput &input, const edge::SharedList<edge::Value> &manifests);

// "Deployment shop/cart", for whose template the pod stands in; "" it is a pod of its own.
QString standsInFor(const models::Pod &pod);
// Who has a pod that stands in, in the order of the pods.
QStringList standIns(const models::Snapshot &snapshot);
QString standInNote(const models::Snapshot &snapshot); // one sentence; "" none does

} // namespace app
