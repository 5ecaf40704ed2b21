// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which container's log is meant: POD, pod/NAME, or a workload's or a Service's, whose best pod is taken as kubectl does: one that
// runs and is ready, for longest.  Blocks.
#include "app/cli/session.h"

namespace app::cli {

struct LogTarget
{
    QString pod, container;
    QString note; // which was chosen of several; ""
};
// A pod that is named and cannot be read is left to the request for its log, which says why.
kube::Result<LogTarget> findLogTarget(const Session &session, kube::Client &client, const QString &nameSpace,
                                      const QString &text, const QString &container);
bool isLogTarget(const QString &text); // POD or TYPE/NAME

} // namespace app::cli
