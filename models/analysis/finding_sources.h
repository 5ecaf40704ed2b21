// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which findings say nothing because what they are judged by was not read.  Pure.
#include "models/analysis/edge_view.h"

namespace models {

// Code → why, one sentence.  A kind that the API server does not have is known to have no objects.  A kind that was just not
// given (manifests hold none of it) leaves open only what objects that were given are judged by: of a Host that names a
// Secret whether that is there, but nothing about certificates.
QHash<QString, QString> unjudgedCodes(const Snapshot &snapshot, const EdgeView &view = {});
// The same by reason, sorted: "services were not read: RT-006, RT-007".  Without what kinds that could not be read leave
// open: ClusterFindings::notChecked names those.
QStringList unjudgedReasons(const QHash<QString, QString> &unjudged);

} // namespace models
