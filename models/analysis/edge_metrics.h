// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which of Prometheus' series are one edge's own.  Pure.
#include "models/resources/snapshot.h"

#include <functional>

namespace models {

// Matchers of PromQL, without braces, one for each way in which scrape jobs tell whose a series is: by the pod's name (the
// guide's job), by pod and namespace (Istio's addon, the Prometheus operator), by kubernetes_pod_name and its namespace, or by
// the address alone (a static target).  No series is of two of them, but the same counters may be read by two jobs: take
// the first that has any, not their sum.  Pods of this workload that are gone count, as long as their names tell.
QStringList edgeMatchers(const Snapshot &snapshot, const EdgeInstallation &edge);

// query(matcher) of each, in order, of which Prometheus takes for each set of labels the first that is there.
QString firstOf(const QStringList &matchers, const std::function<QString(const QString &)> &query);

} // namespace models
