// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/prometheus_state.h"

#include "edge/value.h"
#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

LoadedPrometheus parseLoadedPrometheus(const QString &service, const QByteArray &body)
{
    LoadedPrometheus loaded{LoadedPrometheus::State::Unknown, service, {}, {}};
    const auto answer = edge::parseJson({body.constData(), size_t(body.size())});
    if (!answer || !answer->at({"data", "yaml"}).isString()) {
        loaded.error = u"the answer is none of Prometheus' /api/v1/status/config"_s;
        return loaded;
    }
    const auto documents = edge::parseYaml(answer->at({"data", "yaml"}).text(), "status/config");
    if (!documents) {
        loaded.error = text(documents.error().message);
        return loaded;
    }
    loaded.state = LoadedPrometheus::State::Loaded;
    if (documents->empty())
        return loaded;
    for (const edge::Value &job : documents->front()["scrape_configs"].items())
        loaded.jobs.append(text(job["job_name"]));
    return loaded;
}

} // namespace models
