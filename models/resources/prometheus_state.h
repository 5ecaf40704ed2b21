// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a running Prometheus has loaded, by its own answer.  It reads its configuration when it starts or is told
// to, so that may be another one than its ConfigMap holds; no API object says it.
#include <QStringList>

namespace models {

struct LoadedPrometheus
{
    enum class State { NotAsked, Unknown, Loaded } state = State::NotAsked; // Unknown: error says why
    QString service;  // "istio-system/prometheus:9090", where it was asked
    QStringList jobs; // job_name of each scrape job
    QString error;
    bool operator==(const LoadedPrometheus &) const = default;
};

// Of the body of GET /api/v1/status/config; an answer of something else is State::Unknown.
LoadedPrometheus parseLoadedPrometheus(const QString &service, const QByteArray &body);

// Has it loaded just the jobs of this prometheus.yml, in whatever order?  False where either is not known.
bool hasLoaded(const LoadedPrometheus &loaded, const QString &prometheusYml);

} // namespace models
