// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which ports of which pods the Prometheus operator's monitors make Prometheus read, and which pod is one.  Pure; points into the snapshot.
#include "models/resources/snapshot.h"

namespace models {

struct ScrapeTarget
{
    const ScrapeMonitor *monitor;
    const ScrapeMonitor::Endpoint *endpoint;
    const Pod *pod;
    int port;
};
// Of pods that have not ended; an endpoint whose port a pod does not have gives nothing for it.  Whether a Prometheus
// takes a monitor up (its own selectors) is not asked: what may be read counts as read.
std::vector<ScrapeTarget> scrapeTargets(const Snapshot &snapshot);

bool isPrometheus(const Pod &pod); // by the name of an image

} // namespace models
