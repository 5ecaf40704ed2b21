// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How often a Prometheus asks the mesh's proxies: what it counts is that old at least, and a rate needs two of its answers.
#include <QByteArray>

#include <optional>

namespace models {

// Seconds, rounded up.  body: the answer of GET /api/v1/status/config.  The longest of the jobs that find pods, as sidecars are
// scraped; without one of those that find endpoints, without any the global one.  absent: the answer is another.
// Rule: prometheus.io/docs/prometheus/latest/configuration (scrape_interval: the job's, else global's, else 1m).
std::optional<int> proxyScrapeSeconds(const QByteArray &body);

} // namespace models
