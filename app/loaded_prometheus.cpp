// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/loaded_prometheus.h"

#include "app/prometheus_place.h"

using namespace Qt::StringLiterals;

namespace app {

models::LoadedPrometheus readLoadedPrometheus(kube::Client &client, const kube::PrometheusService &service,
                                              std::stop_token stop)
{
    const QString where = u"%1/%2:%3"_s.arg(service.nameSpace, service.name, service.port);
    const auto body = kube::Prometheus(client, service).api(u"/api/v1/status/config"_s, stop).result();
    if (!body)
        return {models::LoadedPrometheus::State::Unknown, where, {}, body.error().message};
    return models::parseLoadedPrometheus(where, *body);
}

void fetchLoadedPrometheus(kube::Client &client, models::SnapshotInput &input, std::stop_token stop)
{
    for (const kube::Object &object : input.objects.value(u"services"_s)) {
        if (object.key() != "istio-system/prometheus"_L1)
            continue;
        const auto value = edge::parseJson({object.json.constData(), size_t(object.json.size())});
        if (value)
            input.loadedPrometheus =
                readLoadedPrometheus(client, prometheusAt(models::parseService(*value)), stop);
    }
}

} // namespace app
