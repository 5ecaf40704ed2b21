// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/prometheus_state.h"

#include "edge/value.h"
#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

edge::Result<QStringList> jobsOf(const std::string &yaml, const char *where)
{
    const auto documents = edge::parseYaml(yaml, where);
    if (!documents)
        return tl::unexpected(documents.error());
    QStringList jobs;
    for (const edge::Value &job :
         documents->empty() ? edge::Value::Array() : documents->front()["scrape_configs"].items())
        jobs.append(text(job["job_name"]));
    return jobs;
}

} // namespace

LoadedPrometheus parseLoadedPrometheus(const QString &service, const QByteArray &body)
{
    LoadedPrometheus loaded{LoadedPrometheus::State::Unknown, service, {}, {}};
    const auto answer = edge::parseJson({body.constData(), size_t(body.size())});
    if (!answer || !answer->at({"data", "yaml"}).isString()) {
        loaded.error = u"the answer is none of Prometheus' /api/v1/status/config"_s;
        return loaded;
    }
    const auto jobs = jobsOf(answer->at({"data", "yaml"}).text(), "status/config");
    if (!jobs) {
        loaded.error = text(jobs.error().message);
        return loaded;
    }
    loaded.state = LoadedPrometheus::State::Loaded;
    loaded.jobs = *jobs;
    return loaded;
}

bool hasLoaded(const LoadedPrometheus &loaded, const QString &prometheusYml)
{
    auto wanted = jobsOf(prometheusYml.toStdString(), "prometheus.yml");
    if (loaded.state != LoadedPrometheus::State::Loaded || !wanted)
        return false;
    QStringList has = loaded.jobs;
    has.sort();
    wanted->sort();
    return has == *wanted;
}

} // namespace models
